import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import {
  EvaluationError,
  InputError,
  QueryError,
  ResultTooLargeError,
  RowsEndedError,
} from '../../src/diagnostics/diagnostic.ts';
import { SourceText } from '../../src/diagnostics/source-text.ts';
import { receivedError, sentError } from '../../src/engines/sent-error.ts';
import { QueryDslError } from '../../src/languages/filters/condition.ts';
import { errorBody } from '../../src/server/errors.ts';
import { bulk, startServer, type TestServer } from './support.ts';

const coded = (code: string, message = code): Error => Object.assign(new Error(message), { code });
const thrownBy = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return error;
  }
};

describe('an error', () => {
  it.each<readonly [what: string, status: number, error: unknown]>([
    ['a query ran out of memory', 429, new Error('Out of Memory Error: failed to allocate data of size 16.0 MiB')],
    ['a query ran out of memory in C++', 429, new Error('std::bad_alloc')],
    ['JavaScript has no room for a buffer', 429, thrownBy(() => new ArrayBuffer(2 ** 52))],
    [
      'a worker ran out of memory',
      429,
      coded('ERR_WORKER_OUT_OF_MEMORY', 'Worker terminated due to reaching memory limit'),
    ],
    ['a module has no more memory', 429, new RangeError('WebAssembly.Memory.grow(): Maximum memory size exceeded')],
    [
      'a text is too long',
      429,
      coded('ERR_STRING_TOO_LONG', 'Cannot create a string longer than 0x1fffffe8 characters'),
    ],
    ['a map is too large', 429, new RangeError('Map maximum size exceeded')],
    ['rows ended early', 429, new RowsEndedError('the engine ended the rows of a query early')],
    ['an answer is too large', 429, ResultTooLargeError.overBytes(1)],
    ['the disk is full', 429, coded('ENOSPC', 'ENOSPC: no space left on device, write')],
    ['the disk is full for the engine', 429, new Error('IO Error: Could not write file "x": No space left on device')],
    ['no more files may be open', 429, coded('EMFILE', 'EMFILE: too many open files, open')],
    ['no more processes may run', 429, coded('EAGAIN', 'spawn EAGAIN')],
    ['a statement was interrupted', 429, new Error('INTERRUPT Error: Interrupted!')],
    ['a connection was closed', 429, new Error('Connection Error: Connection has already been closed')],
    ['transactions contradict each other', 429, new Error('TransactionContext Error: Conflict on tuple deletion!')],
    ['no planner begins', 429, new Error('a planner was not ready within 60 s')],
    ['work was aborted', 429, thrownBy(() => AbortSignal.abort().throwIfAborted())],
    ['an index is gone', 404, new Error('Catalog Error: Table with name index 0123456789ab logs does not exist!')],
    ['the stack is too small', 400, new RangeError('Maximum call stack size exceeded')],
    ['a statement is too long', 400, new RangeError('Invalid string length')],
    ['a query is wrong', 400, new QueryError(new SourceText('x'), [])],
    ['a value is wrong', 400, new EvaluationError('no')],
    ['an input is wrong', 400, new InputError('no')],
    ['a filter is wrong', 400, new QueryDslError('no')],
    // What is a fault of the server says so.
    ['nobody foresaw it', 500, new TypeError("Cannot read properties of undefined (reading 'x')")],
    ['the engine has a fault', 500, new Error('INTERNAL Error: Attempted to access index 1 within vector of size 0')],
    ['nothing was thrown', 500, undefined],
  ])('where %s is answered with %d', (_, status, error) => {
    expect(errorBody(error)).toMatchObject({ status, error: { root_cause: [{}] } });
  });

  it.each([
    new QueryError(new SourceText('ROW'), []),
    new EvaluationError('a'),
    new InputError('b'),
    ResultTooLargeError.overBytes(5),
    new RowsEndedError('c'),
    new QueryDslError('d'),
    new RangeError('Maximum call stack size exceeded'),
    new Error('Out of Memory Error: e'),
  ])('of another thread or process is answered as here: %s', (error) => {
    const sent = structuredClone(sentError(error));
    expect(errorBody(receivedError(sent, 'ROW'))).toEqual(errorBody(error));
  });
});

