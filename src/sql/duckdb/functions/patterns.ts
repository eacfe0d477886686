import type { Argument } from '../../../functions/definition.ts';
import type { patternOperators } from '../../../functions/patterns.ts';
import { join, type Sql, sql, text } from '../../sql.ts';
import { fitsLucene, fitsWildcards } from '../text-patterns.ts';
import type { EmitContext, SqlFor } from './contract.ts';

/** What RE2 cannot do is matched by other means, which are slower. */
export const fitsRegex = (value: Sql, expression: string): Sql =>
  fitsLucene(value, expression) ?? sql`harrier_lucene_match(${value}, ${text(expression)})`;

type Pattern = (typeof patternOperators)['LIKE']['parameters'];

const anyOf =
  (condition: (value: Sql, pattern: string) => Sql) =>
  ([value]: readonly [Sql, ...unknown[]], { args: [, ...patterns] }: EmitContext<Pattern>): Sql => {
    const tests = patterns.map((pattern: Argument) => condition(value, String(pattern.value)));
    return tests.length === 1 ? tests[0]! : sql`(${join(tests, ' OR ')})`;
  };

export const patternSql: SqlFor<typeof patternOperators> = {
  LIKE: anyOf(fitsWildcards),
  RLIKE: anyOf(fitsRegex),
};
