import type { QueryCoverage } from '../coverage/coverage.ts';
import type { EventFacts } from '../coverage/event-facts.ts';
import type { QueryError } from '../diagnostics/diagnostic.ts';
import type { LoadReport } from '../files/load-report.ts';
import type { Attack } from '../hunts/attack.ts';
import type { Hunt } from '../hunts/hunt.ts';
import type { Evidence } from '../investigate/evidence.ts';
import type { RowContext } from '../investigate/row-context.ts';
import type { QueryResult } from '../values/types.ts';

/**
 * What became of a query. Without hits there are two answers, never one: nothing is there, or the data cannot tell.
 * `failed`: it did not run. `interrupted`: it was not reached or not finished.
 */
export type Outcome = 'hits' | 'none' | 'cannot tell' | 'failed' | 'interrupted';

/** Rows that an entry of the allow-list took out of a result. */
export interface HiddenRows {
  readonly entry: string;
  readonly reason: string;
  readonly rows: number;
}

/** What is wrong with a query, and where its text stands. */
export interface QueryProblem {
  readonly error: QueryError;
  /** What its text is called: a file, or `query`. */
  readonly name: string;
  /** Lines before the query in its file. */
  readonly lineOffset: number;
}

/** What became of one query: rows, or why there are none. */
export interface HuntResult {
  /** Null for a query that belongs to no hunt. */
  readonly hunt: Hunt | null;
  /** The place of the query in its hunt, from zero. */
  readonly query: number;
  /** The ES|QL that ran. */
  readonly text: string;
  readonly outcome: Outcome;
  readonly result: QueryResult | null;
  readonly error: string | null;
  /** Where the error is that the query itself has. */
  readonly problem?: QueryProblem;
  /** Set where it failed by a fault of Harrier's own. */
  readonly fault?: Error;
  /** Harrier's own remarks: a window outside of the data, fields that no event carries, rows that were cut. */
  readonly notes: readonly string[];
  /** Whether the data can answer it; null where that was not looked into. */
  readonly coverage: QueryCoverage | null;
  readonly hidden: readonly HiddenRows[];
  /** What of the data a query without hits did not see, in words; of one with hits, where rows may be missing for it. */
  readonly unread?: string;
  /** Where rows were taken out: the place of each row that is left in what the query gave, from zero. */
  readonly places?: readonly number[];
  /** The command line that leads from a row to its events; `N` stands for the row. Null where there is none. */
  readonly drillDown: string | null;
  /** Only looked for where a report draws it. */
  readonly evidence: Evidence | null;
  /** Where the events of each row come from; only looked for where people read rows. */
  readonly context?: RowContext | null;
  /** For each row what was decided about it. */
  readonly judgements?: readonly (RowJudgement | null)[];
  /** Rows that a report leaves out because nobody has judged them. */
  readonly leftOut?: number;
}

/** What somebody decided about a row. */
export interface RowJudgement {
  readonly verdict: string | null;
  readonly note: string | null;
  readonly by: string;
  readonly at: Date;
  /** Set where the row has changed since: what it was given for. */
  readonly givenFor: string | null;
}

/** What a report that is handed over says of itself. */
export interface ReportAccount {
  readonly rows: 'all' | 'judged' | 'not accepted';
  /** Fields whose values are shown as `user-1` and the like. */
  readonly redacted: readonly { readonly field: string; readonly word: string; readonly values: number }[];
  /** What was different about each query from what its author wrote. */
  readonly asked: readonly { readonly name: string; readonly changes: readonly string[] }[];
  /** The steps that led here. */
  readonly steps: readonly { readonly at: Date; readonly text: string }[];
}

/** How to do it again. */
export interface Provenance {
  readonly version: string;
  readonly command: string;
  /** The files that were read, with their SHA-256 where it was asked for. */
  readonly files: readonly { readonly path: string; readonly bytes: number; readonly sha256: string | null }[];
}

export interface RunReport {
  readonly now: Date;
  readonly engine: string;
  readonly results: readonly HuntResult[];
  /** Null when no files were read. */
  readonly load: LoadReport | null;
  /** Files and lines that were not read, in words; null where all were. */
  readonly unread: string | null;
  /** What the events are like; only looked for where many hunts run on them. */
  readonly eventFacts: EventFacts | null;
  /** The run was interrupted: what is there is not all. */
  readonly partial: boolean;
  readonly provenance: Provenance | null;
  /** How long it took, reading included. */
  readonly tookMs?: number;
  /** What the report is called; null for what came of the run. */
  readonly title?: string | null;
  readonly account?: ReportAccount;
  /** What the techniques of hunts are called; ids stand alone without it. */
  readonly attack?: Attack;
}

/** `vertical`: each row by itself, a value a line. `auto`: only where columns would be too narrow. */
export type Layout = 'auto' | 'vertical';

/** What the place is like that a report is written to. */
export interface Surface {
  /** Columns of the terminal; null where nothing is ever cut. */
  readonly width: number | null;
  readonly colour: boolean;
  /** How rows stand in a table; `auto` where it is left out. */
  readonly layout?: Layout;
  /** Whether each of many is shown, where a summary would do. */
  readonly isVerbose?: boolean;
}

/** Writes a report in one format, piece by piece. `alone` is set for the result of a single query. */
export type Format = (report: RunReport, surface: Surface, alone: boolean) => Iterable<string>;
