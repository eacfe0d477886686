import { cellIdentity } from '../../../runs/row-text.ts';
import { type CellValue, isDate, isNumeric } from '../../../values/types.ts';
import { wireCell } from '../../../values/wire-cell.ts';
import type { Handler } from '../call.ts';
import { cutCell } from '../cells.ts';
import { Stale } from '../errors.ts';
import type { KeptResult } from '../handles.ts';

/** Characters of a value in a record. */
const mostCharacters = 64 << 10;

/** One row with all of its columns. */
export const record: Handler<'record'> = async ({ handle, row }, workbench) => {
  const cells = rowOf(workbench.handles.get(handle), row).map((value) => cutCell(value, mostCharacters));
  return {
    values: cells.map(({ cell }) => cell),
    cut: cells.flatMap(({ length }, column) => (length === null ? [] : { row: 0, column, length })),
  };
};

/** One value, however long, and how many rows have the same. */
export const cell: Handler<'cell'> = async ({ handle, row, column }, workbench) => {
  const kept = workbench.handles.get(handle);
  const of = kept.columns[column];
  if (!of) throw new Stale('this answer has no such column');
  const value = rowOf(kept, row)[column]!;
  const wanted = cellIdentity(value, of);
  const isOrdered = (isNumeric(of.type) || isDate(of.type)) && value !== null && !Array.isArray(value);
  const others = isOrdered ? kept.rows.map((other) => other[column]!).filter((other) => other !== null) : null;
  const below = others?.filter((other) => !Array.isArray(other) && other < value!).length ?? null;
  return {
    value: wireCell(value),
    same: kept.rows.filter((other) => cellIdentity(other[column]!, of) === wanted).length,
    of: kept.rows.length,
    below,
    atLeast: others && others.length - below!,
  };
};

function rowOf({ rows }: KeptResult, place: number): readonly CellValue[] {
  const row = rows[place];
  if (!row) throw new Stale('this answer has no such row');
  return row;
}
