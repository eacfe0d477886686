import type pc from 'picocolors';
import { cellText } from '../values/json.ts';
import type { QueryResult } from '../values/types.ts';
import { visible } from '../values/visible.ts';
import { fits, grid } from './table-grid.ts';
import { textWidth } from './text-width.ts';

type Colours = ReturnType<typeof pc.createColors>;
type Rows = Pick<QueryResult, 'columns' | 'values'>;

/** A text that is cut to less says little. */
const leastText = 20;

/**
 * Rows under their names, in as many columns as can be read: where they do not fit, those of `less` are left out in turn, and
 * named below. `more`: what shows them. `least`: how much of a text must stay at least.
 */
export function* fittingGrid(
  rows: Rows,
  width: number | null,
  colours: Colours,
  {
    less,
    more,
    least = leastText,
  }: { readonly less: readonly string[]; readonly more: string; readonly least?: number },
): Iterable<string> {
  let shown = rows;
  const left: string[] = [];
  for (const name of width === null ? [] : less) {
    if (fits(shown, width!, least)) break;
    const at = shown.columns.findIndex((column) => column.name === name);
    if (at < 0) continue;
    shown = { columns: shown.columns.toSpliced(at, 1), values: shown.values.map((row) => row.toSpliced(at, 1)) };
    left.push(name);
  }
  yield* grid(shown, width, colours);
  if (left.length > 0) yield colours.dim(`no room for ${left.reverse().join(', ')}: ${more}\n`);
}

/** Rows whose last column is prose: where it does not fit, it goes on below, under its own beginning. */
export function* proseGrid({ columns, values }: Rows, width: number | null, colours: Colours): Iterable<string> {
  const last = columns.length - 1;
  const before = columns.slice(0, -1).map(({ name, type }, i) => {
    const texts = [name, ...values.map((row) => cellText(row[i] ?? null, type))];
    return Math.max(...texts.map((text) => textWidth(visible(text)))) + 2;
  });
  const room = width === null ? Number.POSITIVE_INFINITY : width - before.reduce((sum, n) => sum + n, 0);
  const lines = values.map((row) => wrapped(cellText(row[last] ?? null, 'keyword'), Math.max(room, leastText)));
  const broken = values.flatMap((row, i) =>
    lines[i]!.map((text, line) => [...(line === 0 ? row.slice(0, -1) : row.slice(0, -1).map(() => '')), text]),
  );
  yield* grid({ columns, values: broken }, null, colours);
}

function wrapped(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const longer = lines.at(-1) === '' ? word : `${lines.at(-1)} ${word}`;
    if (textWidth(longer) <= width || lines.at(-1) === '') lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
