import { createHash } from 'node:crypto';
import type { HuntResult } from '../../report/report.ts';
import type { CellValue, QueryResult, ResultColumn } from '../../values/types.ts';
import { cellIdentity, placesOf } from '../row-text.ts';

/** What a hunter decides about a group. */
export const verdicts = ['benign', 'suspicious', 'malicious', 'cannot tell'] as const;
export type Verdict = (typeof verdicts)[number];

/** Some cells of one row, with their columns. */
export interface Cells {
  readonly columns: readonly ResultColumn[];
  readonly values: readonly CellValue[];
}

/** What somebody decided about a group, and what its row was then. Without verdict and note it takes back what was said before. */
export interface Judgement {
  readonly at: Date;
  readonly by: string;
  /** The UUID or the name of the hunt; null for a query that belongs to none. */
  readonly hunt: string | null;
  /** The place of the query in its hunt, from zero. */
  readonly query: number;
  /** The cells that identify the group. */
  readonly key: Cells;
  /** The other cells of the row at that time; cells too long to be kept are left out. */
  readonly rest: Cells;
  readonly verdict: Verdict | null;
  readonly note: string | null;
  /** The digest of the text that ran. */
  readonly text: string;
}

/** Characters of a cell that is kept beside a judgement. */
const longestCell = 4000;

/** The cells of a row by which its group is known, and the others. `keys`: as `groupKeysOf` names them. */
export function cellsOf(
  { columns, values, hiddenKeys }: QueryResult,
  place: number,
  keys: readonly string[] | null,
): Pick<Judgement, 'key' | 'rest'> {
  // Keys that are not shown identify the row as well as those that are.
  const shown = keys ?? (hiddenKeys ? [] : null);
  const isKey = new Set(
    placesOf(columns, shown?.every((key) => columns.some(({ name }) => name === key)) ? shown : null),
  );
  const row = values[place]!;
  const rest = columns.flatMap((column, at) =>
    isKey.has(at) || cellIdentity(row[at]!, column).length > longestCell ? [] : at,
  );
  const pick = (places: readonly number[]): Cells => ({
    columns: places.map((at) => columns[at]!),
    values: places.map((at) => row[at]!),
  });
  const key = pick([...isKey]);
  const hidden = hiddenKeys?.values[place];
  return {
    key: hidden ? { columns: [...key.columns, ...hiddenKeys.columns], values: [...key.values, ...hidden] } : key,
    rest: pick(rest),
  };
}

/** A key as a text: the same for the same group, in whatever order a query gives its columns. */
export const keyText = ({ columns, values }: Cells): string =>
  JSON.stringify(
    columns
      .map((column, i): [string, string] => [column.name, cellIdentity(values[i]!, column)])
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
  );

/** What a judgement is about, as a text: the group of a query of a hunt, or of a text that belongs to none. */
export const subjectOf = ({ hunt, query, text, key }: Pick<Judgement, 'hunt' | 'query' | 'text' | 'key'>): string =>
  JSON.stringify([hunt ?? `text ${text}`, query, keyText(key)]);

/** By what judgements name a hunt. */
export const huntName = ({ hunt }: Pick<HuntResult, 'hunt'>): string | null => hunt && (hunt.uuid ?? hunt.name);

/** The digest by which judgements know the text that ran. */
export const textDigest = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The cells of a judgement's row that are not what they were; a column that either side lacks says nothing. */
export function changedSince({ rest }: Pick<Judgement, 'rest'>, now: Cells): Cells {
  const places = rest.columns.flatMap((column, at) => {
    const here = now.columns.findIndex(({ name }) => name === column.name);
    if (here < 0) return [];
    const [then, value] = [rest.values[at]!, now.values[here]!];
    return cellIdentity(then, column) === cellIdentity(value, now.columns[here]!) ? [] : at;
  });
  return { columns: places.map((at) => rest.columns[at]!), values: places.map((at) => rest.values[at]!) };
}
