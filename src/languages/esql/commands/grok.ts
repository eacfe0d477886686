import { compileGrok, type GrokType } from '../../../values/grok.ts';
import type { EsqlType } from '../../../values/types.ts';
import type { GrokCommand } from '../syntax/ast.ts';
import type { ProcessingDefinition } from './command.ts';
import { parsedColumns, requireText } from './parsed-columns.ts';

const columnTypes: Readonly<Record<GrokType, EsqlType>> = {
  keyword: 'keyword',
  int: 'integer',
  long: 'long',
  float: 'double',
  double: 'double',
  boolean: 'boolean',
};

export const grok: ProcessingDefinition<GrokCommand> = {
  kind: 'processing',
  keyword: 'grok',
  doc: 'Takes a text apart with named patterns.',
  example: 'ROW a = "10.0.0.1 GET 200" | GROK a "%{IP:ip} %{WORD:method} %{NUMBER:status:int}"',

  parse(parser, span) {
    const value = parser.expression();
    const patterns = parser.separated(() => {
      const token = parser.peek();
      if (token.kind !== 'string') parser.mismatch(['QUOTED_STRING']);
      return parser.take();
    });
    for (const { value: pattern, span: at } of patterns) {
      const compiled = compileGrok(pattern);
      if (typeof compiled === 'string') parser.fail(`Invalid pattern [${pattern}] for grok: ${compiled}`, at);
    }
    return { command: 'grok', value, patterns: patterns.map((token) => token.value), span };
  },

  analyze(command, input, context) {
    const value = context.resolve(command.value, input.output);
    if (!requireText(value, 'Grok', context)) return input;
    const fields = new Map<string, { type: GrokType; several: boolean }>();
    for (const pattern of command.patterns) {
      const compiled = compileGrok(pattern);
      if (typeof compiled === 'string') continue;
      for (const field of compiled.fields) {
        const known = fields.get(field.name);
        if (known && known.type !== field.type) {
          context.report(
            `Invalid GROK pattern [${pattern}]: the attribute [${field.name}] is defined multiple times with different types`,
            command.span,
          );
          return input;
        }
        fields.set(field.name, { type: field.type, several: field.several || (known?.several ?? false) });
      }
    }
    const columns = [...fields]
      .map(([name, field]) => ({ name, ...field }))
      .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
    const typed = columns.map(({ name, type, several }) => ({ name, type: columnTypes[type], several }));
    const parser = { name: 'grok', patterns: command.patterns, fields: columns } as const;
    return parsedColumns(input, value, parser, typed, context);
  },
};
