import { number, type Sql, sql, text } from '../sql/sql.ts';
import { once } from './connections.ts';

/** How near in time, and between which clocks, connections are the same. */
export interface MatchOptions {
  /** How far apart the two sources may say that a connection began, in milliseconds. */
  readonly tolerance: number;
  /** How far the clock of Zeek's sensor is ahead of the hosts', in milliseconds. */
  readonly clockOffset: number;
  /** Whether a host's address and port may be others on the sensor's side of a translation. */
  readonly nat: boolean;
}

/**
 * How a connection was matched. `start`: both say the same five-tuple and, within the tolerance, the same beginning.
 * `during`: the host's event lies within the sensor's connection, as with UDP, of which Sysmon reports packets. `nat`:
 * all but the translated end is the same, and there is one candidate on each side.
 */
export type Method = 'start' | 'during' | 'nat';

/** Runs a statement and gives its rows. */
export type Run = (statement: Sql) => Promise<readonly (readonly unknown[])[]>;

/** The tables of a join. */
export const tables = {
  hosts: sql`join_hosts`,
  sensors: sql`join_sensors`,
  /** Every pair that fits, whether it was taken or not. */
  fits: sql`join_fits`,
  matches: sql`join_matches`,
  /** Connections that have none of the other side, as `n` and `reason`. */
  hostsLeft: sql`join_hosts_left`,
  sensorsLeft: sql`join_sensors_left`,
} as const;

const open = sql`join_open`;
const settled = sql`join_settled`;

const sameEnds = sql`h.transport = s.transport AND h.low_ip = s.low_ip AND h.low_port = s.low_port
  AND h.high_ip = s.high_ip AND h.high_port = s.high_port`;

/** When a sensor's connection began, in microseconds on the hosts' clock. */
export const began = (offset: number): Sql => sql`(s.t - ${number(offset * 1000)})`;

/** A process is one by its entity id, or by its number on a host. */
const sameProcess = (a: Sql, b: Sql): Sql =>
  sql`(${a}."process.entity_id" = ${b}."process.entity_id"
    OR (${a}."process.entity_id" IS NULL AND ${b}."process.entity_id" IS NULL
      AND ${a}."process.pid" IS NOT DISTINCT FROM ${b}."process.pid" AND ${a}."host.name" IS NOT DISTINCT FROM ${b}."host.name"))`;

/**
 * Pairs connections of hosts with those of sensors. A connection of a host has one of a sensor at most; one of a sensor
 * has one at each end, since both hosts may be watched. The nearest in time go together first.
 */
export async function match(run: Run, options: MatchOptions): Promise<void> {
  await pair(run, options);
  await run(sql`CREATE TEMP TABLE ${tables.hostsLeft} AS ${hostsWithout(options)}`);
  await run(sql`CREATE TEMP TABLE ${tables.sensorsLeft} AS ${sensorsWithout(options)}`);
}

