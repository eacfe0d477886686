import type { logicOperators } from '../../../functions/logic.ts';
import { join, type Sql, sql } from '../../sql.ts';
import { type Representation, single } from '../representation.ts';
import type { SqlFor } from './contract.ts';

/** An operand of several values makes the result null, without a warning. */
function ofSingles(both: Sql, operands: readonly Representation[]): Representation {
  const lists = operands.flatMap(({ list }) => (list ? [sql`${list} IS NULL`] : []));
  return single(lists.length > 0 ? sql`(CASE WHEN ${join(lists, ' AND ')} THEN ${both} END)` : both);
}

export const logicSql: SqlFor<typeof logicOperators> = {
  AND: ([a, b]) => ofSingles(sql`(${a.single} AND ${b.single})`, [a, b]),
  OR: ([a, b]) => ofSingles(sql`(${a.single} OR ${b.single})`, [a, b]),
  NOT: ([a]) => sql`NOT ${a}`,
  'IS NULL': ([value]) =>
    single(value.list ? sql`(${value.single} IS NULL AND ${value.list} IS NULL)` : sql`(${value.single} IS NULL)`),
  'IS NOT NULL': ([value]) =>
    single(
      value.list ? sql`(${value.single} IS NOT NULL OR ${value.list} IS NOT NULL)` : sql`(${value.single} IS NOT NULL)`,
    ),
};
