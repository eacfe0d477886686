// Times a server that is written to and queried at once: 16 connections write while 4 ask.
//
//   npm run bench:server [-- --events 750000 --seconds 60 --out FOLDER]
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Data } from './data/data.mjs';
import { bundle } from './inside/bundle.mjs';
import { bulkBodies, sendAll, startServer } from './server.mjs';

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '750000' },
    seconds: { type: 'string', default: '60' },
    out: { type: 'string', default: join(tmpdir(), 'harrier-bench') },
  },
});
const [events, seconds] = [Number(values.events), Number(values.seconds)];
const harrier = fileURLToPath(new URL('../dist/harrier.js', import.meta.url));
const { fleetFiles } = await import(await bundle('fleet'));
const data = new Data({ folder: resolve(values.out), harrier, fleetFiles, say: (line) => console.error(line) });
const { files } = await data.sample(events);
const store = join(data.folder, 'load-store');

const queries = [
  'FROM logs-* | STATS c = COUNT(*)',
  'FROM logs-* | WHERE destination.port == 443 | STATS c = COUNT(*), b = SUM(source.bytes) BY process.name | SORT c DESC | LIMIT 10',
  'FROM logs-* | WHERE host.os.type == "windows" | STATS d = COUNT_DISTINCT(agent.id) BY destination.ip | WHERE d == 1 | LIMIT 100',
  'FROM logs-* | WHERE process.name LIKE "*ssh*" | KEEP @timestamp, host.name, process.name, destination.ip | SORT @timestamp DESC | LIMIT 50',
];

rmSync(store, { recursive: true, force: true });
const server = await startServer(harrier, store);
const bodies = bulkBodies(files, 500, true);
// There is something to query from the start.
await sendAll(server, firstOf(bodies), 1);
const until = performance.now() + seconds * 1000;
const asked = { took: [], errors: 0 };
const ask = async (first) => {
  for (let i = first; performance.now() < until; i++) {
    const started = performance.now();
    const { status } = await server.send('POST', '/_query', JSON.stringify({ query: queries[i % queries.length] }));
    asked.took.push(performance.now() - started);
    if (status !== 200) asked.errors += 1;
  }
};
const [written] = await Promise.all([sendAll(server, bodies, 16, until), ...queries.map((_, i) => ask(i))]);
await server.stop();
rmSync(store, { recursive: true, force: true });

/** One body of many. */
async function* firstOf(source) {
  yield (await source.next()).value;
}

const quantile = (numbers, q) =>
  [...numbers].sort((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(q * numbers.length))];
console.log(`16 connections write (500 events a request) while 4 query, for ${seconds} s`);
console.table(
  [
    ['_bulk', written.took, written.errors, `${Math.round(written.sent / seconds)} events/s`],
    ['_query', asked.took, asked.errors, `${(asked.took.length / seconds).toFixed(1)} queries/s`],
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
if (written.errors + asked.errors > 0) process.exitCode = 1;
