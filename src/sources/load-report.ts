/** A line (or record) that is no event. */
export interface BadLine {
  readonly file: string;
  /** 1-based line of the file; the number of the record where a file does not hold one event a line. */
  readonly line: number;
  readonly reason: string;
  /** The beginning of what stands there. */
  readonly preview: string;
}

/** A value that does not fit its field's type. The event is kept, the value reads as null. */
export interface IgnoredValue {
  readonly file: string;
  readonly line: number;
  readonly field: string;
  readonly type: string;
  readonly preview: string;
}

/** What reading the files found. */
export interface LoadReport {
  readonly files: number;
  readonly bytes: number;
  readonly events: number;
  readonly fromCache: boolean;
  readonly malformed: { readonly count: number; readonly first: readonly BadLine[] };
  readonly ignored: { readonly count: number; readonly first: readonly IgnoredValue[] };
  /** Ready to print: truncated archives, rewritten encodings, a cache that could not be written. */
  readonly notes: readonly string[];
}
