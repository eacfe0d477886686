import { describe, expect, it } from 'vitest';
import { fisherTail, normalTail, smirnovTail } from './probability.ts';

/** Reference values are those of published tables, or follow from counting by hand. */
describe('tails of distributions', () => {
  it.each([
    [0, 0.5],
    [1.959963984540054, 0.025],
    [-1, 0.8413447460685429],
    [3, 1.34989803163009e-3],
    [6, 9.865876450376946e-10],
    [30, 4.906713927148187e-198],
  ])('of the normal distribution above %d', (z, expected) => {
    expect(normalTail(z) / expected).toBeCloseTo(1, 10);
  });

  it.each([
    [4.964602743730711, 1, 10, 0.05],
    [3.1, 3, 20, 0.0499],
    [0, 2, 5, 1],
  ])('of the ratio %d with %d and %d degrees of freedom', (ratio, a, b, expected) => {
    expect(fisherTail(ratio, a, b)).toBeCloseTo(expected, 3);
  });

  it('of the distance between two samples', () => {
    // Two of the six orders of two and two values keep the samples apart, and all are at least half apart.
    expect(smirnovTail(1, 2, 2)).toBeCloseTo(2 / 6, 12);
    expect(smirnovTail(0.5, 2, 2)).toBeCloseTo(1, 12);
    expect(smirnovTail(1, 5, 5)).toBeCloseTo(2 / 252, 12);
    expect(smirnovTail(1, 1, 3)).toBeCloseTo(2 / 4, 12);
    expect(smirnovTail(0.2, 250, 250)).toBeLessThan(1e-4);
  });
});
