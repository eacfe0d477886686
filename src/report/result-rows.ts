import type pc from 'picocolors';
import { cellText } from '../values/json.ts';
import type { CellValue, QueryResult } from '../values/types.ts';
import { visible } from '../values/visible.ts';
import type { Layout } from './report.ts';
import { shortIdsOf, withShortIds } from './short-ids.ts';
import { fits, grid } from './table-grid.ts';
import { textWidth } from './text-width.ts';

type Colours = ReturnType<typeof pc.createColors>;
type Rows = Pick<QueryResult, 'columns' | 'values'>;

/** A column narrower than this says little of a text. */
const least = 12;

/** Where rows are shown. `ids`: the short forms of entity ids in the whole answer, where it has further rows. */
interface RowsSurface {
  readonly width: number | null;
  readonly layout: Layout;
  readonly ids?: ReadonlyMap<CellValue, string>;
}

/**
 * Rows for people. On a terminal, ids are shortened; where the rows do not fit, columns that are the same in all rows are
 * said once, and if others would still be cut to less than some characters, each row stands by itself. Gives whether ids
 * were shortened.
 */
export function* resultRows(
  rows: Rows,
  { width, layout, ids = shortIdsOf([rows]) }: RowsSurface,
  colours: Colours,
): Generator<string, boolean> {
  if (width === null) {
    yield* layout === 'vertical' ? vertical(rows, colours) : grid(rows, null, colours);
    return false;
  }
  const { rows: short, shortened } = withShortIds(rows, ids);
  if (layout === 'vertical') yield* vertical(short, colours);
  else if (fits(short, width, least)) yield* grid(short, width, colours);
  else {
    const { different, same } = apart(short);
    for (const [name, value] of same) yield `${colours.cyan(name)} ${value} ${colours.dim('in all rows')}\n`;
    if (fits(different, width, least)) yield* grid(different, width, colours);
    else yield* vertical(different, colours);
  }
  return shortened;
}

/** What is to be said below rows with shortened ids. */
export const shortIdsLegend = 'ids are shortened: pivot accepts the short form, --format json has them in full';

/** The columns whose values differ, and the names and values of those that are the same in all rows. */
function apart({ columns, values }: Rows): { different: Rows; same: readonly (readonly [string, string])[] } {
  if (values.length < 2) return { different: { columns, values }, same: [] };
  const texts = (i: number): Set<string> =>
    new Set(values.map((row) => (row[i] === null ? '' : cellText(row[i]!, columns[i]!.type))));
  const kinds = columns.map((_, i) => texts(i));
  // The number of a row differs always; a result of equal rows is shown as it is.
  if (kinds.every(({ size }) => size === 1)) return { different: { columns, values }, same: [] };
  const keeps = kinds.map(({ size }) => size > 1);
  const only = <T>(items: readonly T[]): T[] => items.filter((_, i) => keeps[i]);
  return {
    different: { columns: only(columns), values: values.map(only) },
    same: columns.flatMap(({ name }, i) => (keeps[i] ? [] : [[visible(name), visible([...kinds[i]!][0]!)] as const])),
  };
}

/** Each row by itself: a name and a value a line. */
function* vertical({ columns, values }: Rows, colours: Colours): Iterable<string> {
  const names = columns.map(({ name }) => visible(name));
  const widest = Math.max(...names.map(textWidth));
  const numbered = columns[0]?.name === rowNumber;
  let isSparse = false;
  for (const [at, row] of values.entries()) {
    yield `${colours.dim(`── row ${numbered ? String(row[0]) : at + 1} ──`)}\n`;
    for (const [i, value] of row.entries()) {
      if (numbered && i === 0) continue;
      isSparse ||= value === null;
      if (value === null) continue;
      const space = ' '.repeat(widest - textWidth(names[i]!));
      yield `${colours.cyan(names[i]!)}${space}  ${visible(cellText(value, columns[i]!.type))}\n`;
    }
  }
  if (isSparse) yield colours.dim('columns without a value are left out of a row\n');
}

/** The name of the column that counts rows. */
export const rowNumber = '#';
