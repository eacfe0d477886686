import { expect, it } from 'vitest';
import { bulk, startServer, type TestServer } from './support.ts';

/** `HARRIER_ENDING=1` prints how long each query went on after it was to end. */
const isShown = Boolean(process.env.HARRIER_ENDING);

const list = '[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]';
/** Rows that would take hours: each of `n` steps makes ten of one. */
const expanded = (steps: number): string =>
  Array.from({ length: steps }, (_, i) => `EVAL x${i} = ${list} | MV_EXPAND x${i}`).join(' | ');
const many = `FROM events | ${expanded(9)}`;
const query = (text: string): [string, object] => ['/_query', { query: text }];
const levels = (depth: number): object =>
  depth === 0
    ? { p: { percentiles: { field: 'n' } } }
    : { [`a${depth}`]: { terms: { field: 'id', size: 60 }, aggs: levels(depth - 1) } };

/** Requests that go on for longer than anybody waits, by what is worst about them. */
const endless: Record<string, [path: string, body: object]> = {
  'rows of rows': query(`${many} | STATS COUNT(*)`),
  'a sort of everything': query(`${many} | EVAL t = CONCAT(id, TO_STRING(x0 * x1)) | SORT t DESC | LIMIT 10000`),
  'a cross join by LOOKUP JOIN': query(
    'FROM events | LOOKUP JOIN pairs ON k | LOOKUP JOIN pairs ON k | LOOKUP JOIN pairs ON k | STATS COUNT(*)',
  ),
  'a regular expression in JavaScript': query('ROW s = REPEAT("a", 60) | GROK s "(?<x>(a+)+)(?=b)"'),
  'regular expressions over rows': query(`${many} | WHERE id RLIKE ".*(a|b|[^c])*(d+)+.*x{5,}y" | STATS COUNT(*)`),
  CATEGORIZE: query(`${many} | EVAL t = CONCAT(id, " of ", TO_STRING(x0)) | STATS c = COUNT(*) BY CATEGORIZE(t)`),
  'INLINE STATS': query(`${many} | INLINE STATS d = COUNT_DISTINCT(x1 * n) BY x0 | STATS MAX(d)`),
  ENRICH: query(`${many} | ENRICH pairs ON k | STATS COUNT(*)`),
  'long texts': query(`${many} | EVAL t = REPEAT(id, 2000) | STATS m = MAX(LENGTH(t))`),
};

async function filled(queryTime: number): Promise<TestServer> {
  const server = await startServer({ limits: { queryTime }, isolated: true });
  const keyword = { type: 'keyword' };
  const mappings = { properties: { n: { type: 'long' }, id: keyword, k: keyword } };
  await server.send('PUT', '/events', { mappings });
  await server.send('PUT', '/pairs', { mappings, settings: { index: { mode: 'lookup' } } });
  const documents = Array.from({ length: 2000 }, (_, n) => [{ create: {} }, { n, id: `id ${n} text`, k: 'k' }]);
  for (const index of ['events', 'pairs'])
    await server.send('POST', `/${index}/_bulk?refresh=true`, bulk(...documents.flat()));
  await server.send('PUT', '/_enrich/policy/pairs', {
    match: { indices: 'pairs', match_field: 'k', enrich_fields: ['n'] },
  });
  return server;
}

/** Ends when nothing runs any more, and says after how many milliseconds. */
async function idle(server: TestServer): Promise<number> {
  const began = performance.now();
  while (server.queries.load.running > 0) await new Promise((resolve) => setTimeout(resolve, 10));
  return Math.round(performance.now() - began);
}

it.each(Object.keys(endless))(
  'ends %s at the time of a query',
  async (name) => {
    const server = await filled(1500);
    const began = performance.now();
    const { status, text } = await server.send('POST', ...endless[name]!);
    expect([status, text]).toEqual([408, expect.stringContaining('longer than 1.5 s')]);
    const late = Math.round(performance.now() - began) - 1500;
    const after = await idle(server);
    if (isShown) console.log(`time: ${name} was answered ${late} ms late, and ended ${after} ms later`);
  },
  60_000,
);

it.each(Object.keys(endless))(
  'ends %s when its client leaves',
  async (name) => {
    const server = await filled(600_000);
    const url = await server.listen();
    const [path, body] = endless[name]!;
    const leaving = new AbortController();
    const sent = fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: leaving.signal,
    }).catch(() => null);
    while (server.queries.load.running === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    leaving.abort();
    await sent;
    const after = await idle(server);
    if (isShown) console.log(`leaving: ${name} ended after ${after} ms`);
  },
  60_000,
);

it.each(Object.keys(endless))(
  'ends %s when it is deleted',
  async (name) => {
    const server = await filled(600_000);
    const [path, body] = endless[name]!;
    const { json } = await server.send('POST', `${path}/async`, { ...body, wait_for_completion_timeout: '1ms' });
    while (server.queries.load.running === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    expect((await server.send('DELETE', `/_query/async/${json.id}`)).status).toBe(200);
    const after = await idle(server);
    if (isShown) console.log(`deleted: ${name} ended after ${after} ms`);
  },
  60_000,
);

it('ends a search at the time of a query', async () => {
  const server = await filled(1);
  const { status, json } = await server.send('POST', '/events/_search', { size: 0, aggs: levels(3) });
  expect([status, json.error.type]).toEqual([408, 'timeout_exception']);
  await idle(server);
  const counted = await server.send('POST', '/events/_count', { query: { regexp: { id: '.*(a|b)*x{5,}y' } } });
  expect([200, 408]).toContain(counted.status);
  await idle(server);
}, 60_000);

it('ends what makes long lists of long texts, which the engine does not leave within a batch of rows', async () => {
  const server = await filled(3000);
  const text = 'FROM events | EVAL l = SPLIT(REPEAT(id, 60000), " ") | EVAL c = MV_COUNT(l) | STATS SUM(c)';
  const { status } = await server.send('POST', ...query(text));
  expect([408, 429]).toContain(status);
  await idle(server);
}, 60_000);
