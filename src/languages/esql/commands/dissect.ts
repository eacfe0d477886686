import type { TextParser } from '../../../plan/nodes.ts';
import { ident, join, list, type Sql, sql, text } from '../../../sql/sql.ts';
import type { DissectCommand } from '../syntax/ast.ts';
import type { ProcessingDefinition } from './command.ts';
import { parsedColumns, requireText } from './parsed-columns.ts';

export const dissect: ProcessingDefinition<DissectCommand> = {
  kind: 'processing',
  keyword: 'dissect',
  doc: 'Takes a text apart at delimiters.',
  example: 'ROW a = "2026-03-10 srv-01 login" | DISSECT a "%{date} %{host} %{event}"',

  parse(parser, span) {
    const value = parser.expression();
    const token = parser.peek();
    if (token.kind !== 'string') parser.mismatch(['QUOTED_STRING']);
    parser.take();
    let separator = '';
    while (parser.peek().kind === 'identifier') {
      const option = parser.take();
      if (option.text.toLowerCase() !== 'append_separator')
        parser.fail(`Invalid option for dissect: [${option.text.toLowerCase()}]`, option.span);
      parser.expectSymbol('=');
      const given = parser.peek();
      if (given.kind !== 'string')
        parser.fail(
          `Invalid value for dissect append_separator: expected a string, but was [${given.text}]`,
          given.span,
        );
      separator = parser.take().value;
    }
    const pattern = readDissect(token.value, separator);
    if ('error' in pattern) parser.fail(pattern.error, token.span);
    return { command: 'dissect', value, pattern: token.value, separator, span };
  },

  analyze(command, input, context) {
    const value = context.resolve(command.value, input.output);
    if (!requireText(value, 'Dissect', context)) return input;
    const pattern = readDissect(command.pattern, command.separator);
    if ('error' in pattern) throw new Error(pattern.error);
    const { names, parser } = pattern;
    return parsedColumns(
      input,
      value,
      parser,
      names.map((name) => ({ name, type: 'keyword' })),
      context,
    );
  },
};

export interface DissectPattern {
  /** The columns it makes, in the order in which the pattern names them. */
  readonly names: readonly string[];
  readonly parser: TextParser;
}

interface Key {
  readonly name: string;
  readonly group: string;
  readonly place: number;
}

/** Reads a pattern; the error is for the person who wrote it. */
export function readDissect(pattern: string, separator: string): DissectPattern | { error: string } {
  const pieces = pattern.split(/%\{([^}]*)\}/);
  if (pieces.length < 3) return { error: `Invalid pattern for dissect: [${pattern}]` };
  const keys: Key[] = [];
  let expression = `^${quoteRe2(pieces[0]!)}`;
  for (let i = 1; i < pieces.length; i += 2) {
    const key = pieces[i]!;
    const delimiter = pieces[i + 1]!;
    const last = i === pieces.length - 2 && delimiter === '';
    if (/^[*&]/.test(key)) return { error: `Reference keys not supported in dissect patterns: [%{${key}}]` };
    const padded = key.endsWith('->');
    const found = /^(\+|\?)?(.*?)(?:\/(\d+))?$/s.exec(padded ? key.slice(0, -2) : key)!;
    const [, modifier, name = '', order] = found;
    const skipped = modifier === '?' || name === '';
    const any = last ? '.*' : '.*?';
    if (skipped) expression += any;
    else {
      const group = `k${keys.length}`;
      keys.push({ name, group, place: order === undefined ? keys.length : Number(order) });
      expression += `(${any})`;
    }
    if (delimiter !== '') expression += padded ? `(?:${quoteRe2(delimiter)})+` : quoteRe2(delimiter);
  }
  expression += '$';
  if (keys.length === 0) return { error: `Invalid pattern for dissect: [${pattern}]` };
  const names = [...new Set(keys.map(({ name }) => name))];
  const plain = keys.filter(({ name }, i) => keys.findIndex((other) => other.name === name) === i);
  const parts = plain.map(({ name }) => keys.filter((key) => key.name === name).sort((a, b) => a.place - b.place));
  const groups = list(keys.map(({ group }) => text(group)));
  // A column of that name would be taken for it where a part of it is read.
  const row = ident('(groups)');
  const columns = parts.map((joined): Sql => {
    const values = joined.map(({ group }) => sql`${row}.${ident(group)}`);
    return sql`[${values.reduce((a, b) => sql`${a} || ${text(separator)} || ${b}`)}]`;
  });
  const parser: TextParser = {
    name: 'dissect',
    duckdb: (value) =>
      sql`(CASE WHEN regexp_matches(${value}, ${text(expression)}, 's') THEN list_transform([regexp_extract(${value}, ${text(expression)}, ${groups}, 's')], lambda ${row}: [${join(columns, ', ')}])[1] END)`,
    columns: names.map(() => ({ several: false, convert: (value) => value })),
  };
  return { names, parser };
}

const quoteRe2 = (literal: string): string => literal.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
