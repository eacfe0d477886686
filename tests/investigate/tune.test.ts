import { beforeAll, describe, expect, it } from 'vitest';
import type { DuckDBEngine } from '../../src/engines/duckdb/engine.ts';
import { tune } from '../../src/investigate/tune.ts';
import { setThreshold } from '../../src/overrides/set-threshold.ts';
import { applyEdits } from '../../src/overrides/text-edit.ts';
import { huntQueries, now, oddEngine } from './support.ts';

const queries = [
  ...(await huntQueries()),
  'FROM logs-* | WHERE @timestamp > now() - 1 day | STATS n = COUNT(*), b = SUM(source.bytes) BY process.name, agent.id | WHERE n > 2 AND (b >= 900 OR NOT n < 5) | EVAL kind = CASE(b >= 2000, "big", "small") | STATS m = COUNT(*), top = MAX(b) BY kind, process.name | WHERE m >= 2',
  'FROM logs-* | WHERE @timestamp > now() - 1 day | FORK (STATS n = COUNT(*) BY process.name | WHERE n > 20) (STATS n = COUNT(*) BY process.name | WHERE n < 4) | KEEP process.name, n',
  'FROM logs-* | WHERE @timestamp > now() - 1 day | STATS n = COUNT(*) BY process.name | LIMIT 5 | WHERE n > 3',
  'FROM logs-* | WHERE @timestamp > now() - 1 day | STATS d = SUM(source.bytes) - SUM(destination.bytes) BY process.name | WHERE d < -100 OR -5 > d',
  'FROM logs-* | WHERE @timestamp > now() - 1 day | STATS n = COUNT(*) BY process.name, agent.id | INLINE STATS mean = AVG(n) BY process.name | WHERE n > mean AND n >= 2 | STATS k = COUNT(*) BY process.name | WHERE k > 1',
];
let engine: DuckDBEngine;
beforeAll(async () => {
  engine = await oddEngine();
});

const hitsOf = async (text: string): Promise<number> =>
  (await engine.query(text, { now, maxRows: null })).values.length;

describe('tune', () => {
  it.each(queries)('agrees with a run for each threshold, %#', async (text) => {
    const options = { now: new Date(now), hitsPerDay: 2, at: [], threshold: null };
    const { studies, days } = await tune(text, engine, options);
    for (const { threshold: own, hits, suggestion, literal } of studies) {
      const at = (value: number): Promise<number> =>
        hitsOf(applyEdits(text, [setThreshold(own, { name: own.name, value: String(value) })]));
      expect(hits.map(({ threshold }) => threshold)).toContain(literal);
      for (const { threshold, hits: told } of hits) expect([threshold, told]).toEqual([threshold, await at(threshold)]);
      if (!suggestion) continue;
      expect(await at(suggestion.threshold)).toBe(suggestion.hits);
      expect(suggestion.hits).toBeLessThanOrEqual(Math.floor(2 * days!));
    }
  });
  it.each([
    ['as many hits as LIMIT are bearable', 'STATS n = COUNT(*) BY process.entity_id | WHERE n >= 2 | LIMIT 3', 3],
    ['for a largest value', 'STATS n = COUNT(*) BY process.entity_id | WHERE n < 2 | SORT n | LIMIT 3', 5],
    ['fewer are', 'STATS n = COUNT(*) BY process.name | WHERE n > 2 | SORT n DESC | LIMIT 3', 1],
  ])('knows LIMIT: %s', async (_, pipeline, hitsPerDay) => {
    const text = `FROM logs-* | WHERE @timestamp > now() - 1 day | ${pipeline}`;
    const { studies } = await tune(text, engine, { now: new Date(now), hitsPerDay, at: [1, 2, 1000], threshold: null });
    const [study] = studies;
    for (const { hits, isCut } of study!.hits) expect([hits <= 3, isCut === true && hits !== 3]).toEqual([true, false]);
    expect(study!.hits.some(({ isCut }) => isCut)).toBe(true);
    const { suggestion, threshold } = study!;
    const edited = applyEdits(text, [
      setThreshold(threshold, { name: threshold.name, value: String(suggestion!.threshold) }),
    ]);
    expect(await hitsOf(edited)).toBe(suggestion!.hits);
    if (hitsPerDay >= 3) expect([suggestion!.hits, suggestion!.isCut]).toEqual([3, true]);
  });
  it('gives the distribution', async () => {
    const text = 'FROM logs-* | STATS n = COUNT(*) BY process.name | WHERE n > 3';
    const { studies } = await tune(text, engine, { now: new Date(now), hitsPerDay: 2, at: [], threshold: null });
    const { values } = await engine.query(text.replace('| WHERE n > 3', '| SORT n'), { now, maxRows: null });
    const quantiles = new Map(studies[0]!.quantiles.map(({ share, value }) => [share, value]));
    expect([quantiles.get(0), quantiles.get(1)]).toEqual([Number(values[0]![0]), Number(values.at(-1)![0])]);
    expect(studies[0]!.candidates).toBe(values.length);
  });
  const ways = ['>', '>=', '<', '<='].flatMap((operator) =>
    [0, 1, 3, 7, 1000].flatMap((literal) => [0.4, 2, 5, 10_000].map((most) => [operator, literal, most] as const)),
  );
  it.each(ways)('suggests the loosest threshold that leaves something out: n %s %s, at most %s', async (...way) => {
    const [operator, literal, hitsPerDay] = way;
    const counted = 'FROM logs-* | WHERE @timestamp > now() - 1 day | STATS n = COUNT(*) BY process.entity_id';
    const text = `${counted} | WHERE n ${operator} ${literal}`;
    const { studies } = await tune(text, engine, { now: new Date(now), hitsPerDay, at: [], threshold: null });
    const { suggestion } = studies[0]!;
    const { values } = await engine.query(counted, { now, maxRows: null });
    const numbers = values.map(([n]) => Number(n));
    const passes = (n: number, at: number): boolean =>
      operator === '>' ? n > at : operator === '>=' ? n >= at : operator === '<' ? n < at : n <= at;
    const hitsAt = (at: number): number => numbers.filter((n) => passes(n, at)).length;
    const isFew = (at: number): boolean => hitsAt(at) > 0 && hitsAt(at) <= Math.floor(hitsPerDay);
    const few = [...new Set(numbers.flatMap((n) => [n - 1, n, n + 1]))].filter(isFew);
    if (few.length === 0) {
      expect(suggestion).toBeNull();
      return;
    }
    expect(suggestion!.hits).toBe(hitsAt(suggestion!.threshold));
    const useful = few.map(hitsAt).filter((hits) => hits < numbers.length);
    const isAll = isFew(literal) && hitsAt(literal) === numbers.length;
    const wanted = isAll || useful.length === 0 ? numbers.length : Math.max(...useful);
    expect(suggestion!.hits).toBe(wanted);
    // What is there already is not changed for nothing, and else nothing looser would do.
    if (hitsAt(literal) === wanted) expect(suggestion!.threshold).toBe(literal);
    else if (useful.length > 0) {
      const looser = suggestion!.threshold + (operator.startsWith('>') ? -1 : 1);
      expect(hitsAt(looser)).toBeGreaterThan(wanted);
    }
  });
});
