import { domainParts } from '../../../values/registered-domain.ts';
import type { EsqlType } from '../../../values/types.ts';
import { uriPartNames } from '../../../values/uri-parts.ts';
import type { RegisteredDomainCommand, UriPartsCommand } from '../syntax/ast.ts';
import type { ProcessingDefinition } from './command.ts';
import { parsedColumns, prefixedValue, requireText } from './parsed-columns.ts';

export const uriParts = namedParts<UriPartsCommand>(
  'uri_parts',
  uriPartNames.map((name) => ({ name, type: name === 'port' ? 'integer' : 'keyword' })),
  'Takes a URI apart into columns that begin with a prefix.',
  'ROW a = "https://alice@example.org:8080/a/b.txt?q=1#top" | URI_PARTS u = a',
);

export const registeredDomain = namedParts<RegisteredDomainCommand>(
  'registered_domain',
  domainParts.map((name) => ({ name, type: 'keyword' })),
  'Takes the name of a host apart by the public suffix list, into columns that begin with a prefix.',
  'ROW a = "www.example.co.uk" | REGISTERED_DOMAIN d = a',
);

/** A command `NAME prefix = text`, which makes a column of each part of the text. */
function namedParts<C extends UriPartsCommand | RegisteredDomainCommand>(
  command: C['command'],
  parts: readonly { readonly name: string; readonly type: EsqlType }[],
  doc: string,
  example: string,
): ProcessingDefinition<C> {
  return {
    kind: 'processing',
    keyword: command,
    since: '9.4',
    doc,
    example,

    parse(reader, span) {
      const { prefix, value, end } = prefixedValue(reader);
      return { command, prefix, value, span: { start: span.start, end } } as C;
    },

    analyze({ prefix, value: text, span }, input, context) {
      const value = context.resolve(text, input.output);
      if (!requireText(value, command.toUpperCase(), context)) return input;
      const names = parts.map(({ name, type }) => ({ name: `${prefix}.${name}`, type, several: false }));
      return parsedColumns(input, value, { name: command }, names, context, span);
    },
  };
}
