// Writes to a server at a steady rate while retention deletes what is too old, and prints how large the store is: it must
// stay flat once the first events are old.
//
//   node bench/retention.mjs [--rate 2000 --retention 300 --minutes 30 --out FOLDER]
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startServer } from './server.mjs';

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '2000' },
    retention: { type: 'string', default: '300' },
    minutes: { type: 'string', default: '30' },
    out: { type: 'string', default: tmpdir() },
    harrier: { type: 'string', default: fileURLToPath(new URL('../dist/harrier.js', import.meta.url)) },
  },
});
const [rate, retention, minutes] = [values.rate, values.retention, values.minutes].map(Number);
const perRequest = 200;

const programs = ['svchost.exe', 'chrome.exe', 'sshd', 'python3', 'powershell.exe', 'bash', 'curl', 'nginx'];
const pick = (list) => list[Math.floor(Math.random() * list.length)];
const byte = () => Math.floor(Math.random() * 256);

/** An event as a sensor sends it: some values are few, some are never the same. */
function event() {
  const name = pick(programs);
  const host = Math.floor(Math.random() * 200);
  return {
    '@timestamp': new Date().toISOString(),
    event: { id: randomUUID(), kind: 'event', category: ['network'], action: pick(['connect', 'accept', 'close']) },
    host: { name: `host-${host}`, os: { type: host % 3 ? 'windows' : 'linux' } },
    process: { name, pid: Math.floor(Math.random() * 60000), entity_id: randomBytes(12).toString('base64') },
    source: { ip: `10.0.${host % 8}.${host}`, port: 1024 + Math.floor(Math.random() * 60000), bytes: byte() * byte() },
    destination: { ip: `203.0.${byte()}.${byte()}`, port: pick([53, 80, 443, 8080]) },
    user: { name: `user-${host % 50}` },
    message: `${name} connected from host-${host} with ${randomBytes(8).toString('hex')}`,
  };
}

const store = join(mkdtempSync(join(values.out, 'harrier-retention-')), 'store');
const server = await startServer(values.harrier, store);
const index = 'logs-network.flows-default';
const json = (status, body) => {
  if (status >= 300) throw new Error(`${status}: ${body}`);
  return JSON.parse(body);
};
const ask = async (method, path, body) => {
  const { status, body: text } = await server.send(method, path, body && JSON.stringify(body));
  return json(status, text);
};
await server.send('POST', `/${index}/_bulk`, `{"create":{}}\n${JSON.stringify(event())}\n`, 'application/x-ndjson');
await ask('PUT', `/_data_stream/${index}/_lifecycle`, { data_retention: `${retention}s` });

const began = performance.now();
const until = began + minutes * 60_000;
let sent = 0;
let refused = 0;
let slowest = 0;

async function write() {
  for (let due = began; performance.now() < until; due += (perRequest / rate) * 1000) {
    await sleep(Math.max(0, due - performance.now()));
    const body = Array.from({ length: perRequest }, () => `{"create":{}}\n${JSON.stringify(event())}\n`).join('');
    const started = performance.now();
    const { status, body: text } = await server.send('POST', `/${index}/_bulk`, body, 'application/x-ndjson');
    slowest = Math.max(slowest, performance.now() - started);
    if (status !== 200 || JSON.parse(text).errors) refused += perRequest;
    else sent += perRequest;
  }
}

const size = (folder) =>
  readdirSync(folder, { recursive: true }).reduce((sum, name) => {
    const found = statSync(join(folder, name), { throwIfNoEntry: false });
    return sum + (found?.isFile() ? found.size : 0);
  }, 0);
const mega = (bytes) => Math.round(bytes / (1 << 20));

async function watch() {
  console.log('minute  sent  refused  stored  file_mb  folder_mb  rss_mb  slowest_bulk_ms  query_ms');
  for (let minute = 1; performance.now() < until; minute++) {
    await sleep(Math.max(0, began + minute * 60_000 - performance.now()));
    const started = performance.now();
    const { values: rows } = await ask('POST', '/_query', { query: `FROM ${index} | STATS c = COUNT(*)` });
    const took = Math.round(performance.now() - started);
    const rss = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1];
    const file = statSync(join(store, 'store.duckdb'), { throwIfNoEntry: false })?.size ?? 0;
    const line = [minute, sent, refused, rows[0][0], mega(file), mega(size(store)), Math.round(rss / 1024)];
    console.log([...line, Math.round(slowest), took].join('  '));
    slowest = 0;
  }
}

await Promise.all([write(), watch()]);
await server.stop();
console.log(`closed: ${mega(size(store))} MB`);
rmSync(join(store, '..'), { recursive: true });
