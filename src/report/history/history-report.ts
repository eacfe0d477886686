import type { Hunt } from '../../hunts/hunt.ts';
import type { History } from '../../investigate/backfill.ts';
import type { Surface } from '../report.ts';

/** What one query would have found over time; neither history nor error where the data cannot tell. */
export interface PastQuery {
  readonly hunt: Hunt;
  readonly query: number;
  readonly history: History | null;
  readonly error: string | null;
  /** What the data lacks, where it cannot tell. */
  readonly notes: readonly string[];
}

export interface HistoryReport {
  readonly queries: readonly PastQuery[];
}

export type HistoryWriter = (report: HistoryReport, surface: Surface) => Iterable<string>;