async function pair(run: Run, { tolerance, clockOffset, nat }: MatchOptions): Promise<void> {
  const start = began(clockOffset);
  const most = number(tolerance * 1000);
  const hosts = once(tables.hosts);
  const sensors = once(tables.sensors);
  await run(sql`CREATE TEMP TABLE ${tables.fits} (h BIGINT, s BIGINT, end_of VARCHAR, gap HUGEINT, method VARCHAR)`);
  await run(sql`CREATE TEMP TABLE ${tables.matches} (h BIGINT, s BIGINT, end_of VARCHAR, method VARCHAR)`);
  const fitting = (method: Method, pairs: Sql): Promise<unknown> =>
    run(sql`INSERT INTO ${tables.fits} SELECT h, s, end_of, gap, ${text(method)} FROM (${pairs}) AS pairs`);
  const endOf = sql`coalesce(h."network.direction", '') AS end_of`;
  await fitting(
    'start',
    sql`SELECT h.n AS h, s.n AS s, ${endOf}, abs(h.t - ${start}) AS gap FROM ${hosts} AS h JOIN ${sensors} AS s ON ${sameEnds}
      WHERE h.complete AND s.complete AND abs(h.t - ${start}) <= ${most}`,
  );
  await settle(run, 'start');
  await fitting(
    'during',
    sql`SELECT h.n AS h, s.n AS s, ${endOf}, abs(h.t - ${start}) AS gap FROM ${hosts} AS h JOIN ${sensors} AS s ON ${sameEnds}
      WHERE h.complete AND s.complete AND h.t > ${start} + ${most}
        AND h.t <= ${start} + coalesce(s."event.duration", 0) // 1000 + ${most}
        AND h.n NOT IN (SELECT h FROM ${tables.matches})`,
  );
  await settle(run, 'during');
  if (!nat) return;
  // The end that is not translated is the other host's: the destination of what goes out, the source of what comes in.
  await fitting(
    'nat',
    sql`WITH pairs AS (SELECT h.n AS h, s.n AS s, ${endOf}, abs(h.t - ${start}) AS gap,
        -- One port is the same: where the sums are, the other is too.
        h.low_port + h.high_port <> s.low_port + s.high_port AS other_port
      FROM ${hosts} AS h JOIN ${sensors} AS s ON h.transport = s.transport AND h.loopback = s.loopback
        AND CASE WHEN h."network.direction" = 'ingress' THEN h."source.ip" ELSE h."destination.ip" END
          = CASE WHEN h."network.direction" = 'ingress' THEN s."source.ip" ELSE s."destination.ip" END
        AND CASE WHEN h."network.direction" = 'ingress' THEN h."source.port" ELSE h."destination.port" END
          = CASE WHEN h."network.direction" = 'ingress' THEN s."source.port" ELSE s."destination.port" END
      WHERE h.complete AND s.complete AND abs(h.t - ${start}) <= ${most}
        AND h.n NOT IN (SELECT h FROM ${tables.matches}) AND s.n NOT IN (SELECT s FROM ${tables.matches})
        AND h.n NOT IN (SELECT h FROM ${tables.fits}))
      SELECT h, s, end_of, gap FROM pairs QUALIFY NOT other_port OR NOT bool_or(NOT other_port) OVER (PARTITION BY h)`,
  );
  await run(sql`INSERT INTO ${tables.matches} SELECT h, s, end_of, method FROM (
    SELECT *, count(*) OVER (PARTITION BY h) AS of_h, count(*) OVER (PARTITION BY s) AS of_s FROM ${tables.fits}
    WHERE method = 'nat') AS pairs WHERE of_h = 1 AND of_s = 1`);
}

/** Gives each connection its nearest that is free, until none is left that fits. */
async function settle(run: Run, method: Method): Promise<void> {
  await run(sql`CREATE OR REPLACE TEMP TABLE ${open} AS SELECT f.* FROM ${tables.fits} AS f
    ANTI JOIN ${tables.matches} AS m ON f.s = m.s AND f.end_of = m.end_of WHERE f.method = ${text(method)}`);
  for (;;) {
    // The pair with the smallest gap is the nearest of both, so that each round settles some.
    await run(sql`CREATE OR REPLACE TEMP TABLE ${settled} AS SELECT h, s, end_of, method FROM (
      SELECT *, row_number() OVER (PARTITION BY h ORDER BY gap, s) AS of_h,
        row_number() OVER (PARTITION BY s, end_of ORDER BY gap, h) AS of_s FROM ${open}) AS ranked
      WHERE of_h = 1 AND of_s = 1`);
    await run(sql`INSERT INTO ${tables.matches} SELECT * FROM ${settled}`);
    await run(sql`CREATE OR REPLACE TEMP TABLE ${open} AS SELECT o.* FROM ${open} AS o
      ANTI JOIN ${settled} AS x ON o.h = x.h ANTI JOIN ${settled} AS y ON o.s = y.s AND o.end_of = y.end_of`);
    const [[left] = [0n]] = await run(sql`SELECT count(*) FROM ${open}`);
    if (Number(left) === 0) return;
  }
}

