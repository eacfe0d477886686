import type { TimeSpan } from '../../plan/expression.ts';
import { ident, number, type Sql, sql } from '../sql.ts';

/** A double, or null where it would be NaN or infinite: neither exists in ES|QL. */
export const finite = (value: Sql): Sql => sql`CASE WHEN isfinite(${value}) THEN ${value} END`;

/** A time span as DuckDB's INTERVAL; null when it reaches further than timestamps do. */
export function interval(span: TimeSpan): Sql | null {
  const fits = (n: number, bound: number): boolean => Number.isSafeInteger(n) && Math.abs(n) < bound;
  const years = 100_000;
  if (
    !fits(span.months, years * 12) ||
    !fits(span.days, years * 365) ||
    !fits(span.milliseconds, years * 31_536_000_000)
  ) {
    return null;
  }
  const parts: Sql[] = [];
  if (span.months !== 0) parts.push(sql`to_months(${number(span.months)})`);
  if (span.days !== 0) parts.push(sql`to_days(${number(span.days)})`);
  if (span.milliseconds !== 0) parts.push(sql`to_milliseconds(${number(span.milliseconds)})`);
  return parts.length === 0 ? sql`to_days(0)` : parts.reduce((a, b) => sql`${a} + ${b}`);
}

/** Applies SQL to each element of a list. `make` gets the name of the element; lists never hold nulls afterwards. */
export function mapList(list: Sql, make: (element: Sql) => Sql): Sql {
  const element = ident('v');
  return sql`list_filter(list_transform(${list}, lambda ${element}: ${make(element)}), lambda ${element}: ${element} IS NOT NULL)`;
}
