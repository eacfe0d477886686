import type { DuckDBConnection } from '@duckdb/node-api';
import type { IndexSummary } from '../catalogue/catalogue.ts';
import { number, type Sql, sql, unionAll } from '../sql/sql.ts';
import { storedField } from '../tables/stored-field.ts';
import type { IndexSnapshot, IndexTable } from './index-table.ts';

/*
 * The first and the last value of columns in many tables, which every start and every first query wait for: statements for
 * hundreds of tables at a time, for each takes a millisecond beside what it reads.
 */

/** Tables in one statement. */
const tablesAtATime = 200;

/** When the first and the last event of an index were, in milliseconds; null without `@timestamp`. */
export type Times = Pick<IndexSummary, 'firstTimestamp' | 'lastTimestamp'>;

/** Reports to each index how many documents its table has, and the highest number of them. */
export async function countDocuments(connection: DuckDBConnection, indices: readonly IndexTable[]): Promise<void> {
  if (indices.length === 0) return;
  const sizes = await connection.runAndReadAll(sql`SELECT table_name, estimated_size FROM duckdb_tables()`);
  const rows = new Map(sizes.getRows().map(([name, size]) => [String(name), Number(size)]));
  const found = await askEach(connection, indices, ({ table, record }) => {
    const last = isSmall(rows.get(record.table)!) ? sql`max("_seq_no")` : searched('last', sql`"_seq_no"`, table);
    return sql`count(*), ${last} FROM ${table}`;
  });
  for (const [i, index] of indices.entries()) {
    const [documents, last] = found[i]! as [bigint, bigint | null];
    index.takeCount(Number(documents), last);
  }
}

/** When the first and the last events of indices were. */
export async function timesOf(connection: DuckDBConnection, indices: readonly IndexSnapshot[]): Promise<Times[]> {
  const rows = await askEach(connection, indices, ({ fields, columns, table, documents }) => {
    const timestamp = fields.get('@timestamp');
    const place = timestamp?.type === 'date' ? storedField(fields, columns, timestamp) : null;
    if (!place) return sql`NULL, NULL`;
    const { single } = place;
    if (isSmall(documents)) return sql`epoch_ms(min(${single})), epoch_ms(max(${single})) FROM ${table}`;
    return sql`epoch_ms(${searched('first', single, table)}), epoch_ms(${searched('last', single, table)})`;
  });
  const time = (value: unknown): number | null => (value === null ? null : Number(value));
  return rows.map(([first, last]) => ({ firstTimestamp: time(first), lastTimestamp: time(last) }));
}

/** The engine mostly knows MIN and MAX of a whole column, but reads it all where rows were deleted. */
const isSmall = (rows: number): boolean => rows < 500_000;

/** An extreme, looked for in the groups of rows that may have it. */
function searched(which: 'first' | 'last', value: Sql, table: Sql): Sql {
  const order = which === 'first' ? sql`ASC` : sql`DESC`;
  return sql`(SELECT ${value} FROM ${table} WHERE ${value} IS NOT NULL ORDER BY ${value} ${order} LIMIT 1)`;
}

/** Two values of each item, in their order. */
async function askEach<T>(
  connection: DuckDBConnection,
  items: readonly T[],
  select: (item: T) => Sql,
): Promise<(readonly [unknown, unknown])[]> {
  const answers: (readonly [unknown, unknown])[] = [];
  for (let from = 0; from < items.length; from += tablesAtATime) {
    const some = items.slice(from, from + tablesAtATime);
    const rows = await connection.runAndReadAll(
      unionAll(some.map((item, i) => sql`SELECT ${number(i)}, ${select(item)}`)),
    );
    const sorted = rows.getRows().sort(([a], [b]) => Number(a) - Number(b));
    for (const [, first, second] of sorted) answers.push([first, second]);
  }
  return answers;
}
