import { beforeAll, expect, it } from 'vitest';
import type { DuckDBEngine } from '../../src/engines/duckdb/engine.ts';
import { engineOver, now } from '../support/query.ts';

/*
 * Events of many small indices are put together before they are grouped. The answers are those over one index.
 */

const properties = {
  i: { type: 'long' },
  k: { type: 'keyword' },
  several: { type: 'keyword' },
  x: { type: 'double' },
};
const docs = Array.from({ length: 400 }, (_, i) => ({
  i,
  ...(i % 5 > 0 && { k: `k${i % 7}` }),
  several: i % 4 === 0 ? ['a', `b${i % 3}`] : 'a',
  x: i / 3,
}));
let scattered: DuckDBEngine;
let whole: DuckDBEngine;
beforeAll(async () => {
  const indices = Array.from({ length: 20 }, (_, n) => ({
    name: `e-${n}`,
    mappings: { properties },
    docs: docs.filter(({ i }) => i % 20 === n),
  }));
  scattered = await engineOver(indices);
  whole = await engineOver([{ name: 'e-0', mappings: { properties }, docs }]);
});

it.each([
  ['STATS n = COUNT(*), m = MAX(x) BY k', true],
  ['STATS n = COUNT(*) BY several, k', true],
  ['WHERE i > 100 | EVAL y = i % 10 | STATS n = COUNT(*), d = COUNT_DISTINCT(y), v = MV_SORT(VALUES(y)) BY k', true],
  ['WHERE k == "k1" OR several == "b2" | STATS n = COUNT(*) BY k, several', true],
  ['STATS d = COUNT_DISTINCT(k), p = PERCENTILE(x, 90)', true],
  ['MV_EXPAND several | STATS n = COUNT(*) BY several | STATS m = MAX(n)', true],
  ['STATS n = COUNT(*), s = SUM(i), lo = MIN(i)', false],
  ['WHERE i > 100 | KEEP i, k', false],
])('%s over many small indices', async (text, isGathered) => {
  const options = { now, maxRows: null };
  const query = `FROM e-* | ${text}`;
  expect(scattered.statement(query, options).includes('MATERIALIZED')).toBe(isGathered);
  expect(whole.statement(query, options)).not.toContain('MATERIALIZED');
  const rows = async (engine: DuckDBEngine): Promise<string[]> => {
    const { values, warnings } = await engine.query(query, options);
    return [
      ...values.map((row) => row.map((cell) => [cell].flat().map(String).sort().join()).join('|')),
      ...warnings,
    ].sort();
  };
  expect(await rows(scattered)).toEqual(await rows(whole));
});
