/*
 * Tails of distributions: how likely a statistic is at least as extreme as what was seen.
 */

/** How likely a standard normal variable is larger, exact in relative terms far out. */
export const normalTail = (z: number): number => complementaryError(z / Math.SQRT2) / 2;

/** How likely Fisher's ratio is larger. */
export const fisherTail = (ratio: number, a: number, b: number): number =>
  ratio <= 0 ? 1 : incompleteBeta(b / (b + a * ratio), b / 2, a / 2);

/**
 * How likely the distributions of two samples of one source lie at least this far apart (Kolmogorov, Smirnov): of all
 * orders in which the values can come, the share that leaves the band around the diagonal.
 */
export function smirnovTail(distance: number, left: number, right: number): number {
  // Distances are multiples of 1 / (left * right); half of one below keeps rounding out.
  const band = distance - 0.5 / (left * right);
  const isInside = (i: number, j: number): boolean => Math.abs(i / left - j / right) < band;
  let row = new Float64Array(right + 1);
  for (let i = 0; i <= left; i++) {
    const next = new Float64Array(right + 1);
    for (let j = 0; j <= right; j++) {
      if (i === 0 && j === 0) next[0] = 1;
      else if (isInside(i, j)) next[j] = (row[j]! * i + (j > 0 ? next[j - 1]! * j : 0)) / (i + j);
    }
    row = next;
  }
  return Math.max(0, 1 - row[right]!);
}

/** One minus the error function: a series near zero, a continued fraction (Lentz) further out. */
function complementaryError(x: number): number {
  if (Number.isNaN(x)) return 1;
  if (x < 0) return 2 - complementaryError(-x);
  if (x < 2) {
    let term = x;
    let sum = x;
    for (let n = 1; Math.abs(term) > 1e-17 * sum && n < 100; n++) {
      term *= (-x * x) / n;
      sum += term / (2 * n + 1);
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * sum;
  }
  let fraction = x;
  let c = x;
  let d = 0;
  for (let n = 1; n < 500; n++) {
    d = 1 / (x + (n / 2) * d);
    c = x + n / 2 / c;
    fraction *= c * d;
    if (Math.abs(c * d - 1) < 1e-15) break;
  }
  return Math.exp(-x * x) / (fraction * Math.sqrt(Math.PI));
}

/** The regularised incomplete beta function, by its continued fraction (Lentz). */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a;
  const tiny = 1e-300;
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1) || tiny);
  let fraction = d;
  for (let m = 1; m < 300; m++) {
    for (const numerator of [
      (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)),
      (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1)),
    ]) {
      d = 1 / (1 + numerator * d || tiny);
      c = 1 + numerator / c || tiny;
      fraction *= d * c;
    }
    if (Math.abs(d * c - 1) < 1e-14) break;
  }
  return front * fraction;
}

/** The logarithm of the gamma function, by Stirling's series. */
function logGamma(z: number): number {
  let shift = 0;
  let at = z;
  for (; at < 10; at++) shift += Math.log(at);
  const inverse = 1 / at;
  const series = inverse / 12 - inverse ** 3 / 360 + inverse ** 5 / 1260 - inverse ** 7 / 1680;
  return (at - 0.5) * Math.log(at) - at + Math.log(2 * Math.PI) / 2 + series - shift;
}
