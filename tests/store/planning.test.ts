import { readdirSync, readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { QueryError } from '../../src/diagnostics/diagnostic.ts';
import { IsolatedEngines } from '../../src/engines/duckdb/isolated-engines.ts';
import type { QueryOptions } from '../../src/engines/engine.ts';
import type { WorkKey } from '../../src/engines/known-lengths.ts';
import { parseQueryDsl } from '../../src/languages/filters/parse-query-dsl.ts';
import { PlanWorkers } from '../../src/store/plan-workers.ts';
import { StoreQueries } from '../../src/store/store-queries.ts';
import { bulk, startServer, type TestServer } from '../server/support.ts';

const opened: StoreQueries[] = [];
afterEach(async () => {
  for (const queries of opened.splice(0)) await queries.close();
});

function queriesOf({ store }: TestServer): { here: StoreQueries; inWorkers: StoreQueries } {
  const limits = { concurrent: 4, waiting: 100 };
  const here = new StoreQueries(store, limits);
  const isolation = new IsolatedEngines({ folder: store.incoming.folder, processes: 2, memoryLimit: '128MiB' });
  const inWorkers = new StoreQueries(store, limits, null, new PlanWorkers(), isolation);
  opened.push(here, inWorkers);
  return { here, inWorkers };
}

const options: QueryOptions = { now: Date.parse('2026-01-02T00:00:00Z'), maxRows: 1000 };

describe('queries planned in worker threads and run apart where they may be slow', () => {
  it('have the answers that they have otherwise, while indices come, change and go', async () => {
    const server = await startServer();
    const { here, inWorkers } = queriesOf(server);
    const queries: readonly [string, Partial<QueryOptions>?][] = [
      ['FROM * METADATA _index, _source | SORT _index, n | LIMIT 20'],
      ['FROM a* | WHERE n > 1 | EVAL d = n / 0, t = NOW() | STATS c = COUNT(*), d = VALUES(d) BY ip'],
      ['FROM a, b | EVAL x = TO_STRING(v) | SORT x'],
      ['FROM a | GROK s "%{WORD:w} %{NUMBER:k:int}" | KEEP w, k | SORT k'],
      // Warnings on either side, and a join behind it.
      [
        'FROM a | EVAL d = n / 0, w = REPLACE(s, "(?=o)o", "0"), h = HASH("sha512", w) | WHERE w RLIKE "~(zz.*)" | SORT n',
      ],
      ['FROM a | GROK s "%{WORD:w}" | EVAL e = 1 / (n - n), r = REPLACE(w, "(", "") | SORT n | LOOKUP JOIN look ON w'],
      ['FROM *, (FROM b | GROK v.keyword "%{WORD:w}") | STATS c = COUNT(*) BY w | SORT w'],
      [
        'ROW a = ?x',
        { parameters: { named: new Map([['x', { kind: 'value', type: 'long', values: [2n] }]]), unnamed: [] } },
      ],
      ['FROM * | KEEP n | SORT n', { filter: parseQueryDsl({ query_string: { query: 'o* AND n:>1' } }) }],
      ['FROM a | LIMIT 2'],
      ['FROM a', { maxRows: 1 }],
      ['FROM gone'],
      ['FROM a | WHERE nope == 1 OR ip > true'],
      ['FROM a | WHERE'],
    ];
    const answers = async (over: StoreQueries, visible?: (index: string) => boolean): Promise<unknown[]> => {
      const found: unknown[] = [];
      for (const [text, more] of queries)
        try {
          const { tookMs: _, ...answer } = await over.run(text, { ...options, ...more }, visible);
          found.push([text, answer]);
        } catch (error) {
          const { message, diagnostics, type } = error as QueryError;
          found.push([text, error instanceof QueryError, type, message, diagnostics]);
        }
      return found;
    };
    const same = async (visible?: (index: string) => boolean): Promise<void> =>
      expect(await answers(inWorkers, visible)).toEqual(await answers(here, visible));
    const write = (index: string, ...documents: unknown[]): Promise<unknown> =>
      server.send('POST', `/${index}/_bulk`, bulk(...documents.flatMap((document) => [{ create: {} }, document])));
    await server.send('PUT', '/a', { mappings: { properties: { ip: { type: 'ip' }, v: { type: 'long' } } } });
    await same();
    await write('a', { n: 1, s: 'one 1', ip: '10.0.0.1', v: 1 }, { n: 2, s: 'two 2', ip: '::1', v: [2, 3] });
    await same();
    await write('b', { n: 3, v: 'text' });
    await same();
    await server.send('PUT', '/look', {
      settings: { 'index.mode': 'lookup' },
      mappings: { properties: { w: { type: 'keyword' }, more: { type: 'keyword' } } },
    });
    await write('look', { w: 'one', more: 'first' });
    await same();
    await same((index) => index === 'b');
    await write('a', { n: 4, s: 'only 4', o: 'only', ip: '10.0.0.2' });
    await same();
    await server.send('PUT', '/gone', {});
    await same();
    await server.send('DELETE', '/gone');
    await same();
  });

  it('are killed when they must end, and others get their turn', async () => {
    const server = await startServer();
    const { inWorkers } = queriesOf(server);
    const endless = `ROW s = "${'a'.repeat(60)}!" | GROK s "^(?<x>(a+)+)(?=b)"`;
    const leaving = new AbortController();
    const ended = Array.from({ length: 8 }, () =>
      inWorkers.run(endless, { ...options, signal: leaving.signal }).catch((error: Error) => error.message),
    );
    expect((await inWorkers.run('ROW a = 1', options)).values).toEqual([[1]]);
    leaving.abort(new Error('left'));
    expect(await Promise.all(ended)).toEqual(ended.map(() => 'left'));
    const one = await inWorkers.run('ROW s = "one 1" | GROK s "%{WORD:w}"', options);
    expect(one.values).toEqual([['one 1', 'one']]);
    const many = 'ROW s = REPEAT("a", 1000000), n = [1, 2, 3] | MV_EXPAND n | EVAL h = HASH("sha512", s) | KEEP s, h';
    await expect(inWorkers.run(many, { ...options, mostBytes: 1_000_000 })).rejects.toThrow('larger than');
    expect(readdirSync(server.store.incoming.folder)).toEqual([]);
  });

  it('keep nobody waiting, and end when they take too long', async () => {
    const server = await startServer();
    const { inWorkers } = queriesOf(server);
    const wide = `ROW ${Array.from({ length: 20_000 }, (_, i) => `c${i} = 1`).join()} | KEEP c1`;
    const wides = Array.from({ length: 3 }, () => {
      const leaving = new AbortController();
      const outcome = inWorkers.run(wide, { ...options, signal: leaving.signal });
      outcome.catch(() => undefined);
      return { leaving, outcome };
    });
    expect((await inWorkers.run('ROW a = 1', options)).values).toEqual([[1]]);
    for (const { leaving } of wides) leaving.abort(new Error('left'));
    for (const { outcome } of wides) await expect(outcome).rejects.toThrow('left');
    expect((await inWorkers.run('ROW a = 2', options)).values).toEqual([[2]]);
    const deep = `ROW a = ${'('.repeat(100_000)}1${')'.repeat(100_000)}`;
    await expect(inWorkers.run(deep, options)).rejects.toThrow(RangeError);
    expect((await inWorkers.run('ROW a = 3', options)).values).toEqual([[3]]);
  });

  it.skipIf(process.platform !== 'linux')('plan what takes long with what the processors have left', async () => {
    const planners = new PlanWorkers();
    await expect.poll(() => niceThreads(), { timeout: 20_000 }).toBe(1);
    await planners.close();
    await expect.poll(() => niceThreads(), { timeout: 20_000 }).toBe(0);
  });
});

it('keeps turns beside all others for what was short before', async () => {
  const { store } = await startServer();
  const queries = new StoreQueries(store, { concurrent: 2, waiting: 10, short: 1 });
  opened.push(queries);
  const key = (hash: string): WorkKey => ({ hash, size: 1 });
  const known = (): Promise<string> => queries.with(async () => 'answered', undefined, key('known'));
  await known();
  let letGo = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const others = ['one', 'another'].map((name) => queries.with(() => held, undefined, key(name)));
  expect(await known()).toBe('answered');
  letGo();
  await Promise.all(others);
});

/** Threads of this process that have lower priority than usual; the fields are described in proc(5). */
function niceThreads(): number {
  const usual = niceOf(process.pid);
  return readdirSync('/proc/self/task').filter((thread) => niceOf(Number(thread)) > usual).length;
}

function niceOf(thread: number): number {
  try {
    return Number(readFileSync(`/proc/self/task/${thread}/stat`, 'utf8').split(') ').at(-1)!.split(' ')[16]);
  } catch {
    return Number.NEGATIVE_INFINITY;
  }
}

it('a query fails where its planner ends by itself, and the next one does not', async () => {
  const { inWorkers } = queriesOf(await startServer());
  const ending = vi.spyOn(Worker.prototype, 'postMessage').mockImplementationOnce(function (this: Worker) {
    void this.terminate();
  });
  try {
    await expect(inWorkers.run('ROW a = 1', options)).rejects.toThrow('a planner ended by itself');
  } finally {
    ending.mockRestore();
  }
  expect((await inWorkers.run('ROW a = 1', options)).values).toEqual([[1]]);
});
