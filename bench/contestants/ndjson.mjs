// DuckDB by hand from raw NDJSON, the whole way in one process: the columns that the queries need, then the queries.
//
//   node ndjson.mjs FILES DATABASE QUERIES    the files as JSON, queries as JSON
import { DuckDBInstance } from '@duckdb/node-api';

const [files, queries] = process.argv.slice(2).map((argument) => JSON.parse(argument));
const connection = await (await DuckDBInstance.create(':memory:')).connect();
const columns = {
  '@timestamp': 'VARCHAR',
  agent: 'STRUCT(id VARCHAR)',
  host: 'STRUCT(os STRUCT(family VARCHAR, type VARCHAR))',
  event: 'STRUCT(category VARCHAR[], action VARCHAR, type VARCHAR[])',
  network: 'STRUCT(direction VARCHAR)',
  process:
    'STRUCT(code_signature STRUCT("exists" BOOLEAN, trusted BOOLEAN), entity_id VARCHAR, executable VARCHAR, name VARCHAR)',
  user: 'STRUCT(id VARCHAR)',
  destination: 'STRUCT(address VARCHAR, ip VARCHAR)',
  source: 'STRUCT(bytes BIGINT)',
};
const list = files.map((file) => `'${file}'`).join(', ');
const spelt = Object.entries(columns)
  .map(([name, type]) => `"${name}": '${type}'`)
  .join(', ');
// One value, or none: what hunts compare.
const one = (values) => `CASE WHEN len(${values}) = 1 THEN ${values}[1] END`;
const part = (n) => `string_split(destination.ip, '.')[${n}]::UINTEGER`;
// Of IPv6 the first half as far as the networks of the hunts distinguish it.
await connection.run(`CREATE TABLE events AS SELECT "@timestamp"::TIMESTAMP AS ts, agent.id AS agent_id, host.os.family AS os_family, host.os.type AS os_type,
  ${one('event.category')} AS category, event.action AS action, ${one('event.type')} AS type, network.direction AS direction,
  process.code_signature."exists" AS signature_exists, process.code_signature.trusted AS signature_trusted, process.entity_id AS entity_id,
  process.executable AS executable, process.name AS name, "user".id AS user_id, destination.address AS dst_address,
  CASE WHEN NOT contains(destination.ip, ':') THEN ${part(1)} * 16777216 + ${part(2)} * 65536 + ${part(3)} * 256 + ${part(4)} END AS dst_ip4,
  CASE WHEN destination.ip LIKE '____:%' THEN ('0x' || destination.ip[1:4])::UBIGINT * 281474976710656 WHEN contains(destination.ip, ':') THEN 0 END AS dst_ip6_hi,
  CASE WHEN destination.ip = '::1' THEN 1 ELSE 0 END AS dst_ip6_lo, source.bytes AS src_bytes
  FROM read_json([${list}], format = 'newline_delimited', columns = {${spelt}})`);
const answers = [];
for (const query of queries) answers.push((await connection.runAndReadAll(query)).getRowObjectsJson());
process.stdout.write(JSON.stringify(answers));
