// Times what plain requests wait while others try to keep the server from answering: one kind of hostile request after the
// other, each sent by several clients at once, over and over.
//
//   node bench/hostile.mjs [--clients 8 --seconds 5 --only PATTERN --timeout 5 --harrier FILE]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { hostileRequests } from './data/hostile-requests.mjs';
import { startServer } from './server.mjs';

const { values } = parseArgs({
  options: {
    clients: { type: 'string', default: '8' },
    seconds: { type: 'string', default: '5' },
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

/** Sends plain requests until `isOver`, and gives what each took, and how many were not answered as they should be. */
async function probe([method, path, body], isOver) {
  const took = [];
  took.refused = 0;
  while (!isOver()) {
    const began = performance.now();
    const { status } = await server.send(method, path, body);
    took.push(performance.now() - began);
    if (status !== 200) took.refused += 1;
    await sleep(pause);
  }
  return took;
}

async function drive(name, make) {
  const until = performance.now() + seconds * 1000;
  let over = false;
  const probing = Object.values(probes).map((one) => probe(one, () => over));
  const statuses = new Map();
  let reason = '';
  let sent = 0;
  const attack = async () => {
    while (performance.now() < until) {
      const [method, path, body, type] = make(sent++);
      const answer = await server.send(method, path, body, type);
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      if (answer.status >= 400) reason = answer.body.slice(0, 160);
    }
  };
  await Promise.all(Array.from({ length: clients }, attack));
  over = true;
  const took = await Promise.all(probing);
  const columns = Object.keys(probes).flatMap((kind, i) => [
    [`${kind} p50`, quantile(took[i], 0.5)],
    [`${kind} p99`, quantile(took[i], 0.99)],
    [`${kind} max`, quantile(took[i], 1)],
  ]);
  console.log(
    [
      name.padEnd(34),
      [...statuses]
        .map(([status, count]) => `${status}×${count}`)
        .join(' ')
        .padEnd(18),
    ]
      .concat(columns.map(([, value]) => String(value).padStart(6)))
      .join(' '),
    took.some(({ refused }) => refused > 0) ? `refused: ${took.map(({ refused }) => refused).join(' ')}` : '',
    process.env.REASONS ? reason : '',
  );
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
await drive('nothing', () => ['GET', '/']);
const only = new RegExp(values.only);
for (const [name, make] of Object.entries(hostileRequests)) if (only.test(name)) await drive(name, make);
await server.stop();
rmSync(join(store, '..'), { recursive: true });
