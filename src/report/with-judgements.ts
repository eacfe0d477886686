import type { QueryResult } from '../values/types.ts';
import type { RowJudgement } from './report.ts';

/** The rows of a result for people, with what was decided about each, by whom, and what they noted. */
export function withJudgements(
  rows: Pick<QueryResult, 'columns' | 'values'>,
  judgements: readonly (RowJudgement | null)[] | undefined,
): Pick<QueryResult, 'columns' | 'values'> {
  const given = (judgements ?? []).filter((one) => one !== null);
  if (given.length === 0) return rows;
  const hasNotes = given.some(({ note }) => note !== null);
  const names = ['verdict', 'judged by', ...(hasNotes ? ['note'] : [])];
  const cells = (judgement: RowJudgement | null): (string | null)[] => {
    if (!judgement) return names.map(() => null);
    const { verdict, givenFor, by, at, note } = judgement;
    const changed = givenFor === null ? '' : ` (given for ${givenFor})`;
    return [
      verdict === null ? null : `${verdict}${changed}`,
      `${by}, ${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`,
      ...(hasNotes ? [note] : []),
    ];
  };
  return {
    columns: [...names.map((name) => ({ name, type: 'keyword' as const })), ...rows.columns],
    values: rows.values.map((row, i) => [...cells(judgements![i] ?? null), ...row]),
  };
}
