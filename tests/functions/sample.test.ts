import { expect, it } from 'vitest';
import { engineOver, now } from '../support/query.ts';

/*
 * SAMPLE asks each row by itself, those too that were made of one: with half of a thousand rows, fewer than 300 or more than
 * 700 come once in 10^37 runs.
 */
it.each([
  ['rows of MV_EXPAND', 'MV_EXPAND n | SAMPLE 0.5'],
  ['rows of two of them', 'EVAL m = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] | MV_EXPAND m | MV_EXPAND n | SAMPLE 0.05'],
  ['what is left of the half', 'MV_EXPAND n | SAMPLE 0.5 | WHERE n >= 0'],
])('SAMPLE draws %s one by one', async (_, pipeline) => {
  const engine = await engineOver([]);
  const list = Array.from({ length: 1000 }, (_, i) => i).join(', ');
  const { values } = await engine.query(`ROW n = [${list}] | ${pipeline} | STATS kept = COUNT(*)`, {
    now,
    maxRows: 10,
  });
  expect(Number(values[0]![0])).toBeGreaterThan(300);
  expect(Number(values[0]![0])).toBeLessThan(700);
});
