import { JudgedResult } from '../../runs/verdicts/judged-rows.ts';
import type { Judgement as Saved } from '../../runs/verdicts/judgement.ts';
import { wireCell } from '../../values/wire-cell.ts';
import type { Judgement } from '../contract/states.ts';

import type { KeptResult } from './handles.ts';

/** Answers as judgements know their rows, for as long as the answers are kept. */
const known = new WeakMap<KeptResult['whole'], Promise<JudgedResult>>();

export function judgedResult({ whole }: Pick<KeptResult, 'whole'>): Promise<JudgedResult> {
  const found = known.get(whole) ?? JudgedResult.of(whole);
  known.set(whole, found);
  return found;
}

/** The judgements of the rows at some places of an answer. */
export async function judgementsAt(
  kept: KeptResult,
  places: readonly number[],
  all: ReadonlyMap<string, Saved>,
): Promise<(Judgement | null)[]> {
  if (all.size === 0) return places.map(() => null);
  const judged = await judgedResult(kept);
  return places.map((place) => {
    const found = judged.at(place, all);
    if (!found) return null;
    const { judgement, givenFor } = found;
    const { verdict, note, by, at } = judgement;
    return {
      ...{ verdict, note, by, at: at.getTime() },
      givenFor: givenFor.columns.map(({ name, type }, i) => ({
        column: { name, type },
        value: wireCell(givenFor.values[i]!),
      })),
    };
  });
}
