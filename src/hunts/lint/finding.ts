/** `error`: it cannot be used as it is; `warning`: hardly what is meant; `advice`: a trap that the author may have seen. */
export type Severity = 'error' | 'warning' | 'advice';

/** A rule of `harrier hunts lint`. Its id never changes its meaning. */
export interface Rule {
  readonly severity: Severity;
  /** What it looks for, in a sentence. */
  readonly about: string;
}

/** A place in a file: lines and columns from 1, columns in code points, the end exclusive. */
export interface Place {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** One thing to be said of a hunt file. */
export interface Finding extends Place {
  readonly rule: string;
  readonly severity: Severity;
  /** Absolute. */
  readonly file: string;
  readonly message: string;
  /** What to do about it. */
  readonly hint: string | null;
}
