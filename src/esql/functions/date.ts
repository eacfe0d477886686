import { number, type Sql, sql } from '../../sql/sql.ts';
import type { TimeSpan } from '../plan/expression.ts';
import type { ScalarFunction } from './definition.ts';
import { isSpan } from './time-spans.ts';
import * as types from './type-sets.ts';

/** NOW is a constant of the run: the analyzer puts the time in its place. */
const now: ScalarFunction = {
  kind: 'scalar',
  name: 'NOW',
  family: 'date',
  parameters: [],
  multivalue: 'null-and-warn',
  returns: () => 'date',
  duckdb: () => {
    throw new Error('NOW is always constant');
  },
  doc: 'The time of the query; `--now` sets it.',
  example: 'ROW a = NOW() - 1 day',
};

function spanError(span: TimeSpan): string | null {
  const parts = [span.months, span.days, span.milliseconds].filter((part) => part !== 0);
  if (parts.length === 0 || parts.some((part) => part < 0)) return 'Zero or negative time interval is not supported';
  return parts.length > 1 ? 'Time interval with multiple periods is not supported' : null;
}

/** The start of the bin that a date falls into. Months and years count from the year 1, weeks start on Monday, all else counts from the epoch. */
export function truncateDate(date: Sql, span: TimeSpan): Sql {
  if (span.months === 1) return sql`date_trunc('month', ${date})`;
  if (span.months === 3) return sql`date_trunc('quarter', ${date})`;
  if (span.months === 12) return sql`date_trunc('year', ${date})`;
  if (span.months > 0) {
    const since = sql`((year(${date}) - 1) * 12 + month(${date}) - 1)`;
    return sql`(TIMESTAMP '0001-01-01' + to_months((${since} - ${since} % ${number(span.months)})::INTEGER))`;
  }
  if (span.days === 7) return sql`date_trunc('week', ${date})`;
  if (span.days > 0) return sql`time_bucket(to_days(${number(span.days)}), ${date}, TIMESTAMP '1970-01-01')`;
  return sql`time_bucket(to_milliseconds(${number(span.milliseconds)}), ${date}, TIMESTAMP '1970-01-01')`;
}

const dateTrunc: ScalarFunction = {
  kind: 'scalar',
  name: 'DATE_TRUNC',
  family: 'date',
  parameters: [
    { name: 'interval', accepts: types.timeSpan, constant: true },
    { name: 'date', accepts: types.date },
  ],
  multivalue: 'null-and-warn',
  returns([interval]) {
    const span = interval!.value;
    const error = isSpan(span) ? spanError(span) : null;
    return error ? { error } : 'date';
  },
  duckdb: ([, date], { args }) => truncateDate(date!, args[0]!.value as TimeSpan),
  doc: 'Rounds a date down to the start of its interval.',
  example: 'ROW a = "2026-03-10T12:34:56Z"::date | EVAL b = DATE_TRUNC(1 hour, a)',
};

export const dates = [now, dateTrunc];
