/** One value that a condition allows. `pattern` is read by the type of the column: with `*`, an operator, or as a block. */
export type Term =
  | { readonly kind: 'exact'; readonly value: string | number | bigint | boolean }
  | { readonly kind: 'pattern'; readonly text: string };

/** What a column must hold: nothing, or only values that one of the terms allows. */
export type Condition = { readonly kind: 'null' } | { readonly kind: 'any'; readonly terms: readonly Term[] };

/** What somebody has looked at and found harmless. */
export interface AcceptedEntry {
  readonly id: string;
  /** The UUID or the name of a hunt, or `*` for every hunt. */
  readonly hunt: string;
  /** The place of the query in its hunt, from 1 as reports count; null for every query. */
  readonly query: number | null;
  /** By column; a row must meet all of them. */
  readonly conditions: ReadonlyMap<string, Condition>;
  readonly reason: string;
  readonly owner: string | null;
  /** A date or time as the file has it. */
  readonly created: string | null;
  readonly expires: string | null;
}

/** An entry and the line of the file on which it begins. */
export interface PlacedEntry extends AcceptedEntry {
  readonly line: number;
}

/** The allow-list of a file. */
export interface AcceptedList {
  readonly file: string;
  readonly entries: readonly PlacedEntry[];
}

const day = 86_400_000;

/** The first moment at which an entry no longer holds; null when it always does. An entry holds to the end of its last day. */
export function endOf({ expires }: Pick<AcceptedEntry, 'expires'>): number | null {
  if (expires === null) return null;
  return Date.parse(expires) + (/^\d{4}-\d{2}-\d{2}$/.test(expires) ? day : 0);
}

export function isExpired(entry: Pick<AcceptedEntry, 'expires'>, at: Date): boolean {
  const end = endOf(entry);
  return end !== null && at.getTime() >= end;
}
