import type { Parameters } from '../esql/syntax/parameters.ts';
import type { Condition } from '../query-dsl/condition.ts';
import type { QueryResult } from '../values/types.ts';

export interface QueryOptions {
  /** The time that NOW() stands for, in milliseconds since the epoch. */
  readonly now: number;
  /** How many rows a query without LIMIT gives at most; null for all of them. */
  readonly maxRows: number | null;
  /** How many rows an answer may have whatever the query says; the rest is left out. */
  readonly mostRows?: number;
  /** How much an answer may hold, in bytes; a larger one is a ResultTooLargeError. */
  readonly mostBytes?: number;
  /** What `?` and `?name` in the text stand for. */
  readonly parameters?: Parameters;
  /** Elasticsearch's Query DSL: only documents that fit are read. */
  readonly filter?: Condition;
  /** The zone of dates where the query does not SET one: an offset or a name. */
  readonly timeZone?: string;
  /** Whether the answer says by which groups its rows are known, where the engine can tell. */
  readonly withKeys?: boolean;
  /** Ends the query early. */
  readonly signal?: AbortSignal;
}

/** Whatever answers ES|QL. What is wrong with a query is thrown as a QueryError. */
export interface Engine {
  readonly name: 'duckdb' | 'elasticsearch' | 'clickhouse';
  /** How many queries it answers at a time; one where it does not say. */
  readonly parallel?: number;
  query(text: string, options: QueryOptions): Promise<QueryResult>;
  close(): Promise<void>;
}

/** The note on an answer without a LIMIT of its own that was cut. */
export const cutNote = (limit: number): string =>
  `there are more than ${limit} rows, and the rest is left out: raise --max-rows, or end the query with LIMIT`;
