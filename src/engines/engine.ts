import type { Catalogue } from '../catalogue/catalogue.ts';
import type { SourceText } from '../diagnostics/source-text.ts';
import type { QueryText } from '../languages/esql/compiled-query.ts';
import type { Parameters } from '../languages/esql/syntax/parameters.ts';
import type { Condition } from '../languages/filters/condition.ts';
import type { Plan, Scan } from '../plan/nodes.ts';
import type { LocationDatabase } from '../values/ip-location.ts';
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
  /** The databases that IP_LOCATION may name, in a query that comes as text. */
  readonly locations?: readonly LocationDatabase[];
  /** Elasticsearch's Query DSL: only documents that fit are read. */
  readonly filter?: Condition;
  /** The zone of dates where the query does not SET one: an offset or a name. */
  readonly timeZone?: string;
  /** Whether a wildcard of FROM that fits no index stands for no events, and is no error. */
  readonly allowsNoIndices?: boolean;
  /** Whether the answer says by which groups its rows are known, where the engine can tell. */
  readonly withKeys?: boolean;
  /** Ends the query early. */
  readonly signal?: AbortSignal;
}

/** Rows of plans that were kept: a scan of each with the same columns, and the engine that reads these and the events. */
export interface MaterialisedRows {
  readonly scans: readonly Scan[];
  readonly engine: Engine;
  drop(): Promise<void>;
}

/** Whatever runs plans over events. What is wrong with a query is thrown as a QueryError. */
export interface Engine {
  /** As reports show it. */
  readonly name: string;
  /** How many questions it answers at a time. */
  readonly parallel: number;
  /** What queries may know of the events. */
  readonly catalogue: Catalogue;
  /** Answers a query in ES|QL. */
  query(query: QueryText, options: QueryOptions): Promise<QueryResult>;
  /** What it is asked to answer a query: SQL, or ES|QL. */
  statement(query: QueryText, options: QueryOptions): string;
  /** Whether it answers a plan where the events are, rather than with rows that it has to fetch first. */
  takes(plan: Plan): boolean;
  /** Whether the events of a scan have places, which put them in order. */
  hasPlaces(scan: Scan): boolean;
  /** Runs a plan over the events. `source`: the text that its spans point into. */
  run(plan: Plan, source: SourceText, signal?: AbortSignal): Promise<QueryResult>;
  /** Keeps the rows of plans, so that several questions about them need these once. */
  materialise(plans: readonly Plan[], source: SourceText, signal?: AbortSignal): Promise<MaterialisedRows>;
  close(): Promise<void>;
}

/** The note on an answer without a LIMIT of its own that was cut. */
export const cutNote = (limit: number): string =>
  `there are more than ${limit} rows, and the rest is left out: raise --max-rows, or end the query with LIMIT`;
