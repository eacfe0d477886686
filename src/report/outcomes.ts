import { count } from '../values/quantities.ts';
import type { HuntResult, Outcome, RunReport } from './report.ts';

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

/** What is said instead of no hits where not all was read. */
export const noHitsInPart = 'no hits in what was read';

/** `3 hits`, `no hits`, `cannot tell`, `cannot tell: no hits in what was read`. */
export function outcomeText(result: HuntResult): string {
  const { outcome } = result;
  if (outcome === 'hits') return count((result.result?.values.length ?? 0) + (result.leftOut ?? 0), 'hit');
  if (outcome === 'none') return 'no hits';
  return isOverPart(result) ? `${outcome}: ${noHitsInPart}` : outcome;
}

/** Whether the data that was read could have shown hits, and did not. */
export const isOverPart = ({ result, unread, coverage }: HuntResult): boolean =>
  result !== null && unread !== undefined && coverage?.verdict !== 'blind';

/** The notes on one of several results: what was not read at all is said once, of all of them. */
export const ownNotes = (
  { notes }: HuntResult,
  { results, unread }: Pick<RunReport, 'results' | 'unread'>,
): readonly string[] =>
  results.length > 1 && unread !== null ? notes.filter((note) => note !== `${noHitsInPart}: ${unread}`) : notes;

/** Whether a report says once what its results do not say each. */
export const saysOnce = (report: Pick<RunReport, 'results' | 'unread'>): boolean =>
  report.results.some((result) => ownNotes(result, report).length < result.notes.length);

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
