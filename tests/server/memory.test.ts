import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** What the server is given, in MB; `HARRIER_MEMORY=1` prints what each kind of request took. */
const given = Number(process.env.MEMORY ?? 1024);
/** What the process may take. */
const bound = 1.5 * given + 300;
/** How much of everything is sent. */
const scale = Number(process.env.MEMORY_SCALE ?? 0.25);
/** The loads by name; all of them take a quarter of an hour. */
const only = process.env.MEMORY_ONLY ?? '';

const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const scaled = (count: number): number => Math.ceil(count * scale);

interface Sent {
  readonly path: string;
  readonly body?: string;
  readonly method?: string;
}

const query = (text: string): Sent => ({ path: '/_query', body: JSON.stringify({ query: text }) });
const search = (path: string, body: object): Sent => ({ path, body: JSON.stringify(body) });
/** Text that does not compress. */
const noise = (length: number): string => {
  let text = '';
  while (text.length < length) text += Math.random().toString(36).slice(2);
  return text.slice(0, length);
};

const deepAggregations = (depth: number): object =>
  depth === 0
    ? { top: { top_hits: { size: 100 } }, p: { percentiles: { field: 'n' } }, c: { cardinality: { field: 'id' } } }
    : { [`a${depth}`]: { terms: { field: depth % 2 ? 'k' : 'g', size: 40 }, aggs: deepAggregations(depth - 1) } };

