// The other side of the benchmark: DuckDB used by hand, on the hunts of hunts/network written as SQL.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

const [task, place, data, now] = process.argv.slice(2);

const nets =
  '10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 127.0.0.0/8 169.254.0.0/16 100.64.0.0/10 192.0.0.0/24 192.0.2.0/24 192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4'.split(
    ' ',
  );
const toNumber = (text) => text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
const ranges = nets.map((net) => {
  const [address, prefix] = net.split('/');
  const size = 2 ** (32 - Number(prefix));
  const low = Math.floor(toNumber(address) / size) * size;
  return [low, low + size - 1];
});

/** The hunts by hand. `f` gives the SQL of a field, `external` a condition on the destination. */
function statements(f, external, table, time) {
  const since = (hours) =>
    `${f('@timestamp')} > TIMESTAMP '${new Date(Date.parse(now) - hours * 3_600_000).toISOString().slice(0, 23).replace('T', ' ')}'`;
  const beacon = (
    where,
    hours,
  ) => `SELECT * FROM (SELECT e, n, a, c, b, round(date_diff('millisecond', s, t) / 3600000.0)::INTEGER AS h, s, t FROM
    (SELECT ${f('process.entity_id')} e, ${f('process.name')} n, ${f('destination.address')} a, count(*) c, sum(${f('source.bytes')}) b, min(${time}) s, max(${time}) t
     FROM ${table} WHERE ${since(168)} AND ${where} AND ${f('event.category')} = 'network' AND ${external} GROUP BY 1, 2, 3)) WHERE h >= ${hours} AND c // h >= 120`;
  const volume = (
    where,
  ) => `SELECT ${f('process.entity_id')}, ${f('process.executable')}, ${f('destination.address')}, sum(${f('source.bytes')}) b FROM ${table}
    WHERE ${since(8)} AND ${where} AND ${f('event.category')} = 'network' AND ${f('event.action')} = 'disconnect_received' AND ${external} GROUP BY 1, 2, 3 HAVING b >= 1073741824`;
  const rare = (
    root,
  ) => `SELECT ${f('process.name')}, count(*) c, count(DISTINCT ${f('agent.id')}) d FROM ${table} WHERE ${since(168)} AND ${f('host.os.type')} = 'linux' AND ${f('event.category')} = 'network'
    AND ${f('event.type')} = 'start' AND ${f('event.action')} = 'connection_attempted' ${root ? `AND ${f('user.id')} = '0'` : ''} AND ${f('process.name')} IS NOT NULL AND ${external} GROUP BY 1 HAVING c <= 5 AND d = 1 LIMIT 100`;
  const unsigned = `(${f('process.code_signature.exists')} = false OR ${f('process.code_signature.trusted')} <> true`;
  const egress = `${f('network.direction')} = 'egress'`;
  return [
    beacon(
      `${f('host.os.family')} = 'windows' AND ${egress} AND ${unsigned} OR starts_with(${f('process.executable')}, 'C:\\Users\\Public\\'))`,
      1,
    ),
    beacon(`${f('host.os.family')} = 'macos' AND ${unsigned})`, 8),
    beacon(
      `${f('host.os.type')} = 'linux' AND ${egress} AND (${['/tmp/%', '/var/tmp/%', '/dev/shm/%', '/run/user/%', '%/.%'].map((like) => `${f('process.executable')} LIKE '${like}'`).join(' OR ')})`,
      1,
    ),
    volume(`${f('host.os.family')} = 'windows'`),
    volume(`${f('host.os.family')} = 'macos'`),
    volume(`${f('host.os.type')} = 'linux'`),
    rare(false),
    rare(true),
  ];
}

async function runAll(connection, queries) {
  const took = [];
  for (const query of queries) {
    const started = performance.now();
    const result = await connection.runAndReadAll(query);
    took.push({ took_ms: Math.round(performance.now() - started), rows: result.currentRowCount });
  }
  console.log(JSON.stringify(took));
}

if (task === 'select-one') {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  console.log((await connection.runAndReadAll('SELECT 1')).getRows());
} else if (task === 'load') {
  const connection = await (await DuckDBInstance.create(place)).connect();
  await connection.run(`CREATE TABLE events AS SELECT * FROM read_json('${data}')`);
  await connection.run('CHECKPOINT');
} else if (task === 'load-and-query') {
  const connection = await (await DuckDBInstance.create(place)).connect();
  await connection.run(`CREATE TABLE events AS SELECT * FROM read_json('${data}')`);
  // As read_json leaves them: nested objects, lists, addresses as text.
  const lists = new Set(['event.category', 'event.type']);
  const f = (name) => {
    const path = name
      .split('.')
      .map((part) => `"${part}"`)
      .join('.');
    if (name === '@timestamp') return `"@timestamp"::TIMESTAMP`;
    return lists.has(name) ? `(CASE WHEN len(${path}) = 1 THEN ${path}[1] END)` : path;
  };
  const ip = f('destination.ip');
  const parts = `list_transform(string_split(${ip}, '.'), lambda p: p::UINTEGER)`;
  const number = `(${parts}[1] * 16777216 + ${parts}[2] * 65536 + ${parts}[3] * 256 + ${parts}[4])`;
  const external = `CASE WHEN contains(${ip}, ':') THEN NOT (${ip} = '::1' OR ${ip}[1:3] IN ('fe8', 'fe9', 'fea', 'feb') OR ${ip}[1:2] = 'ff') ELSE NOT (${ranges.map(([low, high]) => `${number} BETWEEN ${low} AND ${high}`).join(' OR ')}) END`;
  await runAll(connection, statements(f, external, 'events', f('@timestamp')));
} else {
  const [file] = readdirSync(place).filter((name) => name.endsWith('.duckdb'));
  const connection = await (await DuckDBInstance.create(join(place, file), { access_mode: 'READ_ONLY' })).connect();
  const f = (name) => (name === 'event.type' ? `"event.type"` : `"${name}"`);
  const base = 0xffffn << 32n;
  const wide = [
    ...ranges.map(([low, high]) => [base + BigInt(low), base + BigInt(high)]),
    [1n, 1n],
    [0xfe80n << 112n, (0xfec0n << 112n) - 1n],
    [0xff00n << 112n, (1n << 128n) - 1n],
  ];
  const external = `NOT (${wide.map(([low, high]) => `"destination.ip" BETWEEN ${low}::UHUGEINT AND ${high}::UHUGEINT`).join(' OR ')})`;
  await runAll(connection, statements(f, external, 'events', f('@timestamp')));
}
