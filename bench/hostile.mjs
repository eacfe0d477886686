// Times what plain requests wait while others try to keep the server from answering: one kind of hostile request after the
// other, each sent by several clients at once, over and over; with --beside, this many of all kinds at the same time. Beneath
// stands how much processor time the server and the clients had meanwhile, divided by the processors: where others use the
// machine too, that is what the requests would have waited for without them, but for what waits for the disk.
//
//   node bench/hostile.mjs [--clients 8 --seconds 5 --only PATTERN --timeout 5 --harrier FILE]
//   node bench/hostile.mjs --beside 200 [--rounds 3 --only PATTERN --timeout 5 --harrier FILE]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { hostileRequests } from './data/hostile-requests.mjs';
import { startServer } from './server.mjs';

const { values } = parseArgs({
  options: {
    clients: { type: 'string', default: '8' },
    seconds: { type: 'string', default: '5' },
    beside: { type: 'string', default: '0' },
    rounds: { type: 'string', default: '3' },
    timeout: { type: 'string', default: '5' },
    only: { type: 'string', default: '' },
    out: { type: 'string', default: tmpdir() },
    harrier: { type: 'string', default: fileURLToPath(new URL('../dist/harrier.js', import.meta.url)) },
  },
});
const [clients, seconds] = [Number(values.clients), Number(values.seconds)];
const store = join(mkdtempSync(join(values.out, 'harrier-hostile-')), 'store');
const server = await startServer(values.harrier, store, ['--query-timeout', values.timeout]);

/** Milliseconds between two plain requests of a kind. */
const pause = 20;
const query = (text) => JSON.stringify({ query: text });
const probes = {
  '/': ['GET', '/'],
  _query: ['POST', '/_query', query('FROM events | STATS c = COUNT(*) BY k')],
  _search: ['POST', '/events/_search', '{"size":5,"query":{"term":{"k":"k1"}}}'],
};
const quantile = (numbers, q) =>
  Math.round([...numbers].sort((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(q * numbers.length))]);

/** Sends plain requests while some work goes on, and gives what those of each kind took, and how many were refused. */
async function probeDuring(work) {
  const prober = new Worker(new URL('./data/plain-requests.mjs', import.meta.url), {
    workerData: { port: server.port, pid: server.pid, probes: Object.values(probes), pause },
  });
  const found = new Promise((resolve, reject) => prober.once('message', resolve).once('error', reject));
  await work();
  prober.postMessage('over');
  return found;
}

async function drive(name, make) {
  const statuses = new Map();
  let reason = '';
  let sent = 0;
  const count = (answer) => {
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    if (answer.status >= 400) reason = answer.body.slice(0, 160);
  };
  report(
    name,
    statuses,
    await probeDuring(async () => {
      const until = performance.now() + seconds * 1000;
      const attack = async () => {
        while (performance.now() < until) count(await server.send(...make(sent++)));
      };
      await Promise.all(Array.from({ length: clients }, attack));
    }),
  );
  if (process.env.REASONS) console.log(reason);
}

/** Requests of all kinds in turn, all of them at the same time. */
async function driveBeside(name, total) {
  const kinds = Object.entries(hostileRequests).filter(([kind]) => only.test(kind));
  const requests = Array.from({ length: total }, (_, i) => [kinds[i % kinds.length][0], kinds[i % kinds.length][1](i)]);
  const statuses = new Map();
  const took = [];
  report(
    name,
    statuses,
    await probeDuring(() =>
      Promise.all(
        requests.map(async ([kind, one]) => {
          const began = performance.now();
          const { status, body } = await server.send(...one);
          took.push([performance.now() - began, kind]);
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
          if (status >= 500) console.log(`${kind}: ${status} ${body.slice(0, 300)}`);
        }),
      ),
    ),
  );
  const slowest = took.sort(([a], [b]) => b - a).slice(0, 8);
  console.log(`  slowest: ${slowest.map(([time, kind]) => `${kind} ${(time / 1000).toFixed(1)} s`).join(', ')}`);
}

function report(name, statuses, kinds) {
  const columnsOf = (times) => [0.5, 0.99, 1].map((q) => String(quantile(times, q)).padStart(6));
  const columns = kinds.flatMap(({ took }) => columnsOf(took));
  const codes = [...statuses].map(([status, count]) => `${status}×${count}`).join(' ');
  const refused = kinds.map((kind) => kind.refused);
  console.log(
    [name.padEnd(34), codes.padEnd(18), ...columns].join(' '),
    refused.some((some) => some > 0) ? `refused: ${refused.join(' ')}` : '',
    `of ${kinds.map(({ took }) => took.length).join(', ')}`,
  );
  console.log(['  by processor time'.padEnd(53), ...kinds.flatMap(({ worked }) => columnsOf(worked))].join(' '));
}

const text = (length, seed) => {
  let made = '';
  for (let n = seed; made.length < length; n = (n * 48271) % 2147483647) made += n.toString(36);
  return made.slice(0, length);
};
const keyword = { type: 'keyword' };
const properties = { '@timestamp': { type: 'date' }, n: { type: 'long' }, k: keyword, id: keyword, message: keyword };
await server.send('PUT', '/events', JSON.stringify({ mappings: { properties } }));
for (let from = 0; from < 100_000; from += 2000) {
  const lines = Array.from({ length: 2000 }, (_, i) => {
    const n = from + i;
    const event = { '@timestamp': new Date(1.77e12 + n * 1000).toISOString(), n, k: `k${n % 50}`, id: `id-${n}` };
    return `{"create":{}}\n${JSON.stringify({ ...event, message: `user ${n} did ${text(60, n + 1)}` })}\n`;
  });
  await server.send('POST', '/events/_bulk', lines.join(''), 'application/x-ndjson');
}
await server.send('POST', '/events/_refresh');
console.log(
  ' '.repeat(53),
  Object.keys(probes)
    .map((kind) => `${kind} p50, p99, max`.padStart(20))
    .join(' '),
);
const only = new RegExp(values.only);
/** What the machine itself takes: plain requests alone. */
const alone = async () => report('nothing', new Map(), await probeDuring(() => sleep(seconds * 1000)));
await alone();
if (Number(values.beside) > 0)
  for (let round = 1; round <= Number(values.rounds); round++) {
    await driveBeside(`${values.beside} side by side`, Number(values.beside));
    await alone();
  }
else for (const [name, make] of Object.entries(hostileRequests)) if (only.test(name)) await drive(name, make);
await server.stop();
rmSync(join(store, '..'), { recursive: true });