/** Requests that are sent at the same time, over and over, by the kind of memory that they want. */
const loads: readonly (readonly [name: string, clients: number, rounds: number, make: (i: number) => Sent])[] = [
  ['plain query', 4, 3, () => query('FROM events | STATS COUNT(*) BY k')],
  [
    'wide documents',
    4,
    3,
    (i) => ({
      path: '/logs-wide-default/_bulk',
      body: times(20, () => `{"create":{}}\n{${times(20_000, (f) => `"f${f}":${i + f}`).join(',')}}\n`).join(''),
    }),
  ],
  ['REPEAT', 8, 2, () => query('ROW s = REPEAT("a", 1000000) | EVAL t = REPEAT(s, 1), u = CONCAT(s, t)')],
  ['REPEAT in rows', 8, 1, () => query('FROM events | EVAL t = REPEAT(id, 2000) | STATS m = MAX(LENGTH(t))')],
  ['REPEAT in an order', 4, 1, () => query('FROM events | EVAL t = REPEAT(id, 500) | SORT t | LIMIT 5000 | KEEP t')],
  [
    'REPEAT of constants',
    8,
    1,
    () => query('FROM events | EVAL t = REPEAT("abcdefgh", 100000) | STATS m = MAX(t) BY k'),
  ],
  ['VALUES', 8, 2, () => query('FROM texts | STATS v = VALUES(text)')],
  ['VALUES of many', 8, 2, () => query('FROM events | STATS v = VALUES(id) BY k | EVAL n = MV_COUNT(v) | KEEP n')],
  [
    'MV_APPEND',
    8,
    1,
    () =>
      query(
        'FROM texts | STATS v = VALUES(text) | EVAL w = MV_APPEND(v, v), x = MV_APPEND(w, w), y = MV_CONCAT(x, ",") | EVAL n = LENGTH(y) | KEEP n',
      ),
  ],
  [
    'MV_EXPAND',
    8,
    1,
    () =>
      query(
        'FROM events | STATS v = VALUES(id) BY k | MV_EXPAND v | STATS w = VALUES(v), c = COUNT(*) BY v | SORT v | LIMIT 10000',
      ),
  ],
  ['large answers', 8, 2, () => query('FROM texts | LIMIT 10000')],
  ['large answers as text', 8, 1, () => ({ ...query('FROM texts | LIMIT 10000'), path: '/_query?format=txt' })],
  [
    'large answers as yaml',
    4,
    1,
    () => ({ ...query('FROM texts | KEEP text | LIMIT 10000'), path: '/_query?format=yaml' }),
  ],
  ['large answers as cbor', 8, 1, () => ({ ...query('FROM texts | LIMIT 10000'), path: '/_query?format=cbor' })],
  ['large answers as arrow', 8, 1, () => ({ ...query('FROM texts | LIMIT 10000'), path: '/_query?format=arrow' })],
  [
    'many small values',
    8,
    1,
    () => query(`FROM events | KEEP k, g, n | EVAL ${times(60, (i) => `x${i} = n + ${i}`).join(', ')} | LIMIT 10000`),
  ],
  [
    'asynchronous answers',
    8,
    2,
    () => ({
      path: '/_query/async',
      body: JSON.stringify({
        query: 'FROM texts | LIMIT 10000',
        keep_on_completion: true,
        wait_for_completion_timeout: '1ms',
      }),
    }),
  ],
  ['CATEGORIZE', 4, 1, () => query('FROM events | STATS c = COUNT(*) BY m = CATEGORIZE(message)')],
  ['ENRICH', 8, 1, () => query('FROM events | ENRICH ids ON id WITH more | STATS c = COUNT_DISTINCT(more)')],
  [
    'LOOKUP JOIN',
    8,
    1,
    () => query('FROM events | LOOKUP JOIN lookup ON g | STATS c = COUNT(*), d = COUNT_DISTINCT(more)'),
  ],
  ['sort of all', 4, 1, () => query('FROM events | SORT message DESC, id | LIMIT 10000')],
  ['distinct', 8, 1, () => query('FROM events | STATS c = COUNT(*) BY message, id | SORT c | LIMIT 10000')],
  ['aggregations', 4, 1, () => search('/events/_search', { size: 0, aggs: deepAggregations(2) })],
  ['hits', 8, 2, () => search('/texts/_search', { size: 10_000 })],
  [
    'msearch',
    4,
    1,
    () => ({ path: '/_msearch', body: times(20, () => '{"index":"texts"}\n{"size":10000}\n').join('') }),
  ],
  ['mget of the same', 4, 1, () => search('/texts/_mget', { ids: Array(10_000).fill('t1') })],
  ['scrolls', 8, 4, () => search('/texts/_search?scroll=1m', { size: 1000, sort: ['text'] })],
  ['bulk of 100 MB', 4, 1, (i) => ({ path: '/filled/_bulk', body: largeBulk(i, '{"create":{}}') })],
  ['bulk of 100 MB with ids', 4, 1, (i) => ({ path: '/filled/_bulk', body: largeBulk(i, null) })],
  [
    'bulk of tiny documents',
    2,
    1,
    () => ({ path: '/filled/_bulk', body: '{"create":{}}\n{}\n'.repeat(scaled(5_000_000)) }),
  ],
  [
    'large JSON',
    8,
    1,
    () => ({ path: '/_query', body: `{"query":"ROW a = 1","params":[${times(scaled(1_000_000), String).join(',')}]}` }),
  ],
  ['many parts', 4, 1, () => query(`ROW x = 1 | WHERE ${times(20_000, (i) => `x == ${i}`).join(' OR ')}`)],
];

function largeBulk(i: number, action: string | null): string {
  const bytes = scaled(99 << 20);
  const text = noise(200);
  let body = '';
  for (let n = 0; body.length < bytes; n++)
    body += `${action ?? `{"index":{"_id":"${i}-${n}"}}`}\n{"n":${n},"text":"${text}","id":"${i}-${n}"}\n`;
  return body;
}

