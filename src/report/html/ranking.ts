import type { Hunt } from '../../hunts/hunt.ts';
import { byUrgency, outcomes, weightOf } from '../outcomes.ts';
import type { HuntResult, Outcome } from '../report.ts';

/** One query's result, and what links to it call it. */
export interface QueryEntry {
  readonly id: string;
  readonly label: string;
  readonly result: HuntResult;
}

/** A hunt with the results of its queries. */
export interface HuntEntry {
  readonly id: string;
  readonly name: string;
  readonly hunt: Hunt | null;
  readonly outcome: Outcome;
  readonly queries: readonly QueryEntry[];
}

/** Whether what came of a query is a line until somebody opens it: nothing in it needs a look before the hits. */
export const isFolded = (outcome: Outcome): boolean => outcome === 'cannot tell' || outcome === 'none';

/** The hunts of a run, those first that most need a look; among equals their order stays. */
export function rankHunts(results: readonly HuntResult[]): HuntEntry[] {
  const groups = new Map<string, HuntResult[]>();
  for (const [i, result] of results.entries()) {
    const key = result.hunt?.file ?? `query ${i}`;
    groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  const ranked = [...groups.values()]
    .map((group) => ({ group, weight: weightOf(group) }))
    .sort((a, b) => byUrgency(a.weight, b.weight));
  return ranked.map(({ group, weight: { outcome } }, i) => {
    const { hunt } = group[0]!;
    const id = `hunt${i + 1}`;
    const name = hunt?.name ?? 'Query';
    const queries = group.map((result) => ({
      id: group.length > 1 ? `${id}-query${result.query + 1}` : id,
      label: group.length > 1 ? `${name}, query ${result.query + 1}` : name,
      result,
    }));
    return { id, name, hunt, outcome, queries };
  });
}

/** Every query of ranked hunts by its own outcome. */
export function queriesByOutcome(hunts: readonly HuntEntry[]): { outcome: Outcome; queries: QueryEntry[] }[] {
  const all = hunts.flatMap(({ queries }) => queries);
  return outcomes
    .map((outcome) => ({ outcome, queries: all.filter(({ result }) => result.outcome === outcome) }))
    .filter(({ queries }) => queries.length > 0);
}
