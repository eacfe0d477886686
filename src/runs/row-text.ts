import { cellJson } from '../values/json.ts';
import type { CellValue, ResultColumn, ScalarValue } from '../values/types.ts';

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
