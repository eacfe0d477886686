import type { CellValue, ResultColumn, ScalarValue } from '../../values/types.ts';
import type { Cell, ColumnInfo, Scalar } from '../contract/question.ts';

/** A cell in JSON that a page reads without losing a digit. */
export function cellOf(value: CellValue): Cell {
  if (value === null) return null;
  return Array.isArray(value) ? (value as readonly ScalarValue[]).map(scalarOf) : scalarOf(value as ScalarValue);
}

function scalarOf(value: ScalarValue): Scalar {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  // JSON has no words for these.
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

export const columnsOf = (columns: readonly ResultColumn[]): ColumnInfo[] =>
  columns.map(({ name, type }) => ({ name, type }));

/** A cell without the ends of long texts; `length` is set where something is missing: the characters of the longest. */
export function cutCell(value: CellValue, most: number): { readonly cell: Cell; readonly length: number | null } {
  const cell = cellOf(value);
  const texts = (Array.isArray(cell) ? cell : [cell]).filter((one) => typeof one === 'string');
  const longest = texts.reduce((length, text) => Math.max(length, text.length), 0);
  if (longest <= most) return { cell, length: null };
  const cut = (one: Scalar): Scalar => (typeof one === 'string' ? wellFormed(one.slice(0, most)) : one);
  return { cell: Array.isArray(cell) ? cell.map(cut) : cut(cell as Scalar), length: longest };
}

/** Half of a character stays out. */
const wellFormed = (text: string): string => text.replace(/[\uD800-\uDBFF]$/, '');
