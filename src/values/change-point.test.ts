import { describe, expect, it } from 'vitest';
import { changePoint } from './change-point.ts';

/** Counts by the minute that go up and down without a pattern. */
const noise = [4, 4, 8, 8, 5, 8, 10, 5, 12, 20, 5, 7, 8, 9, 9, 11, 7, 15, 17, 5, 10, 4, 9];
const with100 = (at: (i: number) => boolean): number[] => noise.map((value, i) => value + (at(i) ? 100 : 0));

describe('the change of a series', () => {
  it.each([
    ['noise has none', noise, null],
    ['a constant has none', new Array(30).fill(7), null],
    ['too few values have none', [0, 0, 0, 9, 9, 9], null],
    ['a line has none', Array.from({ length: 40 }, (_, i) => 3 * i + (i % 3)), null],
    ['one high value', with100((i) => i === 8), { index: 8, type: 'spike' }],
    ['one low value at the end', [...noise.map((value) => value + 100), 0], { index: 23, type: 'dip' }],
    ['a new level', with100((i) => i >= 11), { index: 11, type: 'step_change' }],
    ['a new level below', with100((i) => i < 12), { index: 12, type: 'step_change' }],
    [
      'two levels without noise',
      Array.from({ length: 25 }, (_, i) => (i < 12 ? 0 : 42)),
      { index: 12, type: 'step_change' },
    ],
    [
      'one value without noise',
      Array.from({ length: 25 }, (_, i) => (i === 13 ? 42 : 0)),
      { index: 13, type: 'spike' },
    ],
    [
      'a new slope',
      Array.from({ length: 40 }, (_, i) => (i < 20 ? i % 2 : (i - 20) * 5 + (i % 2))),
      // The value at 20 lies on both lines.
      { index: 21, type: 'trend_change' },
    ],
    [
      'one value that is high among 24',
      [10, 12, 11, 13, 9, 10, 12, 19, 11, 10, 12, 13, 9, 11, 10, 12, 11, 10, 13, 12, 9, 11, 12, 10],
      { index: 7, type: 'spike' },
    ],
    [
      'one value of many that is low beside one that is high',
      Array.from({ length: 40 }, (_, i) => (i === 7 ? -60 : i === 30 ? 30 : (i * 7) % 5)),
      { index: 7, type: 'dip' },
    ],
    [
      'a line that rises steeply has none, whatever sticks out a little',
      Array.from({ length: 40 }, (_, i) => 100 * i),
      null,
    ],
    [
      'two lines that meet, though their levels differ',
      Array.from({ length: 60 }, (_, i) => (i < 30 ? i : 60 - i) + (i % 3)),
      { type: 'trend_change' },
    ],
    [
      'a long series with a small change',
      Array.from({ length: 700 }, (_, i) => (i < 350 ? 0 : 0.1) + ((i * 37) % 11)),
      null,
    ],
    [
      'a wider spread around one level',
      Array.from({ length: 120 }, (_, i) => (i < 60 ? 1 : 20) * Math.sin(i * 2.4)),
      { type: 'distribution_change' },
    ],
  ])('%s', (_, values, expected) => {
    const found = changePoint(values);
    if (expected === null) expect(found).toBeNull();
    else expect(found).toMatchObject(expected);
  });

  it('is the surer the larger it is', () => {
    const [small, large] = [20, 100].map((by) => changePoint(noise.map((value, i) => value + (i >= 11 ? by : 0)))!);
    expect(large!.pvalue).toBeLessThan(small!.pvalue);
    expect(small!.pvalue).toBeLessThan(0.01);
    expect(changePoint(Array.from({ length: 25 }, (_, i) => (i < 12 ? 0 : 42)))!.pvalue).toBe(0);
  });
});
