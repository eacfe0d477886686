import type { CellValue, QueryResult } from '../values/types.ts';

/** Columns that hold the entity ids of processes, whatever a hunt puts before the name. */
export const isEntityId = (name: string): boolean => /(?:^|[._])entity_id$/.test(name);

/** The widest id that is shown whole; where ids are shortened, no further. */
export const widestId = 36;

/** What stays of an id at its beginning. Its end is where ids of one host differ. */
const head = 4;
/** How much stays at the end of an id of unknown make, and by how much more where that does not distinguish ids. */
const tail = 20;
const furtherTails = [0, 6, 12, 18] as const;

/** Letters, digits and the signs of base64 and GUIDs: anything else may be wider than its length. */
const plain = /^[\w{}+/=-]+$/;

/** The id for a terminal. `pivot` takes it as it is shown. */
function shortId(id: string, more: number): string {
  const end = (tailOfDefend(id) ?? tail) + more;
  return id.length <= head + end + 4 || !plain.test(id) ? id : `${id.slice(0, head)}…${id.slice(-end)}`;
}

/**
 * How many characters at the end of an id of Elastic Defend hold the number of the process and the time of its start: it is
 * base64 of `AGENT-PID-TIME`, and several processes of a host may start at one time. Null for other ids.
 */
function tailOfDefend(id: string): number | null {
  const decoded = Buffer.from(id, 'base64');
  const [end] = /\d+-\d+$/.exec(decoded.toString('latin1')) ?? [];
  return end === undefined ? null : id.length - Math.floor(((decoded.length - end.length) * 4) / 3);
}

type Rows = Pick<QueryResult, 'columns' | 'values'>;

/** The short forms of all entity ids that one answer shows, each of them for one id alone. */
export function shortIdsOf(results: readonly Rows[]): ReadonlyMap<CellValue, string> {
  const ids = new Set<string>();
  for (const { columns, values } of results)
    for (const [i, { name }] of columns.entries())
      if (isEntityId(name)) for (const row of values) if (typeof row[i] === 'string') ids.add(row[i]);
  const all = [...ids];
  const more = furtherTails.find((further) => new Set(all.map((id) => shortId(id, further))).size === all.length);
  return new Map(more === undefined ? [] : all.map((id) => [id, shortId(id, more)]));
}

/** Rows with shortened entity ids. */
export function withShortIds(
  { columns, values }: Rows,
  short: ReadonlyMap<CellValue, string>,
): { readonly rows: Rows; readonly shortened: boolean } {
  let shortened = false;
  const shown = values.map((row) =>
    row.map((cell, i) => {
      const own = isEntityId(columns[i]!.name) ? short.get(cell) : undefined;
      shortened ||= own !== undefined && own !== cell;
      return own ?? cell;
    }),
  );
  return { rows: { columns, values: shown }, shortened };
}
