import { cellText } from '../../../values/json.ts';
import type { CellValue, EsqlType } from '../../../values/types.ts';
import type { Handler } from '../call.ts';
import { cellOf } from '../cells.ts';
import { type KeptResult, shownPlaces } from '../handles.ts';
import { judgementsAt } from '../judgements.ts';

/** Rows of a page at most. */
const mostRows = 500;

/** Part of an answer: some columns of some rows, as the page sorts and filters them. */
export const rows: Handler<'rows'> = async ({ handle, columns, from, to, sort, filter, hidden }, workbench) => {
  const kept = workbench.handles.get(handle);
  const accepted = await workbench.options.accepted();
  const places = sorted(kept, matching(kept, shownPlaces(kept, accepted, hidden), filter), sort);
  const page = places.slice(from, Math.min(to, from + mostRows));
  return {
    ...{ from, of: places.length },
    columns: columns.map((column) => page.map((place) => cellOf(kept.rows[place]![column] ?? null))),
    places: page,
    judgements: await judgementsAt(kept, page, await workbench.judgements.all()),
  };
};

function matching({ rows, columns }: KeptResult, places: readonly number[], filter: string | null): readonly number[] {
  if (filter === null || filter === '') return places;
  const wanted = filter.toLowerCase();
  return places.filter((place) =>
    columns.some(({ type }, i) => cellText(rows[place]![i]!, type).toLowerCase().includes(wanted)),
  );
}

function sorted(
  { rows, columns }: KeptResult,
  places: readonly number[],
  sort: { readonly column: number; readonly descending: boolean } | null,
): readonly number[] {
  const type = sort && columns[sort.column]?.type;
  if (!sort || !type) return places;
  const sign = sort.descending ? -1 : 1;
  return [...places].sort((a, b) => {
    const [one, other] = [rows[a]![sort.column]!, rows[b]![sort.column]!];
    // What has no value stands last, whichever way the others go.
    if (one === null || other === null) return one === other ? a - b : one === null ? 1 : -1;
    return sign * compare(one, other, type) || a - b;
  });
}

function compare(one: CellValue, other: CellValue, type: EsqlType): number {
  const [a, b] = [firstOf(one), firstOf(other)];
  if (typeof a === 'string' || typeof b === 'string' || a === null || b === null) {
    const [left, right] = [String(a), String(b)];
    if (type === 'ip' || type === 'version') return left.localeCompare(right, 'en', { numeric: true });
    return left < right ? -1 : left > right ? 1 : 0;
  }
  return a < b ? -1 : a > b ? 1 : 0;
}

const firstOf = (value: CellValue): CellValue => (Array.isArray(value) ? (value as readonly CellValue[])[0]! : value);
