import { count } from '../values/quantities.ts';
import type { HuntResult, Outcome } from './report.ts';

/** The outcomes, what a hunter must look at first in front. */
export const outcomes: readonly Outcome[] = ['hits', 'cannot tell', 'failed', 'interrupted', 'none'];

/** The colour of each outcome on white. */
export const outcomeColours: Readonly<Record<Outcome, string>> = {
  hits: '#c5341d',
  'cannot tell': '#b07503',
  failed: '#7d3c98',
  interrupted: '#66727f',
  none: '#2e7d57',
};

/** The outcome that counts most among several. */
export const strongest = (among: readonly Outcome[]): Outcome =>
  outcomes.find((outcome) => among.includes(outcome)) ?? 'none';

/** `3 hits`, `no hits`, `cannot tell`. */
export function outcomeText({ outcome, result, unread }: HuntResult): string {
  if (outcome === 'hits') return count(result?.values.length ?? 0, 'hit');
  return outcome === 'none' ? noHits(unread) : outcome;
}

/** No hits is said of what was read. */
export const noHits = (unread: string | undefined): string =>
  unread === undefined ? 'no hits' : 'no hits in what was read';

/**
 * Which of two deserves a look before the other: by outcome, and of hits the rarer ones, for a hunt with three hits says
 * more than one with three thousand.
 */
export const byUrgency = (a: Weight, b: Weight): number =>
  outcomes.indexOf(a.outcome) - outcomes.indexOf(b.outcome) || a.hits - b.hits;

interface Weight {
  readonly outcome: Outcome;
  readonly hits: number;
}

/** What counts when results are ranked. */
export const weightOf = (results: readonly HuntResult[]): Weight => ({
  outcome: strongest(results.map(({ outcome }) => outcome)),
  hits: results.reduce((sum, { result }) => sum + (result?.values.length ?? 0), 0),
});
