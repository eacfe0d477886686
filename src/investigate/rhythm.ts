/** How regularly something happens. */
export interface Rhythm {
  /** `few`: too few pauses to judge. */
  readonly judgement: 'steady' | 'bursty' | 'few';
  /** How many pauses this is judged by. */
  readonly intervals: number;
  /** Seconds; null without pauses. */
  readonly medianSeconds: number | null;
  /** The median distance of the pauses from their median, as a part of that; null where the median is zero. */
  readonly spread: number | null;
  /** How many pauses are so long, from zero or a round length up to the next; empty without pauses. */
  readonly histogram: readonly IntervalCount[];
}

export interface IntervalCount {
  /** Included. */
  readonly fromSeconds: number;
  /** Not included. */
  readonly toSeconds: number;
  readonly count: number;
}

/** With fewer pauses nothing is said. */
const fewest = 5;
/** Half of the pauses of a timer with a jitter of ±50 % lie within a quarter to a third of its median. */
const steadySpread = 0.35;
/** A pause of this many medians is a gap; a timer has few of them, as when its machine sleeps. */
const gap = 4;
const mostGaps = 0.05;

/** Judges the pauses between times, given in milliseconds in any order. */
export function rhythmOf(times: readonly number[]): Rhythm {
  const sorted = [...times].sort((a, b) => a - b);
  const pauses = sorted.slice(1).map((time, i) => (time - sorted[i]!) / 1000);
  if (pauses.length === 0) return { judgement: 'few', intervals: 0, medianSeconds: null, spread: null, histogram: [] };
  const middle = median(pauses);
  const spread = middle === 0 ? null : median(pauses.map((pause) => Math.abs(pause - middle))) / middle;
  const gaps = pauses.filter((pause) => pause > gap * middle).length / pauses.length;
  const steady = spread !== null && spread <= steadySpread && gaps <= mostGaps;
  return {
    judgement: pauses.length < fewest ? 'few' : steady ? 'steady' : 'bursty',
    intervals: pauses.length,
    medianSeconds: middle,
    spread,
    histogram: histogramOf(pauses),
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** Round lengths of time, in seconds; no pause is as long as the last. */
const edges = [
  0, 0.1, 0.3, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 28800, 43200, 86400, 172800,
  604800, 2_592_000, 31_536_000, 31_536_000_000,
];

/** Counts pauses between round lengths, from the shortest that there is to the longest. */
function histogramOf(pauses: readonly number[]): IntervalCount[] {
  const places = pauses.map((pause) => edges.findLastIndex((edge) => edge <= pause));
  const [first, last] = [Math.min(...places), Math.max(...places)];
  return Array.from({ length: last - first + 1 }, (_, i) => ({
    fromSeconds: edges[first + i]!,
    toSeconds: edges[first + i + 1]!,
    count: places.filter((place) => place === first + i).length,
  }));
}
