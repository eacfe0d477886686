import { parseDate } from '../../values/date.ts';
import { own } from '../../values/own.ts';
import { offsetAt, timeShown } from '../../values/time-zone.ts';

/*
 * Dates with arithmetic as filters have them: `now-7d/d`, `2026-03-01||+1M/M`, or a date or number alone.
 * https://www.elastic.co/docs/reference/elasticsearch/rest-apis/common-options#date-math
 */

/**
 * Milliseconds since the epoch, or null. `roundUp`: a rounded time, or a date without its smaller parts, means its end.
 * Dates that say no zone, and days that times are rounded to, are those of `zone`; UTC when there is none.
 */
export function parseDateMath(
  value: string | number | bigint,
  now: number,
  roundUp: boolean,
  zone: string | null = null,
): bigint | null {
  if (typeof value !== 'string') return BigInt(Math.trunc(Number(value)));
  if (/^-?\d{5,}$/.test(value)) return BigInt(value);
  const [anchor, math] = value.startsWith('now') ? ['now', value.slice(3)] : splitAnchor(value);
  let at: number;
  if (anchor === 'now') at = now;
  else {
    const start = parseDate(anchor.replace(/^(\d{4}-\d{2}-\d{2}) /, '$1T'));
    if (start === null) return null;
    at = Number(start);
    if (roundUp && math === '') at = endOf(at, anchor);
    if (zone !== null && !/(?:Z|[+-]\d{2}(?::?\d{2})?)$/.test(anchor.replace(/^[\d-]+/, ''))) at = timeShown(zone, at);
  }
  let rest = math;
  while (rest !== '') {
    const found = /^(?:([+-])(\d*)([yMwdhHms])|\/([yMwdhHms]))/.exec(rest);
    if (!found) return null;
    rest = rest.slice(found[0].length);
    if (found[4]) at = zone === null ? round(at, found[4], roundUp) : roundIn(zone, at, found[4], roundUp);
    else at = add(at, (found[1] === '-' ? -1 : 1) * Number(found[2] || 1), found[3]!);
  }
  return BigInt(at);
}

function splitAnchor(value: string): [string, string] {
  const bars = value.indexOf('||');
  return bars < 0 ? [value, ''] : [value.slice(0, bars), value.slice(bars + 2)];
}

const fixed: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  H: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

function add(at: number, amount: number, unit: string): number {
  const length = own(fixed, unit);
  if (length !== undefined) return at + amount * length;
  const date = new Date(at);
  const months = date.getUTCMonth() + amount * (unit === 'y' ? 12 : 1);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(months);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, last));
  return date.getTime();
}

function round(at: number, unit: string, up: boolean): number {
  const date = new Date(at);
  let start: number;
  if (unit === 'y') start = Date.UTC(date.getUTCFullYear(), 0, 1);
  else if (unit === 'M') start = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
  else if (unit === 'w') start = Math.floor(at / fixed.d!) * fixed.d! - ((date.getUTCDay() + 6) % 7) * fixed.d!;
  else start = Math.floor(at / own(fixed, unit)!) * own(fixed, unit)!;
  return up ? add(start, 1, unit) - 1 : start;
}

const roundIn = (zone: string, at: number, unit: string, up: boolean): number =>
  timeShown(zone, round(at + offsetAt(zone, at) * 60_000, unit, up));

/** The last millisecond of a date that is written without its smaller parts. */
function endOf(at: number, written: string): number {
  const unit = /^\d{4}$/.test(written)
    ? 'y'
    : /^\d{4}-\d{2}$/.test(written)
      ? 'M'
      : /^\d{4}-\d{2}-\d{2}$/.test(written)
        ? 'd'
        : /T\d{2}$/.test(written)
          ? 'h'
          : /T\d{2}:\d{2}$/.test(written)
            ? 'm'
            : /T\d{2}:\d{2}:\d{2}$/.test(written)
              ? 's'
              : null;
  return unit === null ? at : add(at, 1, unit) - 1;
}
