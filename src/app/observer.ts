import type { Fleet } from '../demo/generate.ts';
import type { QueryError } from '../diagnostics/diagnostic.ts';
import type { OpenList } from '../files/lists/lists.ts';
import type { LoadReport } from '../files/load-report.ts';
import type { LoadProgress } from '../files/options.ts';
import type { WatchRun } from '../runs/watch/watch-state.ts';
import type { Job } from './jobs.ts';

/** What a use case is doing now. */
export type Progress =
  /** Reading, hashing or generating files. */
  | ({ readonly kind: 'files' } & LoadProgress)
  /** A query begins: its number, from one, and how many there are. */
  | { readonly kind: 'query'; readonly number: number; readonly all: number }
  /** The events are asked about a process. */
  | { readonly kind: 'process' }
  /** Nothing that takes long is under way any more. */
  | { readonly kind: 'idle' };

/** What people should know beside the result. */
export type Note =
  /** The files were read. */
  | { readonly kind: 'loaded'; readonly report: LoadReport }
  /** A sample fleet was made in a folder. */
  | { readonly kind: 'fleet'; readonly fleet: Fleet; readonly folder: string }
  /** A list was read. */
  | { readonly kind: 'list'; readonly list: OpenList }
  /** Some events are dated later than now; `passedOver`: the newest event that can have happened counts as now. */
  | { readonly kind: 'future'; readonly events: number; readonly latest: Date; readonly passedOver: boolean }
  /** Hunts as of a given time read events that are later, and nothing bounds the end of their window. */
  | { readonly kind: 'later'; readonly events: number; readonly now: Date; readonly canBound: boolean }
  /** The newest event of all is of one index, and others end so long before that queries find no event in their window. */
  | {
      readonly kind: 'late';
      readonly now: Date;
      readonly index: string;
      readonly queries: number;
      /** Those that end before, the latest first. */
      readonly before: readonly { readonly name: string; readonly last: Date }[];
    }
  /** What an engine says for itself, such as that it waits. */
  | { readonly kind: 'engine'; readonly text: string }
  /** A query is passed over, since it cannot run as it was asked for. */
  | { readonly kind: 'refused'; readonly job: Job; readonly reason: string }
  /** A query is wrong. */
  | { readonly kind: 'wrong query'; readonly job: Job; readonly error: QueryError }
  /** Something happened to a watch. */
  | { readonly kind: 'watch'; readonly watch: string; readonly event: WatchEvent };

/** What happens to a watch. */
export type WatchEvent =
  /** Runs were due before and not made. */
  | { readonly kind: 'missed'; readonly runs: number; readonly before: string }
  /** A file of a folder of hunts is none that can run. */
  | { readonly kind: 'skipped'; readonly reason: string }
  | { readonly kind: 'query failed'; readonly hunt: string; readonly error: string }
  | { readonly kind: 'query note'; readonly hunt: string; readonly note: string }
  | { readonly kind: 'receiver note'; readonly receiver: string; readonly note: string }
  /** Hits did not arrive, and are sent again with the next run. */
  | { readonly kind: 'undelivered'; readonly receiver: string; readonly hits: number; readonly reason: string }
  | { readonly kind: 'ran'; readonly run: WatchRun }
  /** A run could not be made. */
  | { readonly kind: 'failed'; readonly error: Error };

/** Follows a use case while it works. */
export interface Observer {
  progress(progress: Progress): void;
  note(note: Note): void;
}

/** For whoever wants the result alone. */
export const silent: Observer = { progress: () => undefined, note: () => undefined };
