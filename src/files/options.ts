import type { FieldTypes } from '../catalogue/field-types.ts';
import type { Mapping } from '../ecs/mapping.ts';

export interface EventFileOptions {
  /** Files, globs and folders. */
  readonly data: readonly string[];
  /** The index of events that do not say themselves to which they belong. */
  readonly index?: string;
  /** Keep what was read, so that reading the same files again is instant. */
  readonly cache: boolean;
  /** Take any malformed line or mistyped value for an error. */
  readonly strict: boolean;
  /** Read files that hold the same as others, too. */
  readonly copies?: boolean;
  readonly cacheFolder?: string;
  /** How events that are not in the names of ECS get these; else the mappings of the package. */
  readonly mappings?: readonly Mapping[];
  /** The types of fields beside those of the mappings; else those of ECS. */
  readonly types?: FieldTypes;
  /** How often events will be asked something: where that is seldom and nothing is kept, no table is made for it. */
  readonly asked?: number;
  readonly onProgress?: (progress: LoadProgress) => void;
  /** Ends the reading; queries that run then must be interrupted by whoever aborts. */
  readonly signal?: AbortSignal;
}

export interface LoadProgress {
  readonly phase: string;
  /** From zero to one; null while it is not known. */
  readonly fraction: number | null;
  readonly totalBytes: number;
}