/** A server with documents that a query takes a while to read. */
async function busyServer(options: Parameters<typeof startServer>[0] = {}): Promise<TestServer> {
  const server = await startServer(options);
  const lines = Array.from({ length: 5000 }, (_, n) => [
    { create: {} },
    { n, k: `k${n % 7}`, text: `text ${n} a${'b'.repeat(50)}` },
  ]);
  await server.send('POST', '/events/_bulk?refresh=true', bulk(...lines.flat()));
  return server;
}
/** A query that goes on until it is ended. */
const endless =
  'FROM events | EVAL k = 1 | LOOKUP JOIN again ON k | LOOKUP JOIN more ON k | STATS c = COUNT_DISTINCT(n * m * o)';

async function withLookups(server: TestServer): Promise<void> {
  for (const [index, field] of [
    ['again', 'm'],
    ['more', 'o'],
  ] as const) {
    await server.send('PUT', `/${index}`, { settings: { index: { mode: 'lookup' } } });
    const lines = Array.from({ length: 3000 }, (_, n) => [{ create: {} }, { k: 1, [field]: n }]);
    await server.send('POST', `/${index}/_bulk?refresh=true`, bulk(...lines.flat()));
  }
}

it('who waits for a query that another request deletes learns that it was cancelled', async () => {
  const server = await busyServer();
  await withLookups(server);
  const body = { query: endless, wait_for_completion_timeout: '1ms', keep_alive: '1m' };
  const { json } = await server.send('POST', '/_query/async', body);
  expect(json.is_running).toBe(true);
  const waiting = server.send('GET', `/_query/async/${json.id}?wait_for_completion_timeout=30s`);
  await sleep(200);
  expect((await server.send('DELETE', `/_query/async/${json.id}`)).status).toBe(200);
  const { status, json: answer } = await waiting;
  expect([status, answer.error.type]).toEqual([400, 'task_cancelled_exception']);
});

