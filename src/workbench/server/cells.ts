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
