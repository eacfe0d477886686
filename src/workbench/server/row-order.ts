import type { AcceptedList } from '../../runs/accepted/entry.ts';
import { compareCells } from '../../values/cell-order.ts';
import { cellText } from '../../values/json.ts';
import type { Calls } from '../contract/calls.ts';
import { type KeptResult, shownPlaces } from './handles.ts';

/** How a page looks through an answer. */
export type Look = Pick<Calls['rows']['request'], 'sort' | 'filter' | 'hidden'>;

/** Rows that are looked at between two looks at whether others wait. */
const rowsAtOnce = 500;

const remembered = new WeakMap<KeptResult, { readonly look: string; readonly places: Promise<readonly number[]> }>();
const lists = new WeakMap<AcceptedList, number>();
let lastList = 0;

/** The places of an answer's rows, filtered and sorted. Pages of the same look come from the same order. */
export function placesInOrder(
  kept: KeptResult,
  { sort, filter, hidden }: Look,
  accepted: AcceptedList | null,
): Promise<readonly number[]> {
  const look = JSON.stringify([sort, filter, hidden, numberOf(accepted)]);
  const known = remembered.get(kept);
  if (known?.look === look) return known.places;
  const places = matching(kept, shownPlaces(kept, accepted, hidden), filter).then((found) => sorted(kept, found, sort));
  remembered.set(kept, { look, places });
  return places;
}

/** Allow-lists are distinguished by when they were read. */
function numberOf(list: AcceptedList | null): number {
  if (!list) return 0;
  const known = lists.get(list) ?? ++lastList;
  lists.set(list, known);
  return known;
}

async function matching(
  { rows, columns }: KeptResult,
  places: readonly number[],
  filter: string | null,
): Promise<readonly number[]> {
  if (filter === null || filter === '') return places;
  const wanted = filter.toLowerCase();
  const found: number[] = [];
  for (let at = 0; at < places.length; at += rowsAtOnce) {
    for (const place of places.slice(at, at + rowsAtOnce))
      if (columns.some(({ type }, i) => cellText(rows[place]![i]!, type).toLowerCase().includes(wanted)))
        found.push(place);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return found;
}

function sorted({ rows, columns }: KeptResult, places: readonly number[], sort: Look['sort']): readonly number[] {
  const type = sort && columns[sort.column]?.type;
  if (!sort || !type) return places;
  return [...places].sort(
    (a, b) => compareCells(rows[a]![sort.column]!, rows[b]![sort.column]!, type, sort.descending) || a - b,
  );
}
