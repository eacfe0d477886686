import { join, type Sql, sql, text } from '../sql/sql.ts';
import { luceneRegexError } from '../values/lucene-regex.ts';
import type { SingleValueFunction } from './definition.ts';
import { luceneToRe2 } from './regular-expressions.ts';
import * as types from './type-sets.ts';

/** A LIKE pattern taken apart: literal runs between `*` (any run) and `?` (one character). */
type LikePart = '*' | '?' | { readonly literal: string };

/** Reads a LIKE pattern; an error is Elasticsearch's message. */
export function parseLike(pattern: string): LikePart[] | { error: string } {
  const parts: LikePart[] = [];
  const literal = (character: string): void => {
    const last = parts.at(-1);
    if (last && typeof last === 'object') parts[parts.length - 1] = { literal: last.literal + character };
    else parts.push({ literal: character });
  };
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern[i]!;
    if (character === '*' || character === '?') {
      if (!(character === '*' && parts.at(-1) === '*')) parts.push(character);
    } else if (character === '\\') {
      const next = pattern[i + 1];
      if (next === undefined) {
        return {
          error: `Invalid pattern for LIKE [${pattern}]: [Invalid sequence - escape character is not followed by special wildcard char]`,
        };
      }
      if (next !== '*' && next !== '?' && next !== '\\') {
        return {
          error: `Invalid pattern for LIKE [${pattern}]: [Invalid sequence - escape character is not followed by special wildcard char]`,
        };
      }
      literal(next);
      i++;
    } else literal(character);
  }
  return parts;
}

/** The cheapest test for a pattern: equality, prefix, suffix or containment where that is all it asks. */
function likeCondition(value: Sql, pattern: string): Sql {
  const parts = parseLike(pattern);
  if ('error' in parts) throw new Error(parts.error);
  const [a, b, c] = parts;
  const literalOf = (part: LikePart | undefined): string | null =>
    part && typeof part === 'object' ? part.literal : null;
  if (parts.length === 0) return sql`${value} = ''`;
  if (parts.length === 1 && literalOf(a) !== null) return sql`${value} = ${text(literalOf(a)!)}`;
  if (parts.length === 1 && a === '*') return sql`${value} IS NOT NULL`;
  if (parts.length === 2 && literalOf(a) !== null && b === '*')
    return sql`starts_with(${value}, ${text(literalOf(a)!)})`;
  if (parts.length === 2 && a === '*' && literalOf(b) !== null) return sql`suffix(${value}, ${text(literalOf(b)!)})`;
  if (parts.length === 3 && a === '*' && c === '*' && literalOf(b) !== null)
    return sql`contains(${value}, ${text(literalOf(b)!)})`;
  const likeText = parts
    .map((part) => (part === '*' ? '%' : part === '?' ? '_' : part.literal.replace(/[\\%_]/g, '\\$&')))
    .join('');
  return sql`${value} LIKE ${text(likeText)} ESCAPE '\\'`;
}

function likeError(pattern: string): string | null {
  const parsed = parseLike(pattern);
  return 'error' in parsed ? parsed.error : null;
}

function rlikeError(pattern: string): string | null {
  const error = luceneRegexError(pattern);
  return error === null ? null : `Invalid regex pattern for RLIKE [${pattern}]: [${error}]`;
}

function pattern(
  name: 'LIKE' | 'RLIKE',
  doc: string,
  example: string,
  condition: (value: Sql, pattern: string) => Sql,
): SingleValueFunction {
  return {
    kind: 'scalar',
    name,
    family: 'operator',
    parameters: [
      { name: 'value', accepts: types.string },
      { name: 'pattern', accepts: types.string, constant: true, variadic: true },
    ],
    multivalue: 'null-and-warn',
    returns(args) {
      for (const { value } of args.slice(1)) {
        const error = name === 'LIKE' ? likeError(String(value)) : rlikeError(String(value));
        if (error !== null) return { error };
      }
      return 'boolean';
    },
    duckdb: ([value], { args }) => {
      const tests = args.slice(1).map((arg) => condition(value!, String(arg.value)));
      return tests.length === 1 ? tests[0]! : sql`(${join(tests, ' OR ')})`;
    },
    doc,
    example,
  };
}

export const patterns = [
  pattern(
    'LIKE',
    'True when the whole text fits a pattern of `*` (any run) and `?` (one character).',
    'ROW a = "cmd.exe" | WHERE a LIKE "cmd*"',
    likeCondition,
  ),
  pattern(
    'RLIKE',
    'True when the whole text fits a regular expression in Lucene’s syntax.',
    'ROW a = "cmd.exe" | WHERE a RLIKE "c.d\\\\.exe"',
    (value, expression) => {
      const translated = luceneToRe2(expression);
      // What RE2 cannot do is matched by other means, which are slower.
      if (typeof translated === 'object') return sql`harrier_lucene_match(${value}, ${text(expression)})`;
      return sql`regexp_full_match(${value}, ${text(translated)}, 's')`;
    },
  ),
];
