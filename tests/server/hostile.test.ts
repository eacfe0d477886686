import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** How many hostile requests are sent. */
const total = Number(process.env.HOSTILE ?? 30);
/** Milliseconds that a plain request may take, on machines that do nothing else; elsewhere nobody knows how many. */
const bound = 300;

const many = (count: number, text: (i: number) => string, between = ', '): string =>
  Array.from({ length: count }, (_, i) => text(i)).join(between);
const query = (text: string): string => JSON.stringify({ query: text });
const a = 'a'.repeat(60);

/** Requests that once took long, or are of their kind: path and body. */
const hostile: readonly (readonly [path: string, body: string])[] = [
  ['/_query', query(`ROW ${many(3000, (i) => `c${i} = ${i}`)}`)],
  ['/_query', query(`ROW s = "${a}!" | WHERE s RLIKE "(a+)+b"`)],
  ['/_query', query(`ROW s = "${a}!" | WHERE s LIKE "${'*a'.repeat(30)}*b"`)],
  ['/_query', query(`ROW s = "${a}!" | GROK s "(?<x>(a+)+)b"`)],
  ['/_query', query(`ROW s = "${a}!" | EVAL r = REPLACE(s, "(a|aa)+$", "x")`)],
  ['/_query', query(`ROW s = REPEAT("${a}", 100000) | EVAL t = REPEAT(s, 1000)`)],
  ['/_query', query(`ROW x = 1 | WHERE x IN (${many(20_000, String)})`)],
  ['/_query', query(`ROW x = ${'('.repeat(3000)}1${')'.repeat(3000)}`)],
  ['/_query', query(`ROW x = 1 | WHERE ${many(3000, (i) => `x == ${i}`, ' OR ')}`)],
  ['/_query', query(`FROM ${many(2000, (i) => `${'*a'.repeat(20)}${i}*`)}`)],
  ['/_query', query(`ROW x = 1 | ${many(300, (i) => `EVAL y${i} = x + ${i}`, ' | ')}`)],
  [`/_query?filter_path=${'**.'.repeat(800)}x`, query('ROW x = 1')],
  ['/_query', `{"query":"ROW x = 1","filter":${'{"bool":{"must":['.repeat(500)}{"match_all":{}}${']}}'.repeat(500)}}`],
  ['/_query', '['.repeat(100_000)],
  ['/x/_doc', `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`],
  ['/x/_doc', `{${many(5000, (i) => `"f${i}":${i}`)}}`],
  ['/_search', `{"query":{"wildcard":{"n":"${'*a'.repeat(500)}"}}}`],
  ['/_search', `{"aggs":{${many(200, (i) => `"a${i}":{"terms":{"field":"n"}}`)}}}`],
];

interface Served {
  send(path: string, body?: string, signal?: AbortSignal): Promise<number>;
  /** Stops the server, and gives its exit code. */
  stop(): Promise<number | null>;
}

async function serve(queryTimeout: number): Promise<Served> {
  const child = spawn(
    process.execPath,
    ['dist/harrier.js', 'serve', '--store', temporaryFolder(), '--port', '0', '--query-timeout', String(queryTimeout)],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const exit = once(child, 'exit');
  const [url] = (await once(createInterface(child.stdout), 'line')) as [string];
  return {
    async send(path, body, signal = new AbortController().signal) {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(url + path, {
        signal,
        ...(body !== undefined && { method: 'POST', headers, body }),
      });
      await response.arrayBuffer();
      return response.status;
    },
    async stop() {
      child.kill('SIGTERM');
      return (await exit)[0];
    },
  };
}

/** A query that would go on for hours. */
const endless = query(
  `FROM events | EVAL a = [1, 2, 3, 4, 5, 6, 7, 8, 9, 0] ${many(14, (i) => `| EVAL x${i} = a | MV_EXPAND x${i}`, ' ')} | STATS COUNT(*)`,
);

it('answers others while queries go on that would not end for hours', async () => {
  const server = await serve(600);
  await server.send('/events/_doc', '{"n":1}');
  const leaving = new AbortController();
  let answered = 0;
  const pending = Array.from({ length: 8 }, async () => {
    await server.send('/_query', endless, leaving.signal).catch(() => undefined);
    answered += 1;
  });
  const plain = [
    await server.send('/'),
    await server.send('/_query', query('FROM events | STATS COUNT(*)')),
    await server.send('/events/_search', '{"query":{"term":{"n":1}}}'),
    await server.send('/events/_doc?refresh=true', '{"n":2}'),
    await server.send('/_query', query('FROM events | WHERE n == 2')),
  ];
  expect([plain, answered]).toEqual([[200, 200, 200, 201, 200], 0]);
  leaving.abort();
  await Promise.all(pending);
  expect(await server.stop()).toBe(0);
}, 120_000);

it(`answers others while ${total} requests try to keep it from that`, async () => {
  const server = await serve(process.env.HOSTILE ? 5 : 30);
  const { send } = server;
  await send('/events/_doc', '{"n":1}');
  let going = true;
  const waits: number[] = [];
  const plain = async (path: string, body?: string): Promise<void> => {
    while (going) {
      const began = performance.now();
      expect(await send(path, body)).toBe(200);
      waits.push(performance.now() - began);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const probes = [plain('/'), plain('/_query', query('FROM events | STATS COUNT(*)'))];
  const statuses: number[] = [];
  let next = 0;
  const attack = async (): Promise<void> => {
    while (next < total) {
      const [path, body] = hostile[next++ % hostile.length]!;
      statuses.push(await send(path, body));
    }
  };
  await Promise.all(Array.from({ length: 16 }, attack));
  going = false;
  await Promise.all(probes);
  expect(await server.stop()).toBe(0);
  expect(statuses.filter((status) => status >= 500 && status !== 503)).toEqual([]);
  const longest = Math.round(Math.max(...waits));
  if (process.env.HOSTILE)
    console.log(`${total} requests; of ${waits.length} plain ones the longest took ${longest} ms`);
  if (process.env.HOSTILE) expect(longest).toBeLessThan(bound);
}, 120_000);
