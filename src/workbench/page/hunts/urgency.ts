import type { ResultInfo } from '../../contract/states.ts';

const outcomes: readonly string[] = ['hits', 'cannot tell', 'failed', 'interrupted', 'none'];

/** How soon somebody should look at an answer, the smallest first: hits before all, new ones before known ones. */
export function urgencyOf({ outcome, fresh }: Pick<ResultInfo, 'outcome' | 'fresh'>): number {
  const isKnown = outcome === 'hits' && fresh !== null && fresh.rows === 0;
  return outcomes.indexOf(outcome) * 2 + (isKnown ? 1 : 0);
}

/** Hunts with the most urgent answers first; those without one follow in the order that they had. */
export function byUrgency<T>(
  hunts: readonly T[],
  answersTo: (hunt: T) => readonly Pick<ResultInfo, 'outcome' | 'fresh'>[],
): T[] {
  const ranked = hunts.map((hunt, at) => {
    const ranks = answersTo(hunt).map(urgencyOf);
    return { hunt, at, rank: ranks.length === 0 ? outcomes.length * 2 : Math.min(...ranks) };
  });
  return ranked.sort((a, b) => a.rank - b.rank || a.at - b.at).map(({ hunt }) => hunt);
}

const verdicts = ['ready', 'partial', 'blind'];

/** Hunts that the data can answer before those that it cannot; each verdict in the order that it had. */
export const byVerdict = <T>(hunts: readonly T[], verdictOf: (hunt: T) => string | undefined): T[] =>
  hunts
    .map((hunt, at) => ({ hunt, at, rank: verdicts.indexOf(verdictOf(hunt) ?? '') }))
    .sort((a, b) => a.rank - b.rank || a.at - b.at)
    .map(({ hunt }) => hunt);
