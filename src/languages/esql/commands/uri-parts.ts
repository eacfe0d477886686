import { uriPartNames } from '../../../values/uri-parts.ts';
import type { UriPartsCommand } from '../syntax/ast.ts';
import type { ProcessingDefinition } from './command.ts';
import { parsedColumns, requireText } from './parsed-columns.ts';

export const uriParts: ProcessingDefinition<UriPartsCommand> = {
  kind: 'processing',
  keyword: 'uri_parts',
  since: '9.4',
  doc: 'Takes a URI apart into columns that begin with a prefix.',
  example: 'ROW a = "https://alice@example.org:8080/a/b.txt?q=1#top" | URI_PARTS u = a',

  parse(reader, span) {
    const prefix = reader.qualifiedName();
    reader.expectSymbol('=');
    const value = reader.expression();
    return { command: 'uri_parts', prefix: prefix.name, value, span: { start: span.start, end: reader.end } };
  },

  analyze(command, input, context) {
    const value = context.resolve(command.value, input.output);
    if (!requireText(value, 'URI_PARTS', context)) return input;
    const names = uriPartNames.map((name) => ({
      name: `${command.prefix}.${name}`,
      type: name === 'port' ? ('integer' as const) : ('keyword' as const),
      several: false,
    }));
    return parsedColumns(input, value, { name: 'uri_parts' }, names, context, command.span);
  },
};
