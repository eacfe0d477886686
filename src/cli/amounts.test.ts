import { expect, it } from 'vitest';
import { bodyBytes, memoryBytes, memorySize, secondsOrSpan, timeSpan } from './amounts.ts';

it('times take units, and a bare number where one was always taken', () => {
  expect(['3', '3s', '500ms', '2 minutes', '1h'].map((text) => secondsOrSpan(text).milliseconds)).toEqual([
    ...[3000, 3000, 500, 120_000, 3_600_000],
  ]);
  for (const text of ['', '3x', '-3s', '1.5h', 's']) expect(() => secondsOrSpan(text)).toThrow(/no span of time/);
  expect(() => timeSpan('3')).toThrow(/no span of time/);
});

it('sizes take units', () => {
  expect([memoryBytes('2GB'), memoryBytes('2GiB'), bodyBytes('2mb'), bodyBytes('77')]).toEqual([
    ...[2e9, 2 ** 31, 2 ** 21, 77],
  ]);
  expect(memorySize('1.5 GiB')).toBe('1610612736B');
  for (const text of ['4gigs', '0', '512', '100%', '']) expect(() => memorySize(text)).toThrow(/expected a size/);
});
