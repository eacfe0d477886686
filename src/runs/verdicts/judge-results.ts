import type { HuntResult, RowJudgement } from '../../report/report.ts';
import { cellText } from '../../values/json.ts';
import { JudgedResult, type JudgedRow } from './judged-rows.ts';
import type { Judgement } from './judgement.ts';

/** Results with what was decided about their rows, by `Judgements.all`. */
export async function judgeResults(
  results: readonly HuntResult[],
  all: ReadonlyMap<string, Judgement>,
): Promise<readonly HuntResult[]> {
  if (all.size === 0) return results;
  return Promise.all(
    results.map(async (result) => {
      const values = result.result?.values ?? [];
      if (values.length === 0) return result;
      const rows = await JudgedResult.of(result);
      const judgements = values.map((_, place) => rowJudgement(rows.at(place, all)));
      return judgements.some((one) => one !== null) ? { ...result, judgements } : result;
    }),
  );
}

/** What a report says of a judgement, with what its row was then in words. */
export function rowJudgement(row: JudgedRow | null): RowJudgement | null {
  if (!row) return null;
  const { judgement, givenFor } = row;
  const { verdict, note, by, at } = judgement;
  const then = givenFor.columns.map(({ name, type }, i) => `${name} ${cellText(givenFor.values[i]!, type) || 'null'}`);
  return { verdict, note, by, at, givenFor: then.length > 0 ? then.join(', ') : null };
}
