import type pc from 'picocolors';
import { cellText } from '../values/json.ts';
import { isNumeric, type QueryResult } from '../values/types.ts';
import { visible } from '../values/visible.ts';
import { isEntityId, widestId } from './short-ids.ts';
import { textWidth } from './text-width.ts';

type Colours = ReturnType<typeof pc.createColors>;

const gap = '  ';

/** Rows under their names, as wide as they are or as `width` allows. */
export function* grid(
  { columns, values }: Pick<QueryResult, 'columns' | 'values'>,
  width: number | null,
  colours: Colours,
): Iterable<string> {
  const { rows, names, right, rigid, natural } = measured({ columns, values });
  const widths = width === null ? natural : fit(natural, leastWidths(rows, natural, rigid), width);
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => pad(cut(cell, widths[i]!), widths[i]!, right[i]!))
      .join(gap)
      .trimEnd();
  yield `${colours.cyan(line(names))}\n`;
  yield `${colours.dim(widths.map((n) => '─'.repeat(n)).join(gap))}\n`;
  for (const row of rows) yield `${line(row)}\n`;
}

/** What stands in each cell, and how wide each column is by itself. A part of a number, date or id is none: rigid. */
function measured({ columns, values }: Pick<QueryResult, 'columns' | 'values'>): {
  rows: string[][];
  names: string[];
  right: boolean[];
  rigid: boolean[];
  natural: number[];
} {
  const rows = values.map((row) =>
    row.map((value, i) => (value === null ? '' : visible(cellText(value, columns[i]!.type)))),
  );
  const names = columns.map(({ name }) => visible(name));
  const natural = names.map((name, i) =>
    rows.reduce((widest, row) => Math.max(widest, textWidth(row[i]!)), textWidth(name)),
  );
  const right = columns.map(({ type }) => isNumeric(type));
  const rigid = columns.map(
    ({ name, type }, i) =>
      right[i]! || type === 'date' || type === 'date_nanos' || (isEntityId(name) && natural[i]! <= widestId),
  );
  return { rows, names, natural, right, rigid };
}

/** Whether rows can be read on this number of columns: no text is cut to less than `least`, no date or number at all. */
export function fits(result: Pick<QueryResult, 'columns' | 'values'>, width: number, least: number): boolean {
  const { rows, names, natural, rigid } = measured(result);
  const widths = fit(natural, leastWidths(rows, natural, rigid), width);
  if (widths.reduce((sum, n) => sum + n + gap.length, -gap.length) > width) return false;
  const heads = names.map((name, i) => cut(name, widths[i]!));
  if (new Set(heads).size < new Set(names).size) return false;
  return widths.every((own, i) => {
    const isWhole = () => rows.every((row) => textWidth(row[i]!) <= own);
    return (own >= least && !rigid[i]) || isWhole();
  });
}

const narrowest = 8;
const legible = 14;

/** How narrow columns may get, in turn: first texts, then the names above numbers and dates, and these themselves last. */
function leastWidths(rows: readonly string[][], natural: readonly number[], rigid: readonly boolean[]): number[][] {
  const texts = natural.map((own, i) => (rigid[i] ? own : Math.min(own, legible)));
  const numbers = texts.map((least, i) =>
    rigid[i] ? rows.reduce((widest, row) => Math.max(widest, textWidth(row[i]!)), narrowest) : least,
  );
  return [texts, numbers, natural.map((own) => Math.min(own, narrowest))];
}

/** Takes width from the widest columns, as far as each may get, until the line fits. */
function fit(natural: readonly number[], leasts: readonly number[][], width: number): number[] {
  const widths = [...natural];
  let excess = widths.reduce((sum, n) => sum + n, 0) + gap.length * (widths.length - 1) - width;
  for (const least of leasts) {
    while (excess > 0) {
      const open = widths.map((n, i) => (n > least[i]! ? n : 0));
      const widest = Math.max(...open);
      if (widest === 0) break;
      widths[open.lastIndexOf(widest)]! -= 1;
      excess -= 1;
    }
  }
  return widths;
}

/** Cuts a text to a width of columns. */
export function cut(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let out = '';
  for (const character of text) {
    if (textWidth(out + character) > width - 1) break;
    out += character;
  }
  return `${out}…`;
}

function pad(text: string, width: number, right: boolean): string {
  const space = ' '.repeat(Math.max(0, width - textWidth(text)));
  return right ? space + text : text + space;
}
