export type { WireCell as Cell, WireScalar as Scalar } from '../../values/wire-cell.ts';

/** Another threshold in a query: `bytes_sent=500MB`. */
export interface Setting {
  readonly name: string;
  readonly value: string;
}

/**
 * What a hunter asks: a query of a hunt, or a text of their own, and what is to be different about it. It says the same as
 * the options of `harrier run` and as the address of the page.
 */
export interface Question {
  /** The id of a hunt; null for a text that belongs to none. */
  readonly hunt: string | null;
  /** The place of the query in its hunt, from zero. */
  readonly query: number;
  /** Takes the place of the hunt's own text where it was edited; null where it was not. */
  readonly text: string | null;
  /** `24h`, or `2026-03-10T04:00:00Z/2026-03-10T12:00:00Z` with either end left out; null for the query's own window. */
  readonly window: string | null;
  readonly platform: string | null;
  readonly set: readonly Setting[];
  /** Conditions on events that stay, and on events that go. */
  readonly only: readonly string[];
  readonly exclude: readonly string[];
}

export interface ColumnInfo {
  readonly name: string;
  /** As ES|QL names it. */
  readonly type: string;
}