/** Why connections of hosts have none of a sensor. */
function hostsWithout({ tolerance, clockOffset }: MatchOptions): Sql {
  const most = number(tolerance * 1000);
  const matchedBy = sql`SELECT f.h, bool_or(${sameProcess(sql`a`, sql`b`)}) AS same FROM ${tables.fits} AS f
    JOIN ${tables.matches} AS m ON f.s = m.s AND f.end_of = m.end_of
    JOIN ${tables.hosts} AS a ON a.n = f.h JOIN ${tables.hosts} AS b ON b.n = m.h WHERE f.method <> 'nat' GROUP BY f.h`;
  return sql`SELECT h.n, CASE
    WHEN NOT h.complete THEN 'incomplete'
    WHEN taken.same THEN 'repeated'
    WHEN taken.h IS NOT NULL THEN 'taken'
    WHEN ends.low_ip IS NOT NULL THEN 'apart'
    WHEN h.loopback THEN 'loopback'
    WHEN fit.h IS NOT NULL THEN 'ambiguous'
    WHEN NOT h.t BETWEEN period.first - ${most} AND period.last + ${most} THEN 'outside'
    ELSE 'unseen' END AS reason
  FROM ${once(tables.hosts)} AS h
  ANTI JOIN ${tables.matches} AS m ON m.h = h.n
  LEFT JOIN (${matchedBy}) AS taken ON taken.h = h.n
  LEFT JOIN (SELECT DISTINCT h FROM ${tables.fits} WHERE method = 'nat') AS fit ON fit.h = h.n
  LEFT JOIN (SELECT DISTINCT transport, low_ip, low_port, high_ip, high_port FROM ${tables.sensors} WHERE complete) AS ends
    ON h.transport = ends.transport AND h.low_ip = ends.low_ip AND h.low_port = ends.low_port
      AND h.high_ip = ends.high_ip AND h.high_port = ends.high_port
  CROSS JOIN (SELECT min(${began(clockOffset)}) AS first,
    max(${began(clockOffset)} + coalesce(s."event.duration", 0) // 1000) AS last FROM ${tables.sensors} AS s WHERE complete) AS period`;
}

/** Why connections of sensors have none of a host. */
function sensorsWithout({ tolerance, clockOffset }: MatchOptions): Sql {
  const most = number(tolerance * 1000);
  const own = sql`CASE WHEN "network.direction" = 'ingress' THEN "destination.ip" ELSE "source.ip" END`;
  return sql`SELECT s.n, CASE
    WHEN NOT s.complete THEN 'incomplete'
    WHEN s.transport NOT IN ('tcp', 'udp') THEN 'protocol'
    WHEN fit.method = 'nat' THEN 'ambiguous'
    WHEN fit.s IS NOT NULL THEN 'taken'
    WHEN ends.low_ip IS NOT NULL THEN 'apart'
    WHEN period.first IS NULL OR NOT ${began(clockOffset)} BETWEEN period.first - ${most} AND period.last + ${most} THEN 'outside'
    WHEN low.ip IS NULL AND high.ip IS NULL THEN 'no host'
    ELSE 'unseen' END AS reason
  FROM ${once(tables.sensors)} AS s
  ANTI JOIN ${tables.matches} AS m ON m.s = s.n
  LEFT JOIN (SELECT s, min(method) AS method FROM ${tables.fits} GROUP BY s) AS fit ON fit.s = s.n
  LEFT JOIN (SELECT DISTINCT transport, low_ip, low_port, high_ip, high_port FROM ${tables.hosts} WHERE complete) AS ends
    ON s.transport = ends.transport AND s.low_ip = ends.low_ip AND s.low_port = ends.low_port
      AND s.high_ip = ends.high_ip AND s.high_port = ends.high_port
  LEFT JOIN (SELECT DISTINCT ${own} AS ip FROM ${tables.hosts}) AS low ON low.ip = s.low_ip
  LEFT JOIN (SELECT DISTINCT ${own} AS ip FROM ${tables.hosts}) AS high ON high.ip = s.high_ip
  CROSS JOIN (SELECT min(t) AS first, max(t) AS last FROM ${tables.hosts} WHERE complete) AS period`;
}
