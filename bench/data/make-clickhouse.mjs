// The expert's table as a MergeTree in the order of time, with LowCardinality columns and integer addresses.
//
//   node make-clickhouse.mjs PARQUET DATABASE
import { Session } from 'chdb';

const [parquet, database] = process.argv.slice(2);
const session = new Session(database);
const few = 'LowCardinality(String)';
const columns = {
  ts: "DateTime64(3, 'UTC')",
  agent_id: 'UUID',
  host_name: few,
  os_family: few,
  os_type: few,
  category: few,
  action: few,
  type: few,
  direction: few,
  signature_exists: "Enum8('unknown' = -1, 'no' = 0, 'yes' = 1)",
  signature_trusted: "Enum8('unknown' = -1, 'no' = 0, 'yes' = 1)",
  entity_id: 'String',
  executable: few,
  name: few,
  command_line: few,
  user_id: few,
  dst_address: 'String',
  dst_ip4: 'UInt32',
  dst_ip6_hi: 'UInt64',
  dst_ip6_lo: 'UInt64',
  dst_port: 'UInt16',
  src_port: 'UInt16',
  src_bytes: 'Int64',
};
const read = {
  agent_id: 'toUUID(toString(agent_id))',
  signature_exists: "multiIf(isNull(signature_exists), 'unknown', signature_exists, 'yes', 'no')",
  signature_trusted: "multiIf(isNull(signature_trusted), 'unknown', signature_trusted, 'yes', 'no')",
};
const spelt = Object.entries(columns)
  .map(([name, type]) => `${name} ${type}`)
  .join(', ');
const selected = Object.entries(columns).map(([name, type]) => {
  if (read[name]) return read[name];
  if (name === 'ts') return name;
  return `ifNull(${name}, ${/String/.test(type) ? "''" : '0'})`;
});
session.query(`CREATE TABLE events (${spelt}) ENGINE = MergeTree ORDER BY ts`);
session.query(`INSERT INTO events SELECT ${selected.join(', ')} FROM file('${parquet}', Parquet)`);
session.query('OPTIMIZE TABLE events FINAL');
console.log(session.query('SELECT version()', 'TSV').trim());
session.close();
