import { ident, join, type Sql, sql } from '../sql/sql.ts';
import type { EsqlType } from '../values/types.ts';

/** A field that is read of a connection, with the type that it is joined and written as. */
export interface ConnectionField {
  readonly name: string;
  readonly type: EsqlType;
}

const fields = (type: EsqlType, names: readonly string[]): ConnectionField[] => names.map((name) => ({ name, type }));

/** What makes a five-tuple, and when it was: of one value each, or the connection cannot be matched. */
const tuple: readonly ConnectionField[] = [
  ...fields('date', ['@timestamp']),
  ...fields('ip', ['source.ip', 'destination.ip']),
  ...fields('long', ['source.port', 'destination.port']),
  ...fields('keyword', ['network.transport']),
];

/** What a Sysmon event adds to a connection: the process, its user and its host. */
export const hostFields: readonly ConnectionField[] = [
  ...tuple,
  ...fields('keyword', [
    'network.direction',
    'network.type',
    'network.protocol',
    'source.domain',
    'destination.domain',
    'process.entity_id',
    'process.executable',
    'process.name',
    'user.name',
    'user.domain',
    'user.id',
    'host.name',
    'host.id',
    'host.os.family',
    'host.os.type',
    'agent.id',
    'rule.name',
  ]),
  ...fields('long', ['process.pid']),
];

/** What a Zeek connection adds: bytes, packets, how long it was, and by which names Zeek knows it. */
export const sensorFields: readonly ConnectionField[] = [
  ...tuple,
  ...fields('long', [
    'source.bytes',
    'destination.bytes',
    'source.packets',
    'destination.packets',
    'event.duration',
    'zeek.connection.orig_bytes',
    'zeek.connection.resp_bytes',
  ]),
  ...fields('keyword', [
    'network.direction',
    'network.protocol',
    'network.community_id',
    'zeek.session_id',
    'zeek.connection.state',
    'zeek.connection.history',
    'observer.hostname',
  ]),
];

const question = (condition: string, wanted: readonly ConnectionField[]): string =>
  `SET unmapped_fields = "nullify"; FROM * | WHERE ${condition} | KEEP ${wanted.map(({ name }) => `\`${name}\``).join(', ')}`;

/** Sysmon's network connections, on Windows and Linux, whichever shipper brought them. */
export const hostConnections = question(
  `event.code == "3" AND (event.dataset IN ("windows.sysmon_operational", "sysmon_linux.log")
    OR event.provider IN ("Microsoft-Windows-Sysmon", "Linux-Sysmon") OR event.module == "sysmon")`,
  hostFields,
);

/** The lines of Zeek's conn.log. */
export const sensorConnections = question(`event.dataset == "zeek.connection"`, sensorFields);

/** What a question selected, column by column: single values, and beside them lists where there may be some. */
export type Answered = readonly { readonly column: ConnectionField; readonly hasList: boolean }[];

/** IPv4 addresses 127.0.0.0/8, as the engine stores them, and ::1. */
const isLoopback = (ip: Sql): Sql =>
  sql`(${ip} BETWEEN 281472812449792::UHUGEINT AND 281472829227007::UHUGEINT OR ${ip} = 1::UHUGEINT)`;

/**
 * A table of connections, each once, in a form that both sources share: `t` in microseconds, the two ends in an order
 * that does not depend on who began (`low` and `high`), and whether the source is the low one.
 *
 * `sameness`: what else makes two rows with the same ends copies of one; `best` is the order that chooses among them.
 */
export function connectionTable(
  table: Sql,
  answer: { readonly sql: Sql; readonly output: Answered },
  wanted: readonly ConnectionField[],
  storage: (type: EsqlType) => Sql,
  { sameness, best }: { readonly sameness: Sql; readonly best: Sql },
): Sql {
  const keys = new Set(tuple.map(({ name }) => name));
  const columns = wanted.map(({ name, type }) => {
    const at = answer.output.findIndex(({ column }) => column.name === name);
    const found = answer.output[at];
    // Neither the events nor the known types have the field.
    if (!found) return sql`NULL::${storage(type)} AS ${ident(name)}`;
    const { column, hasList } = found;
    const single = ident(`c${at}`);
    const value = hasList && !keys.has(name) ? sql`coalesce(${single}, ${ident(`l${at}`)}[1])` : single;
    // What is no address by its type is none.
    const typed =
      column.type === type ? value : type === 'ip' ? sql`NULL` : sql`TRY_CAST(${value} AS ${storage(type)})`;
    return sql`(${typed})::${storage(type)} AS ${ident(name)}`;
  });
  return sql`CREATE TEMP TABLE ${table} AS
WITH read AS (SELECT row_number() OVER () AS n, ${join(columns, ', ')} FROM (${answer.sql})),
said AS (SELECT *, epoch_us("@timestamp") AS t, lower("network.transport") AS transport,
  ("source.ip", "source.port") <= ("destination.ip", "destination.port") AS forward FROM read),
known AS (SELECT *,
  t IS NOT NULL AND forward IS NOT NULL AND "source.ip" IS NOT NULL AND "destination.ip" IS NOT NULL
    AND "source.port" IS NOT NULL AND "destination.port" IS NOT NULL AND transport IS NOT NULL AS complete,
  CASE WHEN forward THEN "source.ip" ELSE "destination.ip" END AS low_ip,
  CASE WHEN forward THEN "source.port" ELSE "destination.port" END AS low_port,
  CASE WHEN forward THEN "destination.ip" ELSE "source.ip" END AS high_ip,
  CASE WHEN forward THEN "destination.port" ELSE "source.port" END AS high_port,
  coalesce(${isLoopback(ident('source.ip'))} OR ${isLoopback(ident('destination.ip'))}, false) AS loopback FROM said)
SELECT *, CASE WHEN complete THEN row_number() OVER (
  PARTITION BY complete, transport, low_ip, low_port, high_ip, high_port, ${sameness} ORDER BY ${best}) ELSE 1 END AS copy
FROM known`;
}

/** Sysmon writes an event once for each process and moment. */
export const hostSameness = {
  sameness: sql`forward, t, "network.direction", "host.name", "process.entity_id", "process.pid"`,
  best: sql`n`,
};

/** A connection that Zeek reports again while it lasts keeps its uid; the last report has all its bytes. */
export const sensorSameness = {
  sameness: sql`t, CASE WHEN "zeek.session_id" IS NULL
    THEN concat_ws(',', forward, "event.duration", "source.bytes", "destination.bytes") ELSE "zeek.session_id" END`,
  best: sql`"event.duration" DESC NULLS LAST, "source.bytes" DESC NULLS LAST, n`,
};

/** Selects the connections of a table without copies. */
export const once = (table: Sql): Sql => sql`(SELECT * FROM ${table} WHERE copy = 1)`;
