import type { Feature } from '../../contract/calls.ts';
import type { WorkbenchOptions } from '../context.ts';

/** What cannot be done over a kind of events, and why; null for what can. */
export function unableOver(
  kind: WorkbenchOptions['kind'],
): Readonly<Record<'thresholds' | 'elsewhere', string | null>> {
  const far = kind === 'cluster';
  return {
    thresholds: far ? 'thresholds that count as they move need events that are read here' : null,
    elsewhere: far
      ? 'looking for a value in every field asks too much of a cluster: write a query for the field'
      : null,
  };
}

/** What the page can do, by feature. */
export const abilities = ({ kind, write }: WorkbenchOptions): Record<Feature, string | null> => ({
  ...{ funnel: null, histogram: null, coverage: null, backfill: null, events: null, pivot: null, attack: null },
  ...unableOver(kind),
  write: write ? null : 'harrier ui was started without --write: what would be written is shown to copy',
});
