// What stands where in the tables of the contestants, and how each engine says it: hand-written queries are made from a
// shape, so that they are the same query everywhere.
import { ranges4, ranges128 } from './networks.mjs';

const quoted = (value) => `'${value.replaceAll("'", "''")}'`;
const between = (column, ranges) => ranges.map(([low, high]) => `${column} BETWEEN ${low} AND ${high}`).join(' OR ');

const duckdb = {
  text: quoted,
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

/** IPv4 as 32 bits; IPv6 as two halves. `has` says that a column holds an address. */
const splitExternal = (has) =>
  `((${has('dst_ip4')} AND NOT (${between('dst_ip4', ranges4)})) OR (${has('dst_ip6_hi')} AND NOT ((dst_ip6_hi = 0 AND dst_ip6_lo = 1) OR ${between('dst_ip6_hi', [[0xfe80n << 48n, (0xfec0n << 48n) - 1n]])} OR dst_ip6_hi >= ${0xff00n << 48n})))`;

/** The table that Harrier keeps, as it keeps it. */
export const kept = {
  ...duckdb,
  table: '$events',
  field: (name) => `"${name}"`,
  external: `NOT (${ranges128.map(([low, high]) => `"destination.ip" BETWEEN ${low}::UHUGEINT AND ${high}::UHUGEINT`).join(' OR ')})`,
};

/** The expert's table, in DuckDB or as Parquet. */
export const expert = {
  ...duckdb,
  table: 'events',
  field: (name) => expertColumns[name],
  external: splitExternal((column) => `${column} IS NOT NULL`),
};

/** The expert's table in ClickHouse, which does better without nulls: what is not there is 0 or empty. */
export const clickhouse = {
  table: 'events',
  field: (name) => expertColumns[name],
  text: (value) => quoted(value.replaceAll('\\', '\\\\')),
  time: (iso) => `toDateTime64('${iso.slice(0, 23).replace('T', ' ')}', 3, 'UTC')`,
  millisBetween: (a, b) => `dateDiff('millisecond', ${a}, ${b})`,
  hour: (column) => `toStartOfHour(${column})`,
  startsWith: (column, value) => `startsWith(${column}, ${clickhouse.text(value)})`,
  contains: (column, value) => `position(${column}, ${clickhouse.text(value)}) > 0`,
  containsAnyCase: (column, value) => `positionCaseInsensitive(${column}, ${clickhouse.text(value)}) > 0`,
  isFalse: (column) => `${column} = 'no'`,
  isNumber: (column) => `${column} <> 0`,
  external: splitExternal((column) => `${column} <> 0`),
};
