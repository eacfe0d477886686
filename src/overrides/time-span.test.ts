import { describe, expect, it } from 'vitest';
import { parseTimeSpan } from './time-span.ts';

describe('a span of time', () => {
  it.each([
    ['24h', '24 hours', 86_400_000],
    ['1 day', '1 day', 86_400_000],
    ['90 minutes', '90 minutes', 5_400_000],
    ['2W', '2 weeks', 1_209_600_000],
  ])('%s', (text, esql, milliseconds) => {
    expect(parseTimeSpan(text)).toEqual({ esql, milliseconds });
  });
  it.each(['', '0h', '24', 'h', '-1d', '1 fortnight', '1d; DROP'])('refuses %j', (text) => {
    expect(() => parseTimeSpan(text)).toThrow('is no span of time');
  });
});
