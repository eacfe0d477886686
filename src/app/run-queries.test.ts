import { expect, it } from 'vitest';
import type { Engine } from '../engines/engine.ts';
import type { CompiledQuery, QueryText } from '../languages/esql/compiled-query.ts';
import type { QueryResult } from '../values/types.ts';
import { type Job, loneJob } from './jobs.ts';
import { runQueries } from './run-queries.ts';

const nothing: QueryResult = { columns: [], values: [], warnings: [], notes: [], tookMs: 0 };

it('asks all about a query with the one value that is compiled once', async () => {
  const asked: QueryText[] = [];
  const ask = async <T>(query: QueryText, answer: T): Promise<T> => {
    asked.push(query);
    return answer;
  };
  const engine = { name: 'duckdb', parallel: 1, query: (query: QueryText) => ask(query, nothing) } as unknown as Engine;
  const hunt = { name: 'h', file: 'h.toml', uuid: null, queries: [] } as unknown as Job['hunt'];
  const jobs = [loneJob('FROM a'), loneJob('FROM b')].map((job) => ({ ...job, hunt }));
  const results = await runQueries(jobs, engine, {
    ...{ now: new Date(), maxRows: null, signal: new AbortController().signal },
    assess: (query: CompiledQuery) => ask(query, { verdict: 'ready', gaps: [] } as never),
    unread: (query: CompiledQuery) => ask(query, null),
  });
  expect(results.map(({ text, outcome }) => [text, outcome])).toEqual([
    ['FROM a', 'none'],
    ['FROM b', 'none'],
  ]);
  expect(asked).toHaveLength(6);
  for (const [i, query] of asked.entries()) expect(query).toBe(jobs[Math.floor(i / 3)]!.esql);
});
