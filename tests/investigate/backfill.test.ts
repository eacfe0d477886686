import { beforeAll, describe, expect, it } from 'vitest';
import type { DuckDBEngine } from '../../src/engines/duckdb/engine.ts';
import { backfill, nothingLater, type Schedule } from '../../src/investigate/backfill.ts';
import { noOverrides, override } from '../../src/overrides/override.ts';
import { huntQueries, now, oddEngine } from './support.ts';

const hour = 3_600_000;
const schedules: [string, Schedule][] = [
  ['windows that touch or overlap', { first: now - 8 * 24 * hour, step: 8 * hour, count: 25 }],
  ['windows apart', { first: now - 8 * 24 * hour, step: 50 * hour, count: 4 }],
];
/** Queries of which a pass over all windows at once would give another answer than single runs. */
const unlike = [
  'FROM logs-* | WHERE @timestamp > NOW() - 1 month | STATS n = COUNT(*) BY host.name',
  'FROM logs-* | WHERE @timestamp >= DATE_TRUNC(1 week, NOW()) | STATS n = COUNT(*) BY host.name',
  'FROM logs-* | WHERE KQL("@timestamp > now-2d") | STATS n = COUNT(*) BY host.name',
  'FROM logs-* | SORT @timestamp DESC, event.id | LIMIT 40 | STATS n = COUNT(*) BY host.name',
  'FROM logs-* | SORT @timestamp DESC, event.id | LIMIT 40 | WHERE @timestamp > NOW() - 1 day | KEEP @timestamp, event.id',
  'FROM (FROM logs-* | WHERE @timestamp > NOW() - 1 day), (FROM logs-* | WHERE @timestamp > NOW() - 2 days) | STATS n = COUNT(*) BY host.name',
];
const queries = await huntQueries();
let engine: DuckDBEngine;
beforeAll(async () => {
  engine = await oddEngine();
});

/** The rows of a run as of each time, which sees nothing later. */
async function singleRuns(text: string, { first, step, count }: Schedule): Promise<unknown[][]> {
  const runs: unknown[][] = [];
  for (let i = 0; i < count; i++) {
    const at = first + i * step;
    const surroundings = { catalogue: async () => engine.catalogue, now: at };
    const asOf = await override(text, { ...noOverrides, conditions: [nothingLater(at)] }, surroundings);
    runs.push([...(await engine.query(asOf.query.text, { now: at, maxRows: null })).values]);
  }
  return runs;
}

describe.each(schedules)('backfill, %s', (_, schedule) => {
  it.each(queries)('agrees with a run for each window, %#', async (text) => {
    const { windows } = await backfill(text, engine, schedule);
    const runs = await singleRuns(text, schedule);
    expect(windows.map(({ rows }) => rows)).toEqual(runs);
  });
});

describe('a backfill that takes a run for each window', () => {
  // Windows of a month that begin in months of other lengths, and end at the very time of an event.
  const schedule = { first: now - 28 * 24 * hour, step: 7 * 24 * hour, count: 5 };
  it.each(unlike)('%s', async (text) => {
    const { windows, passes } = await backfill(text, engine, schedule);
    expect(windows.map(({ rows }) => rows)).toEqual(await singleRuns(text, schedule));
    expect(windows.at(-1)!.rows).toEqual((await engine.query(text, { now, maxRows: null })).values);
    expect(passes).toBe('many');
  });
});

describe('backfill', () => {
  it('reads the events once where the plan allows', async () => {
    const passes: string[] = [];
    for (const text of queries) passes.push((await backfill(text, engine, schedules[0]![1])).passes);
    // INLINE STATS, an aggregate without keys, NOW() elsewhere in the query, and a LIMIT of single events.
    expect(passes.filter((one) => one === 'many')).toHaveLength(4);
  });
  it('knows the keys of rows', async () => {
    const text = 'FROM logs-* | STATS n = COUNT(*) BY process.name, agent.id | KEEP n, agent.id';
    expect((await backfill(text, engine, schedules[1]![1])).keys).toEqual([1]);
  });
});
