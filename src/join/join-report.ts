import { number, type Sql, sql } from '../sql/sql.ts';
import { once } from './connections.ts';
import { pairs } from './joined-events.ts';
import { type MatchOptions, type Method, type Run, tables } from './match.ts';

/** What became of the connections of one source. */
export interface JoinedSide {
  /** Connections that were read. */
  readonly connections: number;
  /** Those that repeat one that was read before. */
  readonly copies: number;
  readonly matched: number;
  /** Of the matched ones, those that had several candidates. */
  readonly several: number;
  /** How many were not matched, by the reason. */
  readonly unmatched: readonly (readonly [reason: string, connections: number])[];
}

/** What a join did. */
export interface JoinReport {
  readonly hosts: JoinedSide;
  readonly sensors: JoinedSide;
  readonly methods: readonly (readonly [method: Method, connections: number])[];
  /** Matched connections whose ends the two sources name in the opposite order. */
  readonly swapped: number;
  /** How much later the sensor says that matched connections began, in milliseconds; null where none was matched. */
  readonly difference: { readonly median: number; readonly most: number } | null;
  /** A clock offset, in milliseconds, with which more of the unmatched connections would fit. */
  readonly likelyOffset: { readonly milliseconds: number; readonly connections: number } | null;
}

/** Fewer unmatched connections than this say nothing about clocks. */
const fewest = 5;

/** Counts what was matched, and what was not and why. */
export async function joinReport(run: Run, options: MatchOptions): Promise<JoinReport> {
  const [hosts, sensors] = [
    await sideOf(run, tables.hosts, sql`h`, tables.hostsLeft),
    await sideOf(run, tables.sensors, sql`s`, tables.sensorsLeft),
  ];
  const methods = await run(sql`SELECT method, count(*) FROM ${tables.matches} GROUP BY method ORDER BY 2 DESC, 1`);
  const gap = sql`(s.t - ${number(options.clockOffset * 1000)} - h.t) / 1000`;
  const [[swapped, median, most] = []] = await run(
    sql`SELECT count(*) FILTER (swapped), median(${gap}) FILTER (method = 'start'), max(abs(${gap})) FILTER (method = 'start')
      FROM ${pairs} AS p JOIN ${tables.hosts} AS h ON h.n = p.h JOIN ${tables.sensors} AS s ON s.n = p.s`,
  );
  return {
    ...{ hosts, sensors, swapped: Number(swapped) },
    methods: methods.map(([method, n]) => [method as Method, Number(n)]),
    difference: median === null || median === undefined ? null : { median: Number(median), most: Number(most) },
    likelyOffset: await likelyOffset(run, options),
  };
}

async function sideOf(run: Run, table: Sql, own: Sql, without: Sql): Promise<JoinedSide> {
  const [[connections, copies] = []] = await run(sql`SELECT count(*), count(*) FILTER (copy > 1) FROM ${table}`);
  const [[matched, several] = []] = await run(sql`SELECT count(*), count(*) FILTER (candidates > 1) FROM (
    SELECT count(DISTINCT (f.h, f.s)) AS candidates FROM (SELECT DISTINCT ${own} AS n, method FROM ${tables.matches}) AS m
    JOIN ${tables.fits} AS f ON f.${own} = m.n AND f.method = m.method GROUP BY m.n)`);
  const unmatched = await run(sql`SELECT reason, count(*) FROM ${without} GROUP BY reason ORDER BY 2 DESC, 1`);
  return {
    ...{ connections: Number(connections), copies: Number(copies), matched: Number(matched), several: Number(several) },
    unmatched: unmatched.map(([reason, n]) => [String(reason), Number(n)]),
  };
}

/**
 * Connections whose ends each source has once and at other times are likely the same: where most of them are apart by the
 * same amount, that is what the clocks differ by.
 */
async function likelyOffset(run: Run, options: MatchOptions): Promise<JoinReport['likelyOffset']> {
  const ends = sql`transport, low_ip, low_port, high_ip, high_port`;
  const apart = (table: Sql, without: Sql): Sql =>
    sql`(SELECT ${ends}, min(t) AS t FROM ${once(table)} JOIN ${without} AS w USING (n) WHERE reason = 'apart'
      GROUP BY ${ends} HAVING count(*) = 1)`;
  const [[offset, near, all] = []] = await run(sql`WITH apart AS (
      SELECT s.t - h.t AS gap FROM ${apart(tables.hosts, tables.hostsLeft)} AS h
      JOIN ${apart(tables.sensors, tables.sensorsLeft)} AS s USING (${ends})),
    middle AS (SELECT median(gap) AS gap FROM apart)
    SELECT round((SELECT gap FROM middle) / 1000),
      count(*) FILTER (abs(gap - (SELECT gap FROM middle)) <= ${number(options.tolerance * 1000)}), count(*) FROM apart`);
  const isLikely = Number(near) >= fewest && Number(near) * 2 > Number(all);
  return isLikely ? { milliseconds: Number(offset), connections: Number(near) } : null;
}
