import { matchesNone } from '../catalogue/index-pattern.ts';
import type { Engine } from '../engines/engine.ts';
import { formatDate, parseDate } from '../values/date.ts';

/** Something wrong with the times of events: hunts look for them in the wrong window. */
export interface TimeFault {
  /** Null where events name no host. */
  readonly host: string | null;
  readonly kind: 'future' | 'clock';
  readonly message: string;
  readonly events: number;
}

const day = 86_400_000;
/** Clocks of well-kept machines differ by less. */
const tolerance = 3_600_000;
const mostHosts = 10_000;
/** The share of hosts whose first or last events count as what hosts usually have. */
const most = 0.9;

/** The queries that look for them: their fields must have been read. */
export function timeFaultQueries(
  patterns: readonly string[],
  today: Date,
): { readonly future: string; readonly hosts: string } {
  const limit = formatDate(BigInt(today.getTime() + tolerance));
  const from = `FROM ${patterns.map((pattern) => `"${pattern}"`).join(', ')}`;
  return {
    future: `${from} | WHERE @timestamp > "${limit}" | STATS events = COUNT(*), latest = MAX(@timestamp) BY host.name | SORT events DESC | LIMIT ${mostHosts}`,
    hosts: `${from} | WHERE @timestamp <= "${limit}" | STATS events = COUNT(*), earliest = MIN(@timestamp), latest = MAX(@timestamp), lag = MEDIAN(DATE_DIFF("second", @timestamp, event.ingested)) BY host.name | SORT events DESC | LIMIT ${mostHosts}`,
  };
}

/** Events from the future, and hosts whose clock is off by a day or more. `today`: the time it really is. */
export async function findTimeFaults(
  engine: Engine,
  patterns: readonly string[],
  today: Date,
  signal?: AbortSignal,
): Promise<TimeFault[]> {
  const { indices, aliases } = engine.catalogue;
  const names = indices.map(({ name }) => name);
  const present = patterns.filter((pattern) => !matchesNone(pattern, names, aliases));
  if (present.length === 0) return [];
  const queries = timeFaultQueries(present, today);
  const options = { now: today.getTime(), maxRows: mostHosts, ...(signal && { signal }) };
  const future = await engine.query(queries.future, options);
  const faults = future.values.map(
    ([events, latest, host]): TimeFault => ({
      host: host as string | null,
      kind: 'future',
      events: Number(events),
      message: `${Number(events).toLocaleString('en')} events${of(host)} are from the future, the last of ${latest}`,
    }),
  );
  const hosts = await engine.query(queries.hosts, options);
  return [...faults, ...clockFaults(hosts.values)];
}

const of = (host: unknown): string => (host === null ? '' : ` of ${host}`);

type Row = readonly unknown[];

function clockFaults(rows: readonly Row[]): TimeFault[] {
  const times = rows.flatMap(([events, first, last, lag, host]) => {
    const [from, to] = [first, last].map((time) => (typeof time === 'string' ? parseDate(time) : null));
    return from == null || to == null
      ? []
      : [
          {
            events: Number(events),
            from: Number(from),
            to: Number(to),
            lag: lag as number | null,
            host: host as string | null,
          },
        ];
  });
  const spread = (pick: (time: (typeof times)[number]) => number) => {
    const sorted = times.map(pick).sort((a, b) => a - b);
    const edge = Math.floor((sorted.length - 1) * most);
    return { low: sorted.at(-1 - edge)!, middle: sorted[Math.floor(sorted.length / 2)]!, high: sorted[edge]! };
  };
  const newest = Math.max(...times.map(({ to }) => to));
  const [first, last] = [spread(({ from }) => from), spread(({ to }) => to)];
  return times.flatMap(({ events, from, to, lag, host }): TimeFault[] => {
    const fault = (message: string): TimeFault[] => [{ host, kind: 'clock', events, message }];
    if (lag !== null && lag * 1000 < -day)
      return fault(`the clock${of(host)} is ${days(-lag * 1000)} ahead of the time its events arrive`);
    if (lag !== null && lag * 1000 > day)
      return fault(
        `events${of(host)} arrive ${days(lag * 1000)} after their time: its clock is behind, or it was away`,
      );
    if (lag !== null || times.length < 3) return [];
    // Both ends of what a host has lie off: it went on when hardly any other did, and began when most had begun.
    const ahead = Math.min(to - last.high, from - first.middle);
    if (ahead > day)
      return fault(
        `the events${of(host)} are ${days(ahead)} later than those of other hosts: its clock may be ahead${to === newest ? ', and --now latest uses it' : ''}`,
      );
    const behind = Math.min(first.low - from, last.middle - to);
    if (behind > day)
      return fault(
        `the events${of(host)} are ${days(behind)} earlier than those of other hosts: its clock may be behind`,
      );
    return [];
  });
}

const days = (milliseconds: number): string => {
  const count = Math.round(milliseconds / day);
  return `${count} day${count === 1 ? '' : 's'}`;
};
