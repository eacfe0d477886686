import type { Limit, Plan, SortKey } from '../../../plan/nodes.ts';
import { join, number, sql } from '../../sql.ts';
import type { EventRelation } from '../event-relation.ts';
import { orderBy } from '../order-by.ts';
import type { Rows, Statement } from '../statement.ts';

/** The first rows in an order. */
export function emitLimit({ count }: Limit, sort: readonly SortKey[], input: Rows, statement: Statement): Rows {
  const keys = orderBy(sort, input, statement);
  const order = keys.length > 0 ? sql` ORDER BY ${join(keys, ', ')}` : sql``;
  const body = sql`SELECT * FROM ${input.name}${order} LIMIT ${number(count)}`;
  return statement.step('limit', body, input.columns);
}

/** The order in which a limit finds its rows, where nothing but work on single rows stands between. */
export const sortKeysOf = ({ input }: Limit): readonly SortKey[] => {
  const below = belowRowWork(input);
  return below.kind === 'sort' ? below.keys : [];
};

/** What stands below nodes that look at one row at a time. */
function belowRowWork(plan: Plan): Plan {
  let node = plan;
  while (node.kind === 'filter' || node.kind === 'compute' || node.kind === 'project') node = node.input;
  return node;
}

/** Beyond these DuckDB reads rows whole (`late_materialization_max_rows`), and each table costs some planning. */
const mostRows = 10_000n;
const mostTables = 32;
/** With fewer columns there is little to be read late. */
const fewColumns = 6;

/**
 * The tables of which each is to be cut by itself before their rows are put together; none where that gains nothing. DuckDB
 * (1.5) chooses the first rows of one table by their keys, and reads the other columns of these alone; of a UNION it reads
 * all columns of all rows. Measured on a million events in two tables, 91 columns, the first hundred by time: 18 times as
 * long as those of the larger table alone.
 */
export function tablesToCut({ input, count }: Limit, relation: EventRelation): readonly EventRelation[] {
  const sort = belowRowWork(input);
  if (sort.kind !== 'sort' || count > mostRows) return [];
  const node = belowRowWork(sort.input);
  if (node.kind !== 'scan' || node.columns.length <= fewColumns) return [];
  const tables = relation.tables?.(node.indices) ?? [];
  return tables.length > 1 && tables.length <= mostTables ? tables : [];
}
