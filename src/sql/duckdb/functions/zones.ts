import { clockChanges, offsetAt, zoneOffset } from '../../../values/time-zone.ts';
import { ident, join, list, number, type Sql, sql, text, withName } from '../../sql.ts';

/*
 * Zones whose offset changes: the engine asks its calendar for each row, 0.7 µs there and back. For some decades the changes
 * of each year are written into the statement, as lists; times outside, and those at which clocks show a time twice or not at
 * all, are still the calendar's.
 */

// Before, some clocks were changed a minute after the hour.
const firstYear = 2012;
const years = Array.from({ length: 26 }, (_, i) => firstYear + i);
const begin = Date.UTC(firstYear, 0, 1);
const end = Date.UTC(years.at(-1)! + 1, 0, 1);

/** A date that takes more SQL is given a name first. */
const shortDate = 40;
/** Changes of clocks that are looked for in a year; those of a year with more are left to the calendar. */
const mostChanges = 2;

/** SQL of a date that stands in it several times: a long one under a name. */
export function underName(date: Sql, made: (date: Sql) => Sql): Sql {
  if (date.length <= shortDate) return made(date);
  const name = ident('date');
  return withName(name, date, made(name));
}

/** Times in which clocks are equally far ahead of UTC, in microseconds. */
interface Stretch {
  readonly from: bigint;
  readonly ahead: bigint;
  /** Between these, no time of another stretch is shown as a time of this one is. */
  readonly alone: readonly [from: bigint, to: bigint];
}

const microsOf = (millis: number): bigint => BigInt(millis) * 1000n;
const microsOfMinutes = (minutes: number): bigint => BigInt(minutes) * 60_000_000n;
/** Before and behind all times. */
const ever = 1n << 60n;

function stretchesOf(zone: string): Stretch[] {
  const changes = clockChanges(zone, begin, end);
  const repeated = ({ before, after }: { before: number; after: number }): bigint =>
    microsOfMinutes(Math.max(0, before - after));
  return [null, ...changes].map((change, i): Stretch => {
    const next = changes[i];
    const from = change ? microsOf(change.at) : -ever;
    const to = next ? microsOf(next.at) : ever;
    const ahead = microsOfMinutes(change ? change.after : offsetAt(zone, begin));
    return { from, ahead, alone: [from + (change ? repeated(change) : 0n), to - (next ? repeated(next) : 0n)] };
  });
}

/** Something of the stretch in which a date within the years stands; null where that is the calendar's to say. */
function ofStretch(date: Sql, stretches: readonly Stretch[], value: (stretch: Stretch) => bigint): Sql {
  const rows = years.map((year) => {
    const [from, to] = [microsOf(Date.UTC(year, 0, 1)), microsOf(Date.UTC(year + 1, 0, 1))];
    const first = stretches.findLast((stretch) => stretch.from <= from)!;
    const changed = stretches.filter((stretch) => stretch.from > from && stretch.from < to);
    return changed.length > mostChanges ? null : [first, ...changed];
  });
  const pick = (of: (row: readonly Stretch[]) => bigint): Sql => {
    const all = rows.map((row) => row && of(row));
    const [only] = all;
    if (new Set(all).size === 1 && only !== null) return number(only!);
    const cells = all.map((one) => (one === null ? sql`NULL::BIGINT` : number(one)));
    return sql`(${list(cells)})[year(${date}) - ${number(firstYear - 1)}]`;
  };
  const last = Math.max(...rows.map((row) => row?.length ?? 1)) - 1;
  const valueAt = (i: number): Sql => pick((row) => value(row[i] ?? row.at(-1)!));
  const cases = Array.from(
    { length: last },
    (_, i) => sql`WHEN epoch_us(${date}) < ${pick((row) => row[i + 1]?.from ?? ever)} THEN ${valueAt(i)}`,
  );
  return cases.length === 0 ? valueAt(0) : sql`(CASE ${join(cases, '\n')} ELSE ${valueAt(last)} END)`;
}

/** A value of dates within the years. */
const within = (date: Sql, value: Sql): Sql =>
  sql`(CASE WHEN epoch_ms(${date}) >= ${number(begin)} AND epoch_ms(${date}) < ${number(end)} THEN ${value} END)`;

const byCalendar = (date: Sql, zone: string): Sql => sql`timezone(${text(zone)}, timezone('UTC', ${date}))`;

/** What the clocks of a zone show at a time; without a zone, those of UTC. */
export function shownIn(date: Sql, zone: string | null): Sql {
  if (zone === null) return date;
  const offset = zoneOffset(zone);
  if (offset !== null) return sql`(${date} + to_minutes(${number(offset)}))`;
  if (date.length > shortDate) return byCalendar(date, zone);
  const ahead = ofStretch(date, stretchesOf(zone), (stretch) => stretch.ahead);
  return sql`coalesce(${within(date, sql`make_timestamp(epoch_us(${date}) + ${ahead})`)}, ${byCalendar(date, zone)})`;
}

/** The time at which the clocks of a zone show a date. */
export function timeOf(shown: Sql, zone: string | null): Sql {
  if (zone === null) return shown;
  const offset = zoneOffset(zone);
  if (offset !== null) return sql`(${shown} - to_minutes(${number(offset)}))`;
  return sql`timezone('UTC', timezone(${text(zone)}, ${shown}))`;
}

/**
 * The time at which the clocks of a zone show the beginning of what `cut` makes of the date that they show: what they show
 * then is mostly as far ahead as at the date itself.
 */
export function cutInZone(date: Sql, zone: string | null, cut: (shown: Sql) => Sql): Sql {
  const slow = (shown: Sql): Sql => timeOf(cut(shown), zone);
  if (zone === null || zoneOffset(zone) !== null) return slow(shownIn(date, zone));
  if (date.length > shortDate) return slow(byCalendar(date, zone));
  const stretches = stretchesOf(zone);
  const ahead = ofStretch(date, stretches, (stretch) => stretch.ahead);
  const [from, to] = ([0, 1] as const).map((i) => ofStretch(date, stretches, ({ alone }) => alone[i]));
  const start = sql`epoch_us(${cut(sql`make_timestamp(epoch_us(${date}) + ${ahead})`)}) - ${ahead}`;
  const found = withName(
    sql`x`,
    sql`{t: ${start}, low: ${from!}, high: ${to!}}`,
    sql`CASE WHEN x.t >= x.low AND x.t < x.high THEN make_timestamp(x.t) END`,
  );
  return sql`coalesce(${within(date, found)}, ${slow(byCalendar(date, zone))})`;
}
