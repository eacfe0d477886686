import type { Hunt } from '../../hunts/hunt.ts';
import type { Tuning } from '../../investigate/tune.ts';
import type { Surface } from '../report.ts';

/** How one query depends on its thresholds; neither tuning nor error where the data cannot tell. */
export interface StudiedQuery {
  readonly hunt: Hunt;
  readonly query: number;
  readonly tuning: Tuning | null;
  readonly error: string | null;
  /** Why it finds nothing at any threshold, or what the data lacks, as far as the data explains it. */
  readonly notes: readonly string[];
}

export interface TuningReport {
  readonly now: Date;
  readonly hitsPerDay: number;
  readonly queries: readonly StudiedQuery[];
}

export type TuningWriter = (report: TuningReport, surface: Surface) => Iterable<string>;
