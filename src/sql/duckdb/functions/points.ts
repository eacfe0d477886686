import { type Sql, sql } from '../../sql.ts';

/** A coordinate of a point that stands as text. */
export const coordinate = (value: Sql, place: 1 | 2): Sql =>
  sql`TRY_CAST(regexp_extract(${value}, 'POINT ?\\(([^ ]+) ([^ )]+)\\)', ${place === 1 ? sql`1` : sql`2`}) AS DOUBLE)`;
