import type { Argument } from '../../../functions/definition.ts';
import type { patternOperators } from '../../../functions/patterns.ts';
import { type LikePart, parseLike } from '../../../values/like-pattern.ts';
import { luceneToRe2, quote } from '../../../values/regular-expressions.ts';
import { join, type Sql, sql, text } from '../../sql.ts';
import type { EmitContext, SqlFor } from './contract.ts';

/** The cheapest test for a pattern: equality, prefix, suffix or containment where that is all it asks. */
export function likeCondition(value: Sql, pattern: string): Sql {
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
  // The engine looks for the literals of such a pattern one after the other. With `_` or an escape in it, it would try
  // every place for every `%`: time grows with the length of the text to the power of their number.
  if (parts.every((part) => part === '*' || (part !== '?' && !/[%_]/.test(part.literal))))
    return sql`${value} LIKE ${text(parts.map((part) => literalOf(part) ?? '%').join(''))}`;
  const expression = parts.map((part) => (part === '*' ? '.*' : part === '?' ? '.' : quote(part.literal))).join('');
  return sql`regexp_full_match(${value}, ${text(expression)}, 's')`;
}

export function regexCondition(value: Sql, expression: string): Sql {
  const translated = luceneToRe2(expression);
  // What RE2 cannot do is matched by other means, which are slower.
  if (typeof translated === 'object') return sql`harrier_lucene_match(${value}, ${text(expression)})`;
  return sql`regexp_full_match(${value}, ${text(translated)}, 's')`;
}

type Pattern = (typeof patternOperators)['LIKE']['parameters'];

const anyOf =
  (condition: (value: Sql, pattern: string) => Sql) =>
  ([value]: readonly [Sql, ...unknown[]], { args: [, ...patterns] }: EmitContext<Pattern>): Sql => {
    const tests = patterns.map((pattern: Argument) => condition(value, String(pattern.value)));
    return tests.length === 1 ? tests[0]! : sql`(${join(tests, ' OR ')})`;
  };

export const patternSql: SqlFor<typeof patternOperators> = {
  LIKE: anyOf(likeCondition),
  RLIKE: anyOf(regexCondition),
};
