import { cellJson } from '../values/json.ts';
import type { CellValue, QueryResult, ResultColumn, ScalarValue } from '../values/types.ts';

/** A cell as a text that is equal for equal values. The order of several values means nothing. */
export function cellIdentity(value: CellValue, { type }: ResultColumn): string {
  if (!Array.isArray(value)) return cellJson(value, type);
  return `[${(value as readonly ScalarValue[])
    .map((item) => cellJson(item, type))
    .sort()
    .join(',')}]`;
}

/** The cells at some places of a row as one text, equal for equal cells. */
export const rowIdentity = (
  row: readonly CellValue[],
  columns: readonly ResultColumn[],
  places: readonly number[],
): string => `[${places.map((at) => cellIdentity(row[at]!, columns[at]!)).join(',')}]`;

/** The places of the columns that say which row is which; every place where no names are given. */
export function placesOf(columns: readonly ResultColumn[], names: readonly string[] | null): readonly number[] {
  return columns.flatMap(({ name }, at) => (names === null || names.includes(name) ? at : []));
}

/** The keys of a row that its answer does not show, as one text; empty where it shows all that are known. */
export function hiddenIdentity({ hiddenKeys }: Pick<QueryResult, 'hiddenKeys'>, place: number): string {
  if (!hiddenKeys) return '';
  const every = hiddenKeys.columns.map((_, at) => at);
  return rowIdentity(hiddenKeys.values[place]!, hiddenKeys.columns, every);
}
