import { useRef } from 'preact/hooks';
import { type Action, useActions } from '../state/keys.ts';
import { go, place } from '../state/location.ts';
import { say, sayError } from '../state/session.ts';
import { filterByKey, isProcessId, type MenuCell, openProcess } from './cell-menu.tsx';
import { currentPlace, focusedGrid, mainGrid, openPanel, stepRow } from './current.ts';
import type { CellPlace, Grid } from './grid-state.ts';
import { judgingActions } from './judging.ts';
import { toggleHidden } from './options.ts';

type At = { readonly x: number; readonly y: number };

/** What a table lets its keys do. */
export interface TableCommands {
  cellAt(row: number, column: number): MenuCell | null;
  onMenu(cell: CellPlace, at: At): void;
  openDrawer(row: number): void;
  openRecord(row: number): void;
  openDifferences(one: number, other: number): void;
  openCopy(grid: Grid, at: At): void;
  sortBy(column: number): void;
  find(): void;
}

/** A button or a field in the drawer keeps Enter and Space for itself. */
const hasFocus = (): boolean => document.activeElement?.getAttribute('role') === 'grid';
const isMain = (): boolean => focusedGrid.value !== null && focusedGrid.value === mainGrid.value;
const isOnMain = (): boolean => hasFocus() && isMain();

/** The keys of a table, which the palette has too. */
export function useTableActions(commands: TableCommands): void {
  const latest = useRef(commands);
  latest.current = commands;
  useActions(() => {
    const on = (work: (grid: Grid, cell: CellPlace) => void) => (): void => {
      const grid = focusedGrid.value ?? mainGrid.value;
      if (grid) work(grid, grid.state.active.value);
    };
    const filter = (keeps: boolean) =>
      on((_, { row, column }) => {
        const cell = latest.current.cellAt(row, column);
        if (cell) void filterByKey(cell, keeps).catch(sayError);
      });
    const below = (grid: Grid): At => {
      const box = grid.rectangle(grid.state.active.value);
      return box ? { x: box.left, y: box.bottom } : { x: innerWidth / 3, y: innerHeight / 3 };
    };
    const action = (
      id: string,
      label: string,
      keys: string | null,
      run: () => void,
      isOff?: () => boolean,
    ): Action => ({
      ...{ id, label, keys, where: 'table', run },
      ...(isOff && { isOff }),
    });
    return [
      action(
        'cell-menu',
        'Menu of the cell',
        'Space',
        on((grid, cell) => latest.current.onMenu(cell, below(grid))),
        () => !isOnMain(),
      ),
      action('only', 'Only this value', '+', filter(true), () => !isMain()),
      action('exclude', 'Exclude this value', '-', filter(false), () => !isMain()),
      action(
        'drawer',
        'Events of the row',
        'Enter',
        on((_, { row, column }) => (row < 0 ? latest.current.sortBy(column) : latest.current.openDrawer(row))),
        () => !isOnMain(),
      ),
      action(
        'record',
        'Record of the row',
        'v',
        on((_, { row }) => latest.current.openRecord(Math.max(0, row))),
        () => !isMain(),
      ),
      action(
        'differences',
        'Differences of the first and the last selected row',
        'Shift+V',
        on(({ state }) => {
          const [first, last] = state.selection.rows;
          if (first === last) say('select two rows with Shift first');
          else latest.current.openDifferences(first, last);
        }),
        () => !isMain(),
      ),
      action(
        'sort',
        'Sort by the column',
        's',
        on((_, { column }) => latest.current.sortBy(column)),
        () => !isMain(),
      ),
      action(
        'copy',
        'Copy rows',
        'y',
        on((grid) => latest.current.openCopy(grid, below(grid))),
      ),
      action('show-hidden', 'Show or hide accepted rows', 'h', toggleHidden),
      action('find-rows', 'Filter rows', null, () => latest.current.find()),
      action('next-hit', 'Next hit', ']', step(1)),
      action('last-hit', 'Hit before', '[', step(-1)),
      action('events', 'Events of the row', 'e', () => openPanel('events')),
      action('process', 'Process of the row', 'p', () => openProcessOf(latest.current)),
      ...judgingActions,
    ];
  });
}

const step = (by: number) => (): void => {
  if (!stepRow(by)) say(by > 0 ? 'this is the last row' : 'this is the first row');
};

/** The process that the active cell names, else the one that most events of the row are of. */
function openProcessOf({ cellAt }: TableCommands): void {
  const { row: open, options } = place.value;
  const grid = mainGrid.value;
  const { row, column } = grid?.state.active.value ?? { row: -1, column: 0 };
  const cell = open === null && row >= 0 ? cellAt(row, column) : null;
  const laid = cell && grid!.columns()[column - 1];
  const value = cell && laid != null && isProcessId(cell.column.name) ? grid!.rows.cell(row, laid) : null;
  if (cell && typeof value === 'string') {
    openProcess(cell.row, value);
    return;
  }
  const shown = currentPlace();
  const { process: _, ...rest } = options;
  if (shown !== null) go({ row: shown, panel: 'process', options: rest });
}
