import type { TimeSpan } from '../../../plan/expression.ts';
import { clockChanges, offsetAt, zoneOffset } from '../../../values/time-zone.ts';
import { ident, number, type Sql, sql, text, withName } from '../../sql.ts';

/*
 * Zones whose offset changes: the engine asks its calendar for each row, 0.7 µs there and back. For some decades the changes
 * are written into the statement, as a search by halves; times outside, and those at which clocks show a time twice or not at
 * all, are still the calendar's.
 */

// Before, some clocks were changed a minute after the hour.
const begin = Date.UTC(2012, 0, 1);
const end = Date.UTC(2038, 0, 1);

/** A date that takes more SQL is given a name first. */
const shortDate = 40;
/** SQL of a date that stands in it several times: a long one under a name. */
export function underName(date: Sql, made: (date: Sql) => Sql): Sql {
  if (date.length <= shortDate) return made(date);
  const name = ident('date');
  return withName(name, date, made(name));
}

/** From a time on (milliseconds) clocks are this far ahead of UTC; null where that is the calendar's to say. */
interface Stretch {
  readonly from: number;
  readonly ahead: number | null;
}

const minute = 60_000;

/** How far ahead of UTC clocks are at a time. */
function stretchesOf(zone: string): Stretch[] {
  const changes = clockChanges(zone, begin, end).map(({ at, after }) => ({ from: at, ahead: after * minute }));
  return [{ from: begin, ahead: offsetAt(zone, begin) * minute }, ...changes];
}

/** How far ahead they are at the beginning of the span in which a time stands. */
function stretchesOfStarts(zone: string, { startOf, nextOf }: Bins): Stretch[] {
  const firstBehind = (shown: number): number => nextOf(startOf(shown - 1));
  const changes = clockChanges(zone, begin, end);
  const stretches: Stretch[] = [];
  /** From a time on all spans begin at an offset; if clocks are changed before that, none does. */
  const add = (from: number, ahead: number, next: number): void => {
    if (from < (changes[next]?.at ?? end)) stretches.push({ from, ahead });
  };
  const first = offsetAt(zone, begin) * minute;
  add(firstBehind(begin + first) - first, first, 0);
  for (const [i, change] of changes.entries()) {
    const [before, after] = [change.before * minute, change.after * minute];
    // What the clocks show twice or never is from `low` up to `high`.
    const [low, high] = [change.at + Math.min(before, after), change.at + Math.max(before, after)];
    const unclear = firstBehind(low);
    if (unclear < high) stretches.push({ from: after < before ? unclear - before : change.at, ahead: null });
    add(firstBehind(high) - after, after, i + 1);
  }
  return stretches;
}

/** What is ahead at a date in microseconds, by a search by halves; null outside the stretches. */
function aheadAt(date: Sql, stretches: readonly Stretch[]): Sql {
  const pieces = [{ from: Number.NEGATIVE_INFINITY, ahead: null }, ...stretches, { from: end, ahead: null }].filter(
    ({ ahead }, i, all) => ahead !== all[i - 1]?.ahead,
  );
  const search = (some: readonly Stretch[]): Sql => {
    const half = some.length >> 1;
    const middle = some[half]!;
    if (half === 0) return middle.ahead === null ? sql`NULL::BIGINT` : number(BigInt(middle.ahead) * 1000n);
    return sql`CASE WHEN ${date} < ${timestamp(middle.from)} THEN ${search(some.slice(0, half))} ELSE ${search(some.slice(half))} END`;
  };
  return sql`(${search(pieces)})`;
}

const timestamp = (millis: number): Sql => sql`${text(new Date(millis).toISOString().slice(0, 19))}::TIMESTAMP`;

/** Spans of time as clocks show them, in milliseconds since they showed the beginning of 1970. */
interface Bins {
  /** The beginning of the span in which a time stands. */
  startOf(shown: number): number;
  /** The beginning of the span behind the one that begins then. */
  nextOf(start: number): number;
}

const day = 86_400_000;
/** Monday, the fifth of January, begins a week. */
const weekShift = 3 * day;

function binsOf({ months, days, milliseconds }: TimeSpan): Bins | null {
  if (months > 0) {
    const monthsUntil = (shown: number): number => {
      const date = new Date(shown);
      return (date.getUTCFullYear() - 1) * 12 + date.getUTCMonth();
    };
    const start = (month: number): number => new Date(0).setUTCFullYear(1, month, 1);
    return {
      startOf: (shown) => start(Math.floor(monthsUntil(shown) / months) * months),
      nextOf: (shown) => start(monthsUntil(shown) + months),
    };
  }
  const width = days > 0 ? days * day : milliseconds;
  if (!(Number.isInteger(width) && width > 0)) return null;
  const shift = days === 7 ? weekShift : 0;
  return {
    startOf: (shown) => Math.floor((shown + shift) / width) * width - shift,
    nextOf: (start) => start + width,
  };
}

const byCalendar = (date: Sql, zone: string): Sql => sql`timezone(${text(zone)}, timezone('UTC', ${date}))`;

/** What the clocks of a zone show at a time; without a zone, those of UTC. */
export function shownIn(date: Sql, zone: string | null): Sql {
  if (zone === null) return date;
  const offset = zoneOffset(zone);
  if (offset !== null) return sql`(${date} + to_minutes(${number(offset)}))`;
  if (date.length > shortDate) return byCalendar(date, zone);
  return sql`coalesce(make_timestamp(epoch_us(${date}) + ${aheadAt(date, stretchesOf(zone))}), ${byCalendar(date, zone)})`;
}

/** The time at which the clocks of a zone show a date. */
export function timeOf(shown: Sql, zone: string | null): Sql {
  if (zone === null) return shown;
  const offset = zoneOffset(zone);
  if (offset !== null) return sql`(${shown} - to_minutes(${number(offset)}))`;
  return sql`timezone('UTC', timezone(${text(zone)}, ${shown}))`;
}

/**
 * The time at which the clocks of a zone show the beginning of the span in which a date stands, as `cut` finds it in what
 * they show.
 */
export function cutInZone(date: Sql, zone: string | null, span: TimeSpan, cut: (shown: Sql) => Sql): Sql {
  const slow = (shown: Sql): Sql => timeOf(cut(shown), zone);
  if (zone === null || zoneOffset(zone) !== null) return slow(shownIn(date, zone));
  const bins = binsOf(span);
  if (date.length > shortDate || !bins) return slow(byCalendar(date, zone));
  const shown = sql`(epoch_us(${date}) + ${aheadAt(date, stretchesOf(zone))})`;
  const start = cutWidth(shown, span) ?? sql`epoch_us(${cut(sql`make_timestamp(${shown})`)})`;
  const ahead = aheadAt(date, stretchesOfStarts(zone, bins));
  return sql`coalesce(make_timestamp(${start} - ${ahead}), ${slow(byCalendar(date, zone))})`;
}

/** The beginning of a span of one width, of times after 1970 in microseconds; null for months. */
function cutWidth(shown: Sql, { months, days, milliseconds }: TimeSpan): Sql | null {
  if (months > 0) return null;
  const width = number(BigInt(days > 0 ? days * day : milliseconds) * 1000n);
  if (days !== 7) return sql`${shown} // ${width} * ${width}`;
  const shift = number(BigInt(weekShift) * 1000n);
  return sql`((${shown} + ${shift}) // ${width} * ${width} - ${shift})`;
}
