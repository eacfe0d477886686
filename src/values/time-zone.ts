/*
 * Zones of time: an offset such as `+02:00`, or a name of the IANA database such as `Europe/Paris`, whose offset changes
 * with the date.
 */

/** Minutes that a zone is ahead of UTC: an offset such as `+02:00`, `Z` or UTC; null for names, whose offset changes. */
export function zoneOffset(zone: string): number | null {
  if (/^(?:Z|UTC|GMT|UT)$/i.test(zone)) return 0;
  const found = /^(?:UTC|GMT|UT)?([+-])(\d{1,2})(?::?(\d{2}))?$/i.exec(zone);
  return found ? (found[1] === '-' ? -1 : 1) * (Number(found[2]) * 60 + Number(found[3] ?? 0)) : null;
}

/** True for what names a zone. */
export const isZone = (zone: string): boolean => zoneOffset(zone) !== null || clockOf(zone) !== null;

const clocks = new Map<string, Intl.DateTimeFormat | null>();

/** What reads the clocks of a zone; null when there is no such zone. */
function clockOf(zone: string): Intl.DateTimeFormat | null {
  const known = clocks.get(zone);
  if (known !== undefined) return known;
  let clock: Intl.DateTimeFormat | null = null;
  try {
    clock = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'iso8601',
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    // No zone has that name.
  }
  clocks.set(zone, clock);
  return clock;
}

const quarter = 900_000;
const offsets = new Map<string, number>();
const mostOffsets = 50_000;

/** Minutes that the clocks of a zone are ahead of UTC at a time. */
export function offsetAt(zone: string, millis: number): number {
  const fixed = zoneOffset(zone);
  if (fixed !== null) return fixed;
  // Clocks are changed at a full quarter of an hour, if at all.
  const start = Math.floor(millis / quarter) * quarter;
  const key = `${zone} ${start}`;
  const known = offsets.get(key);
  if (known !== undefined) return known;
  if (offsets.size >= mostOffsets) offsets.clear();
  const offset = readOffset(zone, start);
  offsets.set(key, offset);
  return offset;
}

function readOffset(zone: string, millis: number): number {
  const clock = clockOf(zone);
  if (!clock) return 0;
  const parts = new Map<string, string>(clock.formatToParts(millis).map(({ type, value }) => [type, value]));
  const [year, month, day, hour, minute, second] = ['year', 'month', 'day', 'hour', 'minute', 'second'].map((part) =>
    Number(parts.get(part)),
  ) as [number, number, number, number, number, number];
  const shown = new Date(0);
  shown.setUTCFullYear(/^B/.test(parts.get('era') ?? '') ? 1 - year : year, month - 1, day);
  shown.setUTCHours(hour, minute, second);
  return Math.round((shown.getTime() - millis) / 60_000);
}

/** The time at which the clocks of a zone show a date; where they show it twice, the first. */
export function timeShown(zone: string, shown: number): number {
  const before = shown - offsetAt(zone, shown - 86_400_000) * 60_000;
  const after = shown - offsetAt(zone, shown + 86_400_000) * 60_000;
  const fits = [before, after].find((time) => time + offsetAt(zone, time) * 60_000 === shown);
  // In the hour that is left out, clocks show a later one.
  return fits ?? before;
}

/** A change of the clocks of a zone: when, and the minutes that they are ahead of UTC before it and from then on. */
export interface ClockChange {
  readonly at: number;
  readonly before: number;
  readonly after: number;
}

/** No zone changes its clocks twice within this time. */
const week = 7 * 86_400_000;
const changes = new Map<string, readonly ClockChange[]>();

/** The changes of a zone's clocks between two times in milliseconds, in their order. */
export function clockChanges(zone: string, from: number, to: number): readonly ClockChange[] {
  const key = `${zone} ${from} ${to}`;
  const known = changes.get(key);
  if (known) return known;
  const found: ClockChange[] = [];
  let before = offsetAt(zone, from);
  for (let end = from + week; end < to + week; end += week) {
    const after = offsetAt(zone, Math.min(end, to));
    if (after !== before) {
      let [low, high] = [end - week, Math.min(end, to)];
      while (high - low > quarter) {
        const middle = low + Math.ceil((high - low) / 2 / quarter) * quarter;
        if (offsetAt(zone, middle) === before) low = middle;
        else high = middle;
      }
      found.push({ at: Math.floor(high / quarter) * quarter, before, after });
      before = after;
    }
  }
  changes.set(key, found);
  return found;
}
