import { signal } from '@preact/signals';
import type { ResultInfo } from '../../contract/states.ts';
import { go, type Panel, place } from '../state/location.ts';
import type { Grid } from './grid-state.ts';
import { PagedRows } from './rows.ts';

/** The answer whose rows are shown. */
export const shownResult = signal<ResultInfo | null>(null);
/** The table of its rows, and the table that had the focus last: that one, or one in the drawer. */
export const mainGrid = signal<Grid | null>(null);
export const focusedGrid = signal<Grid | null>(null);
/** Rises when rows are to be read again: what was judged or accepted has changed. */
export const rowsRevision = signal(0);

/** Reads the rows again, as after a verdict or an entry of the allow-list. */
export const refreshRows = (): void => {
  rowsRevision.value += 1;
};

/** The place in the whole answer of the row that is looked at: that of the drawer, else the active one. */
export function currentPlace(): number | null {
  const { row } = place.value;
  if (row !== null) return row;
  const grid = mainGrid.value;
  if (!grid || grid.rows.count === 0) return null;
  return grid.rows.place(Math.max(0, grid.state.active.value.row)) ?? null;
}

/** Opens a panel for the row that is looked at. */
export function openPanel(panel: Panel): void {
  const row = currentPlace();
  if (row !== null) go({ row, panel });
}

/** Goes to the next row or the one before; an open drawer shows it. False at the end. */
export function stepRow(by: number): boolean {
  const grid = mainGrid.value;
  if (!grid) return false;
  const { active } = grid.state;
  const open = place.value.row;
  const now =
    open !== null && grid.rows instanceof PagedRows ? (grid.rows.rowOf(open) ?? active.value.row) : active.value.row;
  return toRow(now + by);
}

/** Goes to a row of the table; an open drawer shows it. False where there is none. */
export function toRow(to: number): boolean {
  const grid = mainGrid.value;
  if (!grid || to < 0 || to >= grid.rows.count) return false;
  const { active } = grid.state;
  const open = place.value.row;
  grid.state.move({ ...active.value, row: to }, false);
  const shown = grid.rows.place(to);
  const { process: _, ...options } = place.value.options;
  if (open !== null && shown !== undefined) go({ row: shown, options }, { replace: true });
  return true;
}
