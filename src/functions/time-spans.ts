import type { ConstantValue, TimeSpan } from '../plan/expression.ts';

export type TimeUnit = 'millisecond' | 'second' | 'minute' | 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year';

const units = new Map<string, TimeUnit>();
for (const [unit, names] of Object.entries({
  millisecond: 'millisecond milliseconds ms',
  second: 'second seconds sec s',
  minute: 'minute minutes min m',
  hour: 'hour hours h',
  day: 'day days d',
  week: 'week weeks w',
  month: 'month months mo',
  quarter: 'quarter quarters q',
  year: 'year years yr y',
})) {
  for (const name of names.split(' ')) units.set(name, unit as TimeUnit);
}

/** The unit of a time span, or undefined. */
export const timeUnit = (word: string): TimeUnit | undefined => units.get(word.toLowerCase());

const milliseconds: Partial<Record<TimeUnit, number>> = {
  millisecond: 1,
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
};
const calendar: Partial<Record<TimeUnit, { months?: number; days?: number }>> = {
  day: { days: 1 },
  week: { days: 7 },
  month: { months: 1 },
  quarter: { months: 3 },
  year: { months: 12 },
};

/** A time span of N units, with its type: up to hours a `time_duration`, from days on a `date_period`. */
export function timeSpan(amount: bigint, unit: TimeUnit): { type: 'date_period' | 'time_duration'; span: TimeSpan } {
  const count = Number(amount);
  const perUnit = milliseconds[unit];
  if (perUnit !== undefined)
    return { type: 'time_duration', span: { months: 0, days: 0, milliseconds: count * perUnit } };
  const { months = 0, days = 0 } = calendar[unit]!;
  return { type: 'date_period', span: { months: count * months, days: count * days, milliseconds: 0 } };
}

/** Reads `3 days` and the like; the error is for the person who wrote it. */
export function parseTimeSpan(
  text: string,
  wanted: 'date_period' | 'time_duration' | 'either',
): { type: 'date_period' | 'time_duration'; span: TimeSpan } | { error: string } {
  const found = /^\s*([+-]?\d+)\s+([A-Za-z]+)\s*$/.exec(text);
  const unit = found && timeUnit(found[2]!);
  const name = wanted === 'either' ? 'DATE_PERIOD or TIME_DURATION' : wanted.toUpperCase();
  const failure = `Cannot convert string [${text}] to [${name}], error [`;
  if (!found) return { error: `${failure}INTEGER and time unit expected]` };
  if (!unit) return { error: `${failure}Unexpected temporal unit: '${found[2]!.toLowerCase()}']` };
  const result = timeSpan(BigInt(found[1]!), unit);
  if (wanted !== 'either' && result.type !== wanted) {
    return {
      error: `${failure}Invalid interval value in [${text}], expected integer followed by one of ${wanted === 'date_period' ? '[DAY, DAYS, D, WEEK, WEEKS, W, MONTH, MONTHS, MO, QUARTER, QUARTERS, Q, YEAR, YEARS, YR, Y]' : '[MILLISECOND, MILLISECONDS, MS, SECOND, SECONDS, SEC, S, MINUTE, MINUTES, MIN, M, HOUR, HOURS, H]'} but got [${text}]], did you mean ${result.type.toUpperCase()}?`,
    };
  }
  return result;
}

export function isSpan(value: ConstantValue | undefined): value is TimeSpan {
  return typeof value === 'object' && value !== null && 'months' in value;
}

export function negateSpan(span: TimeSpan): TimeSpan {
  return { months: -span.months, days: -span.days, milliseconds: -span.milliseconds };
}

export function addSpans(a: TimeSpan, b: TimeSpan): TimeSpan {
  return { months: a.months + b.months, days: a.days + b.days, milliseconds: a.milliseconds + b.milliseconds };
}

/** A date moved by a span of time; undefined where dates end. */
export function movedDate(date: bigint, { months, days, milliseconds }: TimeSpan): bigint | undefined {
  const at = new Date(Number(date));
  const day = at.getUTCDate();
  at.setUTCDate(1);
  at.setUTCMonth(at.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)).getUTCDate();
  // The 31st plus a month is the end of that month, as java.time has it.
  at.setUTCDate(Math.min(day, lastDay) + days);
  const result = at.getTime() + milliseconds;
  return Number.isSafeInteger(result) ? BigInt(result) : undefined;
}

/** Why no interval can have this length; null when it can. */
export function spanError(span: TimeSpan): string | null {
  const parts = [span.months, span.days, span.milliseconds].filter((part) => part !== 0);
  if (parts.length === 0 || parts.some((part) => part < 0)) return 'Zero or negative time interval is not supported';
  return parts.length > 1 ? 'Time interval with multiple periods is not supported' : null;
}
