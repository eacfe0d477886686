import { expect, test } from 'vitest';
import { measureText } from './text-measures.ts';

test('measures length and characters of composed texts', () => {
  expect(measureText('aab', 'length')).toBe(3);
  expect(measureText('aab', 'symbols')).toBe(2);
  expect(measureText('e\u0301', 'length')).toBe(1);
  expect(measureText('😀', 'symbols')).toBe(2);
});

test('measures how characters are spread', () => {
  expect(measureText('aaaa', 'entropy')).toBe(0);
  expect(measureText('abcd', 'entropy')).toBeCloseTo(2, 12);
  expect(measureText('abcd', 'surprisal')).toBeCloseTo(0, 12);
  // Half of the text has surprisal 1, the other half 2.
  expect(measureText('aabc', 'entropy')).toBeCloseTo(1.5, 12);
  expect(measureText('aabc', 'surprisal')).toBeCloseTo(0.5, 12);
});

test('measures nothing of an empty text', () => {
  for (const measure of ['length', 'symbols', 'entropy', 'surprisal'] as const)
    expect(measureText('', measure)).toBe(null);
});
