// Times the store: files against DuckDB's read_json into a table, `_bulk` against files, and a server that is written to
// and queried at once.
//
//   npm run bench:store [-- --events 750000 --seconds 60 --rounds 3 --out FOLDER]
import { execFileSync, spawn } from 'node:child_process';
import { createReadStream, existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const option = (name, fallback) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : process.argv[at + 1];
};
const events = Number(option('events', 750_000));
const seconds = Number(option('seconds', 60));
const rounds = Number(option('rounds', 3));
const folder = option('out', join(tmpdir(), `harrier-bench-${events}`));
const root = fileURLToPath(new URL('..', import.meta.url));
const harrier = join(root, 'dist/harrier.js');
const store = join(folder, 'store');
const database = join(folder, 'baseline.duckdb');

if (!existsSync(join(folder, 'truth.json'))) {
  console.log(`making ${events.toLocaleString('en')} events in ${folder} …`);
  execFileSync(process.execPath, [harrier, 'demo', '--events', String(events), '--out', folder]);
}
const files = readdirSync(folder)
  .filter((name) => name.startsWith('network'))
  .map((name) => join(folder, name));
const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const quantile = (values, q) =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(q * values.length))];
const timed = (args) => {
  const started = performance.now();
  execFileSync(process.execPath, args, { stdio: 'ignore' });
  return (performance.now() - started) / 1000;
};

