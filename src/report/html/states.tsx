import { visible } from '../../values/visible.ts';
import { HuntHeading, type ShownState } from '../../view/hunt-heading.tsx';
import { type State, StateWord } from '../../view/outcome.tsx';
import { isOverPart, noHitsInPart } from '../outcomes.ts';
import type { HuntResult } from '../report.ts';
import { drawn, type Html } from './markup.ts';
import type { HuntEntry } from './ranking.ts';

/** What came of a hunt, as a state: of several queries the strongest outcome. */
function stateOfHunt({ outcome, queries }: HuntEntry): ShownState {
  const [first, ...others] = queries;
  if (first && others.length === 0) return stateOf(first.result);
  const hits = queries.reduce((sum, { result }) => sum + (result.outcome === 'hits' ? hitsOf(result) : 0), 0);
  return { state: outcome, ...(outcome === 'hits' && { detail: hits.toLocaleString('en') }) };
}

/** What came of a query, as a state. */
function stateOf(result: HuntResult): ShownState {
  const { outcome } = result;
  if (outcome === 'hits') return { state: outcome, detail: hitsOf(result).toLocaleString('en') };
  return outcome !== 'none' && isOverPart(result)
    ? { state: outcome, detail: noHitsInPart, separator: ': ' }
    : { state: outcome };
}

/** The rows that a query gave, those included that a report leaves out. */
export const hitsOf = ({ result, leftOut }: HuntResult): number => (result?.values.length ?? 0) + (leftOut ?? 0);

/** The name of a hunt, with what came of it. */
export const huntHeading = (hunt: HuntEntry): Html =>
  drawn(<HuntHeading level="h2" name={visible(hunt.name)} states={[stateOfHunt(hunt)]} />);

/** The name of one of several queries of a hunt, with what came of it. */
export const queryHeading = (name: string, result: HuntResult): Html =>
  drawn(<HuntHeading level="h3" name={visible(name)} states={[stateOf(result)]} />);

/** A state in a word; `detail` is what it is of. */
export const stateWord = (state: State, detail?: string): Html =>
  drawn(<StateWord state={state} {...(detail !== undefined && { detail })} />);
