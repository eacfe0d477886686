// What stands where in the tables of the contestants, and how each engine says it: hand-written queries are made from a
// shape, so that they are the same query everywhere.
import { joined4, ranges128 } from './networks.mjs';

const quoted = (value) => `'${value.replaceAll("'", "''")}'`;
const between = (column, ranges) => ranges.map(([low, high]) => `${column} BETWEEN ${low} AND ${high}`).join(' OR ');

const duckdb = {
  time: (iso) => `TIMESTAMP '${iso.slice(0, 23).replace('T', ' ')}'`,
  millisBetween: (a, b) => `date_diff('millisecond', ${a}, ${b})`,
  hour: (column) => `date_trunc('hour', ${column})`,
  startsWith: (column, value) => `starts_with(${column}, ${quoted(value)})`,
  contains: (column, value) => `contains(${column}, ${quoted(value)})`,
  containsAnyCase: (column, value) => `contains(lower(${column}), ${quoted(value)})`,
  isFalse: (column) => `${column} = false`,
  isNumber: (column) => `${column} IS NOT NULL`,
};

/** Columns of the expert's table; the same in DuckDB, Parquet and ClickHouse. */
const expertColumns = {
  '@timestamp': 'ts',
  'agent.id': 'agent_id',
  'host.name': 'host_name',
  'host.os.family': 'os_family',
  'host.os.type': 'os_type',
  'event.category': 'category',
  'event.action': 'action',
  'event.type': 'type',
  'network.direction': 'direction',
  'process.code_signature.exists': 'signature_exists',
  'process.code_signature.trusted': 'signature_trusted',
  'process.entity_id': 'entity_id',
  'process.executable': 'executable',
  'process.name': 'name',
  'process.command_line': 'command_line',
  'user.id': 'user_id',
  'destination.address': 'dst_address',
  'destination.port': 'dst_port',
  'source.port': 'src_port',
  'source.bytes': 'src_bytes',
};

const enums = new Set([
  'host.os.family',
  'host.os.type',
  'event.category',
  'event.action',
  'event.type',
  'network.direction',
]);

/** Which addresses are inside: IPv4 as 32 bits, IPv6 as two halves. */
const inside4 = between('dst_ip4', joined4);
const inside6 = `(dst_ip6_hi = 0 AND dst_ip6_lo = 1) OR dst_ip6_hi BETWEEN ${0xfe80n << 48n} AND ${(0xfec0n << 48n) - 1n} OR dst_ip6_hi >= ${0xff00n << 48n}`;

/** The table that Harrier keeps, as it keeps it. */
export const kept = {
  ...duckdb,
  table: '$events',
  field: (name) => `"${name}"`,
  equals: (name, value) => `"${name}" = ${quoted(value)}`,
  external: `NOT (${between(
    '"destination.ip"',
    ranges128.map((range) => range.map((number) => `${number}::UHUGEINT`)),
  )})`,
};

/** The expert's columns without enums: as Parquet, or read from JSON for the occasion. */
export const columns = {
  ...duckdb,
  table: 'events',
  field: (name) => expertColumns[name],
  equals: (name, value) => `${expertColumns[name]} = ${quoted(value)}`,
  // Measured: quicker than NOT … OR …, and than NOT BETWEEN … AND NOT BETWEEN ….
  external: `CASE WHEN dst_ip4 IS NOT NULL THEN NOT (${inside4}) ELSE NOT (${inside6}) END`,
};

/** The expert's table. An enum is compared as such: beside a mere text it would become a text, row by row. */
export const expert = {
  ...columns,
  equals: (name, value) => columns.equals(name, value) + (enums.has(name) ? `::${expertColumns[name]}_values` : ''),
};

/** The expert's table in ClickHouse, which does better without nulls: what is not there is 0 or empty. */
export const clickhouse = {
  table: 'events',
  field: (name) => expertColumns[name],
  text: (value) => quoted(value.replaceAll('\\', '\\\\')),
  equals: (name, value) => `${expertColumns[name]} = ${clickhouse.text(value)}`,
  time: (iso) => `toDateTime64('${iso.slice(0, 23).replace('T', ' ')}', 3, 'UTC')`,
  millisBetween: (a, b) => `dateDiff('millisecond', ${a}, ${b})`,
  hour: (column) => `toStartOfHour(${column})`,
  startsWith: (column, value) => `startsWith(${column}, ${clickhouse.text(value)})`,
  contains: (column, value) => `position(${column}, ${clickhouse.text(value)}) > 0`,
  containsAnyCase: (column, value) => `positionCaseInsensitive(${column}, ${clickhouse.text(value)}) > 0`,
  isFalse: (column) => `${column} = 'no'`,
  isNumber: (column) => `${column} <> 0`,
  external: `((dst_ip4 <> 0 AND NOT (${inside4})) OR ((dst_ip6_hi <> 0 OR dst_ip6_lo <> 0) AND NOT (${inside6})))`,
};
