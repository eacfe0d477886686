import { type Sql, sql } from '../sql.ts';

/** A TIMESTAMP as TIMESTAMP_NS; null where nanoseconds do not reach, for no cast of DuckDB's gives that. */
export const inNanos = (date: Sql): Sql =>
  sql`(CASE WHEN epoch_ms(${date}) BETWEEN -9223372036854 AND 9223372036854 THEN (${date})::TIMESTAMP_NS END)`;