// Elsewhere the system does not say what a process takes.
it.skipIf(!process.env.HARRIER_MEMORY || !existsSync('/proc/self/status'))(
  `takes at most ${bound} MB with --memory ${given}MB, whatever is asked`,
  async () => {
    const child = spawn(
      process.execPath,
      ['dist/harrier.js', 'serve', '--store', temporaryFolder(), '--port', '0', '--memory', `${given}MB`],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const exit = once(child, 'exit');
    const [url] = (await once(createInterface(child.stdout), 'line')) as [string];
    const status = `/proc/${child.pid}/status`;
    const highest = (): number => Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync(status, 'utf8'))![1]) / 1024);
    const now = (): number => Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(status, 'utf8'))![1]) / 1024);
    const send = async ({
      path,
      body,
      method = 'POST',
    }: Sent): Promise<{ status: number; bytes: number; text: string }> => {
      const response = await fetch(url + path, {
        method,
        ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body }),
      });
      const bytes = Buffer.from(await response.arrayBuffer());
      return { status: response.status, bytes: bytes.length, text: bytes.subarray(0, 300).toString() };
    };
    const write = async (index: string, count: number, make: (i: number) => object): Promise<void> => {
      for (let from = 0; from < count; from += 2000) {
        const some = times(Math.min(2000, count - from), (i) => `{"create":{}}\n${JSON.stringify(make(from + i))}\n`);
        const { status, text } = await send({ path: `/${index}/_bulk`, body: some.join('') });
        expect([status, text]).toEqual([200, expect.stringContaining('"errors":false')]);
      }
    };
    const keyword = { type: 'keyword' };
    const mappings = { properties: { id: keyword, text: keyword, k: keyword, g: keyword, message: keyword } };
    for (const index of ['events', 'texts', 'filled'])
      await send({ path: `/${index}`, method: 'PUT', body: JSON.stringify({ mappings }) });
    await send({
      path: '/lookup',
      method: 'PUT',
      body: JSON.stringify({
        settings: { index: { mode: 'lookup' } },
        mappings: { properties: { g: keyword, more: keyword } },
      }),
    });
    const events = scaled(400_000);
    await write('events', events, (n) => ({
      ...{ n, id: `id-${n}`, k: `k${n % 50}`, g: `g${n % 97}` },
      message: `user ${n} did ${noise(8)} from 10.0.${n % 256}.${n % 99} with ${noise(20)}`,
    }));
    await write('texts', 10_000, (n) => ({ n, text: noise(9000 * Math.max(scale, 0.5)) }));
    await write('lookup', 2000, (n) => ({ g: `g${n % 97}`, more: `more ${n}` }));
    await write('assets', events / 2, (n) => ({ id: `id-${n * 2}`, more: noise(50) }));
    await send({
      path: '/_enrich/policy/ids',
      method: 'PUT',
      body: JSON.stringify({ match: { indices: 'assets', match_field: 'id', enrich_fields: ['more'] } }),
    });
    const table: { readonly name: string; readonly highest: number; readonly [more: string]: unknown }[] = [];
    for (const [name, clients, rounds, make] of loads) {
      if (!new RegExp(only).test(name)) continue;
      // From now on the highest is that of this load.
      if (process.env.HARRIER_MEMORY && existsSync(status)) writeFileSync(`/proc/${child.pid}/clear_refs`, '5');
      const before = now();
      const statuses = new Map<number, number>();
      const reasons = new Set<string>();
      const began = performance.now();
      let bytes = 0;
      await Promise.all(
        times(clients, async (client) => {
          for (let round = 0; round < rounds; round++) {
            const answer = await send(make(client * rounds + round));
            bytes = Math.max(bytes, answer.bytes);
            statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
            if (answer.status >= 400) reasons.add(answer.text.slice(0, 200));
          }
        }),
      );
      const took = Math.round((performance.now() - began) / 100) / 10;
      table.push({
        name,
        before,
        highest: highest(),
        after: now(),
        took,
        statuses: [...statuses].join(' '),
        mb: bytes >> 20,
      });
      if (process.env.HARRIER_MEMORY) {
        const metrics = await (await fetch(`${url}/metrics`)).text();
        const parts = [
          'nodejs_heap_size_used_bytes',
          'nodejs_external_memory_bytes',
          'harrier_engine_memory_bytes',
        ].map(
          (name) =>
            `${name}: ${Math.round(Number(new RegExp(`^${name} (.*)$`, 'm').exec(metrics)?.[1]) / (1 << 20))} MB`,
        );
        console.log(JSON.stringify(table.at(-1)), ...parts, ...reasons);
      }
      expect([...statuses.keys()].filter((found) => found >= 500)).toEqual([]);
    }
    console.table(table);
    expect(table.filter(({ highest }) => highest > bound)).toEqual([]);
    expect((await send(query('FROM events | STATS COUNT(*)'))).status).toBe(200);
    child.kill('SIGTERM');
    expect((await exit)[0]).toBe(0);
  },
  1_800_000,
);
