import { describe, expect, it } from 'vitest';
import { rhythmOf } from './rhythm.ts';

/** Times in milliseconds, with these seconds between them. */
const apart = (pauses: readonly number[]): number[] => {
  let at = Date.parse('2026-03-10T00:00:00Z');
  return [at, ...pauses.map((pause) => (at += pause * 1000))];
};
const repeat = (n: number, pauses: readonly number[]): number[] => Array.from({ length: n }, () => pauses).flat();

describe('rhythmOf', () => {
  it.each<[string, number[], string]>([
    ['one event', [], 'few'],
    ['a handful of events', [60, 60, 60, 60], 'few'],
    ['a timer', repeat(40, [60]), 'steady'],
    ['a timer with a jitter of half its length', repeat(10, [30, 40, 50, 60, 70, 80, 90]), 'steady'],
    ['a timer on a machine that slept once', [...repeat(100, [25]), 43_200, ...repeat(100, [25])], 'steady'],
    ['bursts of three every hour', repeat(20, [1, 1, 3598]), 'bursty'],
    ['bursts of ten every hour', repeat(10, [...repeat(9, [1]), 3591]), 'bursty'],
    ['all at once', repeat(20, [0]), 'bursty'],
    ['a person at work', repeat(5, [1, 3, 200, 4, 9, 1500, 2, 40]), 'bursty'],
  ])('%s', (_, pauses, judgement) => {
    expect(rhythmOf(apart(pauses)).judgement).toBe(judgement);
  });

  it('measures the pauses, whatever the order of the times', () => {
    const rhythm = rhythmOf(apart([50, 60, 70, 60, 40, 60]).reverse());
    expect(rhythm).toEqual({
      judgement: 'steady',
      intervals: 6,
      medianSeconds: 60,
      spread: 5 / 60,
      histogram: [
        { fromSeconds: 30, toSeconds: 60, count: 2 },
        { fromSeconds: 60, toSeconds: 120, count: 4 },
      ],
    });
  });

  it('says nothing of the spread of a median of zero, and keeps the empty lengths between', () => {
    const { medianSeconds, spread, histogram } = rhythmOf(apart([0, 0, 0, 0, 0, 1]));
    expect([medianSeconds, spread, histogram.map(({ count }) => count)]).toEqual([0, null, [5, 0, 0, 1]]);
  });

  it('has no pauses without times', () => {
    expect(rhythmOf([])).toMatchObject({ intervals: 0, medianSeconds: null, histogram: [] });
  });
});
