import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** How many hostile requests are sent at the same time. */
const total = 200;

const many = (count: number, text: (i: number) => string, between = ', '): string =>
  Array.from({ length: count }, (_, i) => text(i)).join(between);
const query = (text: string): string => JSON.stringify({ query: text });
const a = 'a'.repeat(60);

/** Requests that once took long, or are of their kind: path and body. */
const hostile: readonly (readonly [path: string, body: string])[] = [
  ['/_query', query(`ROW ${many(3000, (i) => `c${i} = ${i}`)}`)],
  ['/_query', query(`ROW s = "${a}!" | WHERE s RLIKE "(a+)+b"`)],
  ['/_query', query(`ROW s = "${a}!" | WHERE s LIKE "${'*a'.repeat(30)}*b"`)],
  ['/_query', query(`ROW s = "${a}!" | GROK s "(?<x>(a+)+)(?=b)"`)],
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
  ['/_search', `{"query":{"terms":{"n":[${many(60_000, String)}]}}}`],
  ['/_search', `{"query":{"query_string":{"query":"${many(500, (i) => `somewhat${i}~`, ' ')}"}}}`],
  ['/_search?scroll=1m', '{"size":1000}'],
  ['/events/_pit?keep_alive=1m', ''],
  ['/events/_mget', `{"ids":[${many(10_000, (i) => `"${i}"`)}]}`],
  ['/_msearch', '{}\n{"size":0}\n'.repeat(500)],
  ['/_index_template/t', `{"index_patterns":[${many(2000, (i) => `"none-*a*a*a${i}*"`)}]}`],
  ['/x/_bulk', '{"create":{}}\n{"n":\n'.repeat(20_000)],
  ['/events/_bulk', '{"create":{}}\n{"n":"no number"}\n'.repeat(20_000)],
  ['/y/_bulk', many(5000, (i) => `{"index":{"_id":"${i}"}}\n{"n":${i}}\n`, '')],
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
  const server = await serve(5);
  const { send } = server;
  await send('/events/_doc', '{"n":1}');
  const requests: readonly (readonly [path: string, body?: string])[] = [
    ['/'],
    ['/_query', query('FROM events | STATS COUNT(*)')],
    ['/events/_search', '{"query":{"term":{"n":1}}}'],
    ['/events/_bulk', '{"create":{}}\n{"n":2}\n'],
  ];
  // Plain requests are those that others send all the time.
  for (const [path, body] of [...requests, ...requests]) expect(await send(path, body)).toBe(200);
  let pending = total;
  const statuses: number[] = [];
  const attack = async (i: number): Promise<void> => {
    const [path, body] = hostile[i % hostile.length]!;
    statuses.push(await send(path, body));
    pending -= 1;
  };
  /** How many plain requests were answered while others still tried; each has to be, however busy the machine is. */
  const plain = async (path: string, body?: string): Promise<number> => {
    let answered = 0;
    while (pending > 0) {
      expect(await send(path, body)).toBe(200);
      if (pending > 0) answered += 1;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return answered;
  };
  const answered = Promise.all(requests.map(([path, body]) => plain(path, body)));
  await Promise.all(Array.from({ length: total }, (_, i) => attack(i)));
  for (const count of await answered) expect(count).toBeGreaterThan(5);
  expect(statuses.filter((status) => status >= 500 && status !== 503)).toEqual([]);
  expect(await server.stop()).toBe(0);
}, 120_000);
