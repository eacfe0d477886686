export interface EventFileOptions {
  /** Files, globs and folders. */
  readonly data: readonly string[];
  /** The index of events that do not say themselves to which they belong. */
  readonly index?: string;
  /** Keep what was read, so that reading the same files again is instant. */
  readonly cache: boolean;
  /** Take any malformed line or misfit value for an error. */
  readonly strict: boolean;
  readonly cacheFolder?: string;
  /** How often events will be asked something: where that is seldom and nothing is kept, no table is made for it. */
  readonly asked?: number;
  readonly onProgress?: (progress: LoadProgress) => void;
  /** Ends the reading; queries that run then must be interrupted by whoever aborts. */
  readonly signal?: AbortSignal;
}

export interface LoadProgress {
  readonly phase: string;
  /** From nought to one; null while it cannot be told. */
  readonly fraction: number | null;
  readonly totalBytes: number;
}

/** The names that queries mention, or every field there is. Names that no event has are simply not found. */
export type Wanted = ReadonlySet<string> | 'all';
