import { type Signal, signal } from '@preact/signals';
import type { Rows } from './rows.ts';

/** A cell of a table: row -1 is the head, column 0 the number of the row. */
export interface CellPlace {
  readonly row: number;
  readonly column: number;
}

/** Where a table is looked at: it outlives what is drawn, so that going back leads to the same place. */
export class GridState {
  readonly active: Signal<CellPlace> = signal({ row: 0, column: 1 });
  /** The other end of what is selected; null where that is the active cell alone. */
  readonly anchor: Signal<CellPlace | null> = signal(null);
  /** The rows that are in sight: the place of the first, and of the one behind the last. */
  readonly seen: Signal<readonly [from: number, to: number]> = signal([0, 0]);
  scrollTop = 0;
  /** Pixels of a row where `scrollTop` was measured. */
  rowHeight: number | null = null;
  scrollLeft = 0;

  move(to: CellPlace, extends_: boolean): void {
    if (!extends_) this.anchor.value = null;
    else if (this.anchor.value === null && this.active.value.row >= 0) this.anchor.value = this.active.value;
    this.active.value = to;
  }

  /** Remembers which rows are in sight. */
  see(from: number, to: number): void {
    const [first, end] = this.seen.value;
    if (first !== from || end !== to) this.seen.value = [from, to];
  }

  /** The rows and columns that are selected, with both ends. */
  get selection(): {
    readonly rows: readonly [number, number];
    readonly columns: readonly [number, number];
    readonly isRange: boolean;
  } {
    const { row, column } = this.active.value;
    const other = this.anchor.value ?? this.active.value;
    return {
      rows: [Math.max(0, Math.min(row, other.row)), Math.max(row, other.row)],
      columns: [Math.min(column, other.column), Math.max(column, other.column)],
      isRange: this.anchor.value !== null && (other.row !== row || other.column !== column),
    };
  }
}

/** Where a key leads from a cell; null for a key that leads nowhere. */
export function cellAfter(
  { row, column }: CellPlace,
  { key, ctrlKey, metaKey }: { readonly key: string; readonly ctrlKey: boolean; readonly metaKey: boolean },
  { rows, columns, page }: { readonly rows: number; readonly columns: number; readonly page: number },
): CellPlace | null {
  const far = ctrlKey || metaKey;
  const to = (wantedRow: number, wantedColumn: number): CellPlace => ({
    row: Math.max(-1, Math.min(rows - 1, wantedRow)),
    column: Math.max(0, Math.min(columns - 1, wantedColumn)),
  });
  switch (key) {
    case 'ArrowUp':
      return to(far ? 0 : row - 1, column);
    case 'ArrowDown':
      return to(far ? rows - 1 : row + 1, column);
    case 'ArrowLeft':
      return to(row, far ? 0 : column - 1);
    case 'ArrowRight':
      return to(row, far ? columns - 1 : column + 1);
    case 'PageUp':
      return to(Math.max(0, row - page), column);
    case 'PageDown':
      return to(row + page, column);
    case 'Home':
      return far ? to(0, 0) : to(row, 0);
    case 'End':
      return far ? to(rows - 1, columns - 1) : to(row, columns - 1);
    default:
      return null;
  }
}

/** A table that can have the focus, for the commands that work on it. */
export interface Grid {
  readonly state: GridState;
  readonly rows: Rows;
  /** The places of the columns in the answer, as they stand. */
  columns(): readonly number[];
  focus(): void;
  /** Where a cell is drawn; null where it is not. */
  rectangle(cell: CellPlace): DOMRect | null;
}
