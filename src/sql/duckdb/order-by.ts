import { columnsIn } from '../../plan/expression.ts';
import type { SortKey } from '../../plan/nodes.ts';
import { type Sql, sql } from '../sql.ts';
import { comparable } from './functions/comparisons.ts';
import type { Rows, Statement } from './statement.ts';

/** What follows ORDER BY; empty when the keys order nothing. */
export function orderBy(keys: readonly SortKey[], input: Rows, statement: Statement): Sql[] {
  return keys.flatMap(({ expression, descending, nulls }) => {
    // What is the same for every row orders nothing, and DuckDB takes a number for the place of a column.
    if (expression.type === 'null' || columnsIn(expression).length === 0) return [];
    const { single, list } = statement.expression(expression, input);
    // Several values sort by the smallest going up, by the largest going down.
    const value = list ? sql`coalesce(${single}, ${descending ? sql`list_max` : sql`list_min`}(${list}))` : single;
    const direction = descending ? sql`DESC` : sql`ASC`;
    const place = nulls === 'first' ? sql`NULLS FIRST` : sql`NULLS LAST`;
    return [sql`${comparable(value, expression.type)} ${direction} ${place}`];
  });
}
