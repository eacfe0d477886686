import type { QueryResult } from '../values/types.ts';

/** The hunt that a result belongs to. */
export interface HuntReference {
  readonly uuid: string | null;
  readonly name: string;
  readonly file: string;
}

/** What became of one query: rows, or why there are none. */
export interface HuntResult {
  /** Null for a query that belongs to no hunt. */
  readonly hunt: HuntReference | null;
  /** The place of the query in its hunt, from nought. */
  readonly query: number;
  readonly result: QueryResult | null;
  readonly error: string | null;
  /** Harrier's own remarks: a window outside of the data, fields that no event carries, rows that were cut. */
  readonly notes: readonly string[];
}

export interface RunReport {
  readonly now: Date;
  readonly engine: string;
  readonly results: readonly HuntResult[];
}

/** What the place is like that a report is written to. */
export interface Surface {
  /** Columns of the terminal; null where nothing is ever cut. */
  readonly width: number | null;
  readonly colour: boolean;
}

/** Writes a report in one format, piece by piece. `alone` is set for the result of a single query. */
export type Format = (report: RunReport, surface: Surface, alone: boolean) => Iterable<string>;
