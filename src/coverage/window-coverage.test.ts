import { expect, it } from 'vitest';
import { coverWindow } from './window-coverage.ts';

it('has no window for a query that reads no events', () => {
  expect(coverWindow([], new Date())).toEqual({ from: null, to: null, covered: null });
});
