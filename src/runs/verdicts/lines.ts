import type { ResultColumn } from '../../values/types.ts';
import { decodeCell, encodeCell, type SavedCell } from '../saved-cells.ts';
import { type Cells, type Judgement, type Verdict, verdicts } from './judgement.ts';

interface SavedCells {
  readonly columns: readonly ResultColumn[];
  readonly values: readonly SavedCell[];
}

/** A judgement as a line of the file; queries are counted from 1, as in reports. */
export const encodeJudgement = ({ at, by, hunt, query, key, rest, verdict, note, text }: Judgement): string =>
  JSON.stringify({
    ...{ at: at.toISOString(), by, hunt, query: query + 1, verdict, note },
    ...{ key: encodeCells(key), row: encodeCells(rest), text },
  });

/** The judgement in a line; null for a line that holds none, such as half of one. */
export function decodeJudgement(line: string): Judgement | null {
  try {
    const saved = JSON.parse(line) as Readonly<Record<string, unknown>>;
    const { at, by, hunt, query, verdict, note, text } = saved;
    const time = new Date(String(at));
    const isWhole =
      !Number.isNaN(time.getTime()) &&
      typeof by === 'string' &&
      (hunt === null || typeof hunt === 'string') &&
      typeof query === 'number' &&
      (verdict === null || verdicts.includes(verdict as Verdict)) &&
      (note === null || typeof note === 'string') &&
      typeof text === 'string';
    if (!isWhole) return null;
    return {
      ...{ at: time, by, hunt, query: query - 1, verdict: verdict as Verdict | null, note, text },
      key: decodeCells(saved.key as SavedCells),
      rest: decodeCells(saved.row as SavedCells),
    };
  } catch {
    return null;
  }
}

const encodeCells = ({ columns, values }: Cells): SavedCells => ({
  columns: columns.map(({ name, type }) => ({ name, type })),
  values: values.map(encodeCell),
});

const decodeCells = ({ columns, values }: SavedCells): Cells => ({
  columns,
  values: columns.map(({ type }, i) => decodeCell(values[i] ?? null, type)),
});
