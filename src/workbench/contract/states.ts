import type { Cell, ColumnInfo, Question } from './question.ts';

/** What became of a query, as everywhere in Harrier. */
export type Outcome = 'hits' | 'none' | 'cannot tell' | 'failed' | 'interrupted';

/** Whether the data can answer; `null` where nobody has looked yet. */
export type Verdict = 'ready' | 'partial' | 'blind';

/** A reason and what to do about it. */
export interface Remark {
  readonly message: string;
  readonly remedy: string | null;
}

/** Where something is wrong in a text, in UTF-16 units. */
export interface Problem {
  readonly from: number;
  readonly to: number;
  readonly severity: 'error' | 'warning' | 'info';
  readonly message: string;
  readonly hint: string | null;
  /** An edit that removes the problem. */
  readonly fix: Edit | null;
}

export interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** What the data can say to a hunt. `soFar`: files are still being read, and it is asked again at their end. */
export interface CoverageInfo {
  readonly hunt: string;
  readonly verdict: Verdict;
  readonly reasons: readonly Remark[];
  readonly notes: readonly Remark[];
  readonly window: { readonly from: number | null; readonly to: number | null; readonly covered: number | null };
  readonly soFar: boolean;
}

/**
 * Where the values of a column come from, which decides what a filter on one of them can mean: `event`, a value of the
 * event that the row is; `key`, a key of the last STATS; `aggregate`, what is made of groups.
 */
export interface Origin {
  readonly kind: 'event' | 'key' | 'aggregate';
  /** Its name in conditions on events; null where these cannot be about it. */
  readonly field: string | null;
}

/** What became of one query. Rows stay in the server, and are asked for by the handle. */
export interface ResultInfo {
  readonly question: Question;
  readonly outcome: Outcome;
  /** Null where there are no rows. */
  readonly handle: string | null;
  /** Names the answer, whatever its outcome: what saved runs, comparisons and reports are made of. */
  readonly answer: string;
  readonly columns: readonly ColumnInfo[];
  /** By column. */
  readonly origins: readonly Origin[];
  /** Rows that the allow-list leaves, and rows that it hides. */
  readonly rows: number;
  readonly hidden: readonly { readonly entry: string; readonly reason: string; readonly rows: number }[];
  /** The columns that identify the group of a row; empty where rows are events. */
  readonly keys: readonly string[];
  /** Whether a LIMIT may have left rows out. */
  readonly isCut: boolean;
  readonly tookMs: number;
  /** When it was asked, by the clock. */
  readonly ranAt: number;
  readonly text: string;
  /** Why there is no answer. */
  readonly error: string | null;
  readonly problem: Problem | null;
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
  readonly reasons: readonly Remark[];
  /** What of the data it did not see; null where it saw all. */
  readonly unread: string | null;
  /** What the query took for now, in milliseconds, and the revision of the data that it saw. */
  readonly now: number;
  readonly revision: number;
  /** Events that come to the first STATS, where that was counted: what "none" is of. */
  readonly looked: number | null;
  /** How many rows are new since the newest saved run of the hunt; null where there is none. */
  readonly fresh: { readonly rows: number; readonly since: string } | null;
}

export type JobState = 'queued' | 'running' | 'stopping' | 'done' | 'failed' | 'interrupted';

/** Rows of an answer, column by column. */
export interface RowsPage {
  readonly from: number;
  readonly columns: readonly (readonly Cell[])[];
  /** The place of each row in the whole answer: what the page calls the row. */
  readonly places: readonly number[];
  /** For each row the verdict and the note that it has. */
  readonly judgements: readonly (Judgement | null)[];
  /** Whether the allow-list accepts a row. */
  readonly accepted: readonly boolean[];
  /** Cells of which only the beginning is sent, with the characters that they have: `row` and `column` of this page. */
  readonly cut: readonly CutCell[];
}

export interface CutCell {
  readonly row: number;
  readonly column: number;
  readonly length: number;
}

export type Judged = 'benign' | 'suspicious' | 'malicious' | 'cannot tell';

/** What somebody decided about a group. */
export interface Judgement {
  readonly verdict: Judged | null;
  readonly note: string | null;
  readonly by: string;
  readonly at: number;
  /** What the row was when it was given, where it has changed since; empty where it has not. */
  readonly givenFor: readonly { readonly column: ColumnInfo; readonly value: Cell }[];
}

/** A judgement on its way to the state folder. */
export interface NewJudgement {
  readonly question: Question;
  readonly handle: string;
  readonly row: number;
  readonly verdict: Judged | null;
  readonly note: string | null;
}
