import { beforeAll, expect, it } from 'vitest';
import type { Engine } from '../../src/engines/engine.ts';
import { type OpenTuning, openTuning } from '../../src/investigate/open-tuning.ts';
import { countPassing, type Measured, nearMisses } from '../../src/values/joint-count.ts';
import { engineOver, now } from '../support/query.ts';

let engine: Engine;
beforeAll(async () => {
  const docs = Array.from({ length: 400 }, (_, n) => ({
    '@timestamp': new Date(now - n * 60_000).toISOString(),
    host: `h${n % 20}`,
    bytes: n % 20 < 3 ? null : (n % 20) * 10,
    large: n === 0 ? '9007199254740993' : 1,
  }));
  const properties = {
    '@timestamp': { type: 'date' },
    host: { type: 'keyword' },
    bytes: { type: 'long' },
    large: { type: 'long' },
  };
  engine = await engineOver([{ name: 'events', mappings: { properties }, docs }]);
});

const opened = (text: string, more: { mostRows?: number } = {}): Promise<OpenTuning> =>
  openTuning(`FROM events | ${text}`, engine, { now: new Date(now), ...more });

it('gives the measures of thresholds that decide alone', async () => {
  const tuning = await opened(
    'STATS n = COUNT(*), b = MAX(bytes) BY host | WHERE n > 5 AND b >= 100 | SORT b | LIMIT 3',
  );
  const [n, b] = tuning.thresholds;
  expect(n).toMatchObject({ name: 'n', operator: '>', value: 5, isWhole: true, looser: 'lower', reason: null });
  expect(b).toMatchObject({ name: 'b', operator: '>=', value: 100, ladder: null });
  expect([tuning.rows, tuning.limit]).toEqual([20, 3]);
  expect(n!.measures!.every((value) => value === 20)).toBe(true);
  // Hosts whose events carry no bytes.
  expect(b!.measures!.filter(Number.isNaN)).toHaveLength(3);
  const measured = tuning.thresholds as readonly Measured[];
  expect(countPassing(20, measured, [5, 100])).toBe(10);
  expect(countPassing(20, measured, [20, 100])).toBe(0);
  expect(await tuning.count([null, 180])).toEqual({ hits: 2, isCut: false });
  expect(await tuning.count([null, 100])).toEqual({ hits: 3, isCut: true });
  const near = await tuning.rowsAt(nearMisses(measured, [5, 100], 1, 2));
  expect(near).toEqual([
    [20n, 90n, 'h9'],
    [20n, 80n, 'h8'],
  ]);
  expect(tuning.setText(1, 150)).toBe('b=150');
  await tuning.close();
});

it('gives ladders where rows are too many', async () => {
  const tuning = await opened('STATS n = COUNT(*), b = MAX(bytes) BY host | WHERE n > 5 AND b >= 100 AND n != 7', {
    mostRows: 10,
  });
  const [more, b, other] = tuning.thresholds;
  expect(more!.measures).toBeNull();
  expect([...more!.ladder!.settings]).toEqual([5, 20]);
  expect([...more!.ladder!.rows]).toEqual([10, 0]);
  const at = [...b!.ladder!.settings].indexOf(180);
  expect(b!.ladder!.rows[at]).toBe(2);
  expect(other!.reason).toContain('each takes a run');
  await expect(tuning.rowsAt([1])).rejects.toThrow('are not kept');
  await tuning.close();
});

it.each([
  ['STATS n = COUNT(*) BY host | LIMIT 5 | WHERE n > 3', 'a LIMIT before it cuts'],
  ['STATS n = COUNT(*) BY host | WHERE n > 3 OR host == "h1"', 'one condition among others'],
  ['STATS n = COUNT(*) BY host | WHERE n > 3 | STATS m = COUNT(*)', 'later commands make other rows'],
  ['STATS n = MAX(@timestamp) BY host | WHERE n > "2026-01-01"', 'compared with a time'],
  ['STATS n = MAX(large) BY host | WHERE n > 3', 'beyond 2^53'],
])('says why a threshold of %s takes a run', async (text, reason) => {
  const tuning = await opened(text);
  const [threshold] = tuning.thresholds;
  expect(threshold!.measures).toBeNull();
  expect(threshold!.reason).toContain(reason);
  expect((await tuning.count([null])).hits).toBeGreaterThan(0);
  await tuning.close();
});

it('stops when it is cancelled, and keeps nothing', async () => {
  const controller = new AbortController();
  controller.abort();
  const text = 'FROM events | STATS n = COUNT(*) BY host | WHERE n > 3';
  await expect(openTuning(text, engine, { now: new Date(now), signal: controller.signal })).rejects.toThrow('aborted');
});
