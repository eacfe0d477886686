import type { JSX } from 'preact';
import type { Cell, ColumnInfo } from '../../contract/question.ts';
import type { ResultInfo } from '../../contract/states.ts';
import { call } from '../api/client.ts';
import { say, sayError } from '../state/session.ts';
import { countWords } from '../words.ts';
import { type CopyForm, copyForms, rowsText, toClipboard } from './copy.ts';
import type { Grid } from './grid-state.ts';
import { Menu } from './menu.tsx';
import { PagedRows } from './rows.ts';

/** Rows that are copied at once. */
const mostCopied = 10_000;
/** Rows of one call. */
const pageRows = 500;

/** Copies what is selected; without a selection, the row. */
export function CopyMenu({
  grid,
  result,
  at,
  onClose,
}: {
  readonly grid: Grid;
  readonly result: ResultInfo;
  readonly at: { readonly x: number; readonly y: number };
  readonly onClose: () => void;
}): JSX.Element {
  const { from, to, columns } = selected(grid);
  const what = `${countWords(to - from, 'row')}, ${countWords(columns.length, 'column')}`;
  const copy = async (form: CopyForm): Promise<void> => {
    const rows = await read(grid, from, Math.min(to, from + mostCopied), columns, result);
    const infos = columns.map((column): ColumnInfo => grid.rows.columns[column]!);
    await toClipboard(rowsText(infos, rows, form));
    say(
      `${what} copied as ${form}${to - from > mostCopied ? `: the first ${mostCopied.toLocaleString('en')} rows` : ''}`,
    );
  };
  return (
    <Menu
      label={`Copy ${what}`}
      at={at}
      onClose={onClose}
      groups={[
        {
          title: `Copy ${what}`,
          items: copyForms.map((form) => ({
            label: form === 'ES|QL' ? 'ES|QL condition' : form,
            run: () => void copy(form).catch(sayError),
          })),
        },
      ]}
    />
  );
}

/** The rows and columns to copy: a single cell stands for its row. */
function selected({ state, columns }: Grid): { from: number; to: number; columns: readonly number[] } {
  const { rows, columns: across, isRange } = state.selection;
  const shown = columns();
  const chosen = isRange ? shown.slice(Math.max(0, across[0] - 1), across[1]) : shown;
  return { from: rows[0], to: rows[1] + 1, columns: chosen };
}

/** Values as they are: what a table shows cut is read whole. */
async function read(
  { rows }: Grid,
  from: number,
  to: number,
  columns: readonly number[],
  { handle }: ResultInfo,
): Promise<Cell[][]> {
  if (!(rows instanceof PagedRows)) {
    const all = Array.from({ length: to - from }, (_, i) => from + i);
    return all.map((row) => columns.map((column) => rows.cell(row, column) ?? null));
  }
  const found: Cell[][] = [];
  for (let at = from; at < to; at += pageRows) {
    const page = await rows.read(at, Math.min(to, at + pageRows), columns);
    const values = page.places.map((_, row) => columns.map((_, column) => page.columns[column]![row] ?? null));
    for (const { row, column } of page.cut) {
      const whole = { handle: handle!, row: page.places[row]!, column: columns[column]! };
      values[row]![column] = (await call('cell', whole)).value;
    }
    found.push(...values);
  }
  return found;
}
