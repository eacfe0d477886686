import { matchIndices } from '../catalogue/index-pattern.ts';
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
const patience = 3_600_000;
const mostHosts = 10_000;

/** The queries that look for them: their fields must have been read. */
export function timeFaultQueries(
  patterns: readonly string[],
  today: Date,
): { readonly future: string; readonly hosts: string } {
  const limit = formatDate(BigInt(today.getTime() + patience));
  const from = `FROM ${patterns.map((pattern) => `"${pattern}"`).join(', ')}`;
  return {
    future: `${from} | WHERE @timestamp > "${limit}" | STATS events = COUNT(*), latest = MAX(@timestamp) BY host.name | SORT events DESC | LIMIT ${mostHosts}`,
    hosts: `${from} | STATS events = COUNT(*), earliest = MIN(@timestamp), latest = MAX(@timestamp), lag = MEDIAN(DATE_DIFF("second", @timestamp, event.ingested)) BY host.name | SORT events DESC | LIMIT ${mostHosts}`,
  };
}

/** Events from the future, and hosts whose clock is off by a day or more. `today`: the time it really is. */
export async function findTimeFaults(
  engine: Engine,
  indices: readonly string[],
  patterns: readonly string[],
  today: Date,
  signal?: AbortSignal,
): Promise<TimeFault[]> {
  const present = patterns.filter((pattern) => matchIndices([pattern], indices).length > 0);
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
  const known = new Set(faults.map(({ host }) => host));
  const hosts = await engine.query(queries.hosts, options);
  return [...faults, ...clockFaults(hosts.values.filter((row) => !known.has(row[4] as string | null)))];
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
  const middle = (pick: (time: (typeof times)[number]) => number): number =>
    times.map(pick).sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
  const [usualFirst, usualLast] = [middle(({ from }) => from), middle(({ to }) => to)];
  return times.flatMap(({ events, from, to, lag, host }): TimeFault[] => {
    const fault = (message: string): TimeFault[] => [{ host, kind: 'clock', events, message }];
    if (lag !== null && lag * 1000 < -day)
      return fault(`the clock${of(host)} is ${days(-lag * 1000)} ahead of the time its events arrive`);
    if (lag !== null && lag * 1000 > day)
      return fault(
        `events${of(host)} arrive ${days(lag * 1000)} after their time: its clock is behind, or it was away`,
      );
    if (lag !== null || times.length < 3) return [];
    if (from > usualLast + day)
      return fault(
        `all events${of(host)} are ${days(from - usualLast)} later than those of other hosts: its clock may be ahead`,
      );
    if (to < usualFirst - day)
      return fault(
        `all events${of(host)} are ${days(usualFirst - to)} earlier than those of other hosts: its clock may be behind`,
      );
    return [];
  });
}

const days = (milliseconds: number): string => {
  const count = Math.round(milliseconds / day);
  return `${count} day${count === 1 ? '' : 's'}`;
};
