import type { TextParser } from '../../../plan/nodes.ts';
import { type Sql, sql, text } from '../../../sql/sql.ts';
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

const conversions: Readonly<Record<GrokType, (value: Sql) => Sql>> = {
  keyword: (value) => value,
  int: (value) => sql`TRY_CAST(${value} AS INTEGER)`,
  long: (value) => sql`TRY_CAST(${value} AS BIGINT)`,
  // A float keeps no more digits than 32 bits hold.
  float: (value) => sql`TRY_CAST(${value} AS FLOAT)::DOUBLE`,
  double: (value) => sql`TRY_CAST(${value} AS DOUBLE)`,
  boolean: (value) => sql`(lower(${value}) = 'true')`,
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
    const names = [...fields.keys()].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    const parser: TextParser = {
      name: 'grok',
      duckdb: (one) =>
        sql`from_json(harrier_grok(${text(JSON.stringify({ patterns: command.patterns, names }))}, ${one}), '[["VARCHAR"]]')`,
      columns: names.map((name) => {
        const { type, several } = fields.get(name)!;
        return { several, convert: conversions[type] };
      }),
    };
    return parsedColumns(
      input,
      value,
      parser,
      names.map((name) => ({ name, type: columnTypes[fields.get(name)!.type] })),
      context,
    );
  },
};