/** A server on a new store; sends requests over connections that are kept. */
async function startServer() {
  rmSync(store, { recursive: true, force: true });
  const child = spawn(process.execPath, [harrier, 'serve', '--store', store, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const port = await new Promise((resolve, reject) => {
    const look = (chunk) => {
      const found = /:(\d+)/.exec(String(chunk));
      if (found) resolve(Number(found[1]));
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
    child.on('exit', (code) => reject(new Error(`the server ended with ${code}`)));
  });
  const agent = new Agent({ keepAlive: true });
  const send = (method, path, body, type = 'application/json') =>
    new Promise((resolve, reject) => {
      const call = request({ agent, port, method, path, headers: { 'content-type': type } }, (response) => {
        const parts = [];
        response.on('data', (part) => parts.push(part));
        response.on('end', () => resolve({ status: response.statusCode, body: Buffer.concat(parts).toString() }));
      });
      call.on('error', reject);
      call.end(body);
    });
  const stop = () =>
    new Promise((resolve) => {
      child.removeAllListeners('exit');
      child.on('exit', resolve);
      child.kill('SIGTERM');
      agent.destroy();
    });
  return { send, stop };
}

const action = '{"create":{}}\n';
const target = '/logs-endpoint.events.network-default/_bulk';

/** Bodies of some thousand events each, over and over. */
async function* bodies(size, repeat) {
  do {
    for (const file of files) {
      let lines = [];
      for await (const line of createInterface({ input: createReadStream(file, { highWaterMark: 1 << 20 }) })) {
        lines.push(action, line, '\n');
        if (lines.length === size * 3) {
          yield { body: lines.join(''), events: size };
          lines = [];
        }
      }
      if (lines.length > 0) yield { body: lines.join(''), events: lines.length / 3 };
    }
  } while (repeat);
}

/** Sends bodies over several connections until there are none or the time is over. */
async function sendAll(server, source, connections, until = Infinity) {
  const took = [];
  let sent = 0;
  let errors = 0;
  const work = async () => {
    while (performance.now() < until) {
      const { value, done } = await source.next();
      if (done) return;
      const started = performance.now();
      const { status, body } = await server.send('POST', target, value.body, 'application/x-ndjson');
      took.push(performance.now() - started);
      if (status !== 200 || body.includes('"errors":true')) errors += 1;
      else sent += value.events;
    }
  };
  await Promise.all(Array.from({ length: connections }, work));
  return { took, sent, errors };
}

const queries = [
  'FROM logs-* | STATS c = COUNT(*)',
  'FROM logs-* | WHERE destination.port == 443 | STATS c = COUNT(*), b = SUM(source.bytes) BY process.name | SORT c DESC | LIMIT 10',
  'FROM logs-* | WHERE host.os.type == "windows" | STATS d = COUNT_DISTINCT(agent.id) BY destination.ip | WHERE d == 1 | LIMIT 100',
  'FROM logs-* | WHERE process.name LIKE "*ssh*" | KEEP @timestamp, host.name, process.name, destination.ip | SORT @timestamp DESC | LIMIT 50',
];

const measured = { baseline: [], ingest: [], bulk: [] };
for (let round = 0; round < rounds; round++) {
  rmSync(database, { force: true });
  measured.baseline.push(timed([join(root, 'bench/duckdb.mjs'), 'load', database, join(folder, 'network*.ndjson')]));
  rmSync(store, { recursive: true, force: true });
  measured.ingest.push(timed([harrier, 'ingest', ...files, '--store', store]));
  const server = await startServer();
  const started = performance.now();
  const { errors } = await sendAll(server, bodies(5000, false), 2);
  measured.bulk.push((performance.now() - started) / 1000);
  if (errors > 0) throw new Error(`${errors} bulk requests failed`);
  await server.stop();
}

const server = await startServer();
const source = bodies(500, true);
// There is something to query from the start.
await server.send('POST', target, (await source.next()).value.body, 'application/x-ndjson');
const until = performance.now() + seconds * 1000;
const answers = { took: [], errors: 0 };
const ask = async (first) => {
  for (let i = first; performance.now() < until; i++) {
    const started = performance.now();
    const { status } = await server.send('POST', '/_query', JSON.stringify({ query: queries[i % queries.length] }));
    answers.took.push(performance.now() - started);
    if (status !== 200) answers.errors += 1;
  }
};
const [written] = await Promise.all([sendAll(server, source, 16, until), ...[0, 1, 2, 3].map(ask)]);
await server.stop();
rmSync(store, { recursive: true, force: true });
rmSync(database, { force: true });

const total = median(measured.ingest);
console.log(
  `\n${events.toLocaleString('en')} events, ${(bytes / 1e9).toFixed(2)} GB of NDJSON, medians of ${rounds} rounds\n`,
);
console.table(
  [
    ['DuckDB: read_json into a table', measured.baseline],
    ['harrier ingest', measured.ingest],
    ['_bulk, 2 connections, 5,000 events each', measured.bulk],
  ].map(([what, values]) => ({
    what,
    's (median)': median(values).toFixed(1),
    'min–max': `${Math.min(...values).toFixed(1)}–${Math.max(...values).toFixed(1)}`,
    'events/s': Math.round(events / median(values)),
  })),
);
const ratio = (a, b) => median(a.map((value, i) => value / b[i])).toFixed(2);
console.table([
  { ratio: 'harrier ingest / read_json', measured: ratio(measured.ingest, measured.baseline), target: '≤ 1.5' },
  { ratio: 'rate of _bulk / rate of harrier ingest', measured: ratio(measured.ingest, measured.bulk), target: '≥ 0.5' },
]);
console.log(
  `\n16 connections write (500 events a request) while 4 query, for ${seconds} s (ingest alone: ${Math.round(events / total)} events/s)\n`,
);
console.table(
  [
    ['_bulk', written.took, written.errors, `${Math.round(written.sent / seconds)} events/s`],
    ['_query', answers.took, answers.errors, `${(answers.took.length / seconds).toFixed(1)} queries/s`],
  ].map(([what, took, errors, rate]) => ({
    what,
    requests: took.length,
    errors,
    rate,
    'p50 ms': Math.round(quantile(took, 0.5)),
    'p99 ms': Math.round(quantile(took, 0.99)),
    'max ms': Math.round(Math.max(...took)),
  })),
);
if (written.errors + answers.errors > 0) process.exitCode = 1;
