import type { Handler } from '../call.ts';
import { cutCell } from '../cells.ts';
import { shownPlaces } from '../handles.ts';
import { judgementsAt } from '../judgements.ts';
import { placesInOrder } from '../row-order.ts';

/** Rows of a page at most. */
const mostRows = 500;
/** Characters of a value in a table. */
const mostCharacters = 1000;

/** Part of an answer: some columns of some rows, as the page sorts and filters them. */
export const rows: Handler<'rows'> = async ({ handle, columns, from, to, ...look }, workbench) => {
  const kept = workbench.handles.get(handle);
  const list = await workbench.options.accepted();
  const places = await placesInOrder(kept, look, list);
  const page = places.slice(from, Math.min(to, from + mostRows));
  const cells = columns.map((column) =>
    page.map((place) => cutCell(kept.rows[place]![column] ?? null, mostCharacters)),
  );
  const left = look.hidden && list ? new Set(shownPlaces(kept, list, false)) : null;
  return {
    ...{ from, of: places.length, places: page },
    columns: cells.map((column) => column.map(({ cell }) => cell)),
    cut: cells.flatMap((column, at) =>
      column.flatMap(({ length }, row) => (length === null ? [] : { row, column: at, length })),
    ),
    judgements: await judgementsAt(kept, page, await workbench.judgements.all()),
    accepted: page.map((place) => left !== null && !left.has(place)),
  };
};
