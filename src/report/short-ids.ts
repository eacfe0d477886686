import type { CellValue, QueryResult } from '../values/types.ts';

/** Columns that hold the entity ids of processes, whatever a hunt puts before the name. */
export const isEntityId = (name: string): boolean => /(?:^|[._])entity_id$/.test(name);

/** The widest id that is shown whole; where ids are shortened, no further. */
export const widestId = 32;

/**
 * What stays of an id at its beginning; and at its end, where ids of one host differ, as much as distinguishes them: twenty
 * characters of Elastic Defend's ids hold the time of the start and most of the process number.
 */
const head = 4;
const tails = [20, 26, 32, 38] as const;

/** Letters, digits and the signs of base64 and GUIDs: anything else may be wider than its length. */
const plain = /^[\w{}+/=-]+$/;

/** The id for a terminal. `pivot` takes it as it is shown. */
const shortId = (id: string, tail: number): string =>
  id.length <= head + tail + 4 || !plain.test(id) ? id : `${id.slice(0, head)}…${id.slice(-tail)}`;

/** Rows with shortened entity ids. */
export function withShortIds({ columns, values }: Pick<QueryResult, 'columns' | 'values'>): {
  readonly rows: Pick<QueryResult, 'columns' | 'values'>;
  readonly shortened: boolean;
} {
  const short = columns.map(({ name }, i): ReadonlyMap<CellValue, string> => {
    if (!isEntityId(name)) return new Map();
    const ids = [...new Set(values.flatMap((row) => (typeof row[i] === 'string' ? [row[i]] : [])))];
    const tail = tails.find((length) => new Set(ids.map((id) => shortId(id, length))).size === ids.length);
    return new Map(tail === undefined ? [] : ids.map((id) => [id, shortId(id, tail)]));
  });
  const shown = values.map((row) => row.map((cell, i) => short[i]!.get(cell) ?? cell));
  return {
    rows: { columns, values: shown },
    shortened: short.some((ids) => [...ids].some(([id, shortened]) => id !== shortened)),
  };
}
