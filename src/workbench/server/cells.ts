import type { CellValue, ResultColumn } from '../../values/types.ts';
import { wireCell } from '../../values/wire-cell.ts';
import type { Cell, ColumnInfo, Scalar } from '../contract/question.ts';

export const columnsOf = (columns: readonly ResultColumn[]): ColumnInfo[] =>
  columns.map(({ name, type }) => ({ name, type }));

/** A cell without the ends of long texts; `length` is set where something is missing: the characters of the longest. */
export function cutCell(value: CellValue, most: number): { readonly cell: Cell; readonly length: number | null } {
  const cell = wireCell(value);
  const texts = (Array.isArray(cell) ? cell : [cell]).filter((one) => typeof one === 'string');
  const longest = texts.reduce((length, text) => Math.max(length, text.length), 0);
  if (longest <= most) return { cell, length: null };
  const cut = (one: Scalar): Scalar => (typeof one === 'string' ? wellFormed(one.slice(0, most)) : one);
  return { cell: Array.isArray(cell) ? cell.map(cut) : cut(cell as Scalar), length: longest };
}

/** Half of a character stays out. */
const wellFormed = (text: string): string => text.replace(/[\uD800-\uDBFF]$/, '');
