import { expect, it } from 'vitest';
import { compareCells } from './cell-order.ts';

it.each([
  ['long', 9, 10],
  ['long', '9007199254740993', '9007199254740995'],
  ['long', 5n, 7n],
  ['long', 5, '9007199254740993'],
  ['double', -1.5, 0],
  ['keyword', 'B', 'a'],
  ['keyword', '10', '9'],
  ['ip', '10.0.0.9', '10.0.0.10'],
  ['version', '1.9.0', '1.10.0'],
  ['date', '2026-03-10T00:00:00.000Z', '2026-03-10T00:00:00.001Z'],
  ['keyword', ['a', 'z'], ['b', 'c']],
  ['boolean', false, true],
])('%s: %s comes before %s, and behind it when descending', (type, a, b) => {
  expect(compareCells(a, b, type, false)).toBeLessThan(0);
  expect(compareCells(a, b, type, true)).toBeGreaterThan(0);
  expect(compareCells(a, a, type, false)).toBe(0);
  for (const descending of [false, true]) {
    expect(compareCells(null, a, type, descending)).toBeGreaterThan(0);
    expect(compareCells(a, null, type, descending)).toBeLessThan(0);
  }
});