it('a search whose point in time or scroll is closed meanwhile ends, and no other does', async () => {
  const server = await busyServer();
  const aggs = Object.fromEntries(
    Array.from({ length: 8 }, (_, i) => [
      `a${i}`,
      { terms: { field: 'k.keyword' }, aggs: { c: { cardinality: { field: 'n' } } } },
    ]),
  );
  const found = new Set<string>();
  for (let round = 0; round < 15; round++) {
    const { json: pit } = await server.send('POST', '/events/_pit?keep_alive=1m');
    const { json: scroll } = await server.send('POST', '/events/_search?scroll=1m', { size: 100, sort: ['n'] });
    const over = [
      ...Array.from({ length: 4 }, () => server.send('POST', '/_search', { pit: { id: pit.id }, size: 100, aggs })),
      ...Array.from({ length: 4 }, () => server.send('POST', '/_search/scroll', { scroll_id: scroll._scroll_id })),
    ];
    const others = Array.from({ length: 4 }, () =>
      server.send('POST', '/_query', { query: 'FROM events | STATS c = COUNT_DISTINCT(text) BY k' }),
    );
    await sleep(round * 3);
    const closed = [
      server.send('DELETE', '/_pit', { id: pit.id }),
      server.send('DELETE', '/_search/scroll', { scroll_id: scroll._scroll_id }),
    ];
    for (const { status } of await Promise.all([...over, ...closed])) found.add(String(status));
    expect((await Promise.all(others)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  }
  expect([...found].filter((status) => status !== '200' && status !== '404')).toEqual([]);
});

it('an index may be deleted and made anew during each API', async () => {
  const server = await busyServer();
  const create = bulk({ index: { _id: '1' } }, { n: 1, k: 'a', '@timestamp': '2026-03-01T00:00:00Z' });
  const asked: readonly (readonly [method: string, url: string, body?: unknown])[] = [
    ['POST', '/_query', { query: 'FROM gone* | STATS COUNT(*) BY k' }],
    ['POST', '/_query', { query: 'FROM gone | WHERE k RLIKE "a+"' }],
    ['POST', '/_query/async', { query: 'FROM gone | KEEP n' }],
    ['POST', '/gone/_search', { aggs: { k: { terms: { field: 'k' } } } }],
    ['POST', '/gone/_search?scroll=1s', { size: 1 }],
    ['POST', '/gone/_pit?keep_alive=1s'],
    ['POST', '/_msearch', '{"index":"gone"}\n{"size":1}\n'],
    ['POST', '/gone/_mget', { ids: ['1'] }],
    ['GET', '/gone/_doc/1'],
    ['GET', '/gone/_source/1'],
    ['POST', '/gone/_update/1', { doc: { n: 2 } }],
    ['DELETE', '/gone/_doc/1'],
    ['PUT', '/gone/_doc/2', { n: 3 }],
    ['POST', '/gone/_delete_by_query', { query: { match_all: {} } }],
    ['GET', '/gone/_count'],
    ['GET', '/gone/_field_caps?fields=*'],
    ['GET', '/gone/_mapping'],
    ['PUT', '/gone/_mapping', { properties: { z: { type: 'keyword' } } }],
    ['GET', '/gone/_settings'],
    ['GET', '/gone/_stats'],
    ['GET', '/_cat/indices?format=json'],
    ['GET', '/_cat/count/gone'],
    ['GET', '/_cat/shards'],
    ['GET', '/_stats'],
    ['GET', '/_cluster/stats'],
    ['GET', '/metrics'],
    ['GET', '/_health_report'],
    ['GET', '/gone/_alias'],
    ['GET', '/_resolve/index/gone*'],
    ['POST', '/gone/_refresh'],
    ['POST', '/_aliases', { actions: [{ add: { index: 'gone', alias: 'old' } }] }],
    ['POST', '/gone/_bulk', create],
  ];
  const faults = new Set<string>();
  for (let round = 0; round < 8; round++) {
    await server.send('POST', '/gone/_bulk?refresh=true', create);
    const answers = await Promise.all([
      ...asked.slice(0, 16).map((one) => server.send(...(one as [string, string, unknown]))),
      server.send('DELETE', '/gone'),
      server.send('POST', '/gone/_bulk', create),
      ...asked.slice(16).map((one) => server.send(...(one as [string, string, unknown]))),
      server.send('DELETE', '/gone'),
    ]);
    for (const { status, text } of answers)
      if (status >= 500 || /"status":5\d\d/.test(text)) faults.add(text.slice(0, 300));
  }
  expect([...faults]).toEqual([]);
});

/** The processes that this one started for patterns. */
const isolatedProcesses = (): number[] =>
  readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8')
    .split(' ')
    .filter((pid) => pid && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('isolated-engine'))
    .map(Number);

// Elsewhere the system does not say which processes there are.
it.skipIf(!existsSync('/proc/self/task'))(
  'a process for patterns that is killed ends its query, and the next one runs',
  async () => {
    const server = await busyServer({ isolated: true });
    const slow = { query: 'FROM events | EVAL r = REPLACE(text, "(b|bb)+$", "x") | STATS COUNT(r)' };
    const killed = server.send('POST', '/_query', slow);
    for (let waited = 0; isolatedProcesses().length === 0 && waited < 10_000; waited += 20) await sleep(20);
    for (const pid of isolatedProcesses()) process.kill(pid, 'SIGKILL');
    expect([200, 429]).toContain((await killed).status);
    // One that waits for work may be gone as well.
    const short = { query: 'ROW s = "aab" | EVAL r = REPLACE(s, "(a|aa)+b", "x")' };
    expect((await server.send('POST', '/_query', short)).status).toBe(200);
    for (const pid of isolatedProcesses()) execFileSync('kill', ['-9', String(pid)]);
    const { status } = await server.send('POST', '/_query', short);
    expect([200, 429]).toContain(status);
    expect((await server.send('POST', '/_query', short)).status).toBe(200);
  },
);

it('says where a document is whose index has a name that no header may hold', async () => {
  const server = await startServer();
  const { status, headers } = await server.send('POST', `/${encodeURIComponent('日本')}/_doc`, { n: 1 });
  expect([status, headers.location]).toEqual([201, expect.stringMatching(/^\/%E6%97%A5%E6%9C%AC\/_doc\//)]);
});
