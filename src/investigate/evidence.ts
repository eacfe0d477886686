import type { ProcessNode } from './process-tree.ts';

/** What the events behind the hits of one query look like, for pictures. */
export interface Evidence {
  /** The number of events in equal spans of time; null when the events carry no time. */
  readonly timeline: {
    /** The first span's beginning, and the length of each, in milliseconds. */
    readonly start: number;
    readonly span: number;
    readonly counts: readonly number[];
  } | null;
  /** Bytes sent to each destination, the most first. */
  readonly bytesByDestination: readonly { readonly destination: string; readonly bytes: number }[];
  /** For single hits, how long the pauses between events are. */
  readonly rhythms: readonly {
    /** The row of the result, from zero, and what it is called. */
    readonly row: number;
    readonly label: string;
    readonly intervals: readonly { readonly fromSeconds: number; readonly toSeconds: number; readonly count: number }[];
  }[];
  /** The processes of the top hits in their process trees: the eldest known ancestor of each. */
  readonly trees: readonly { readonly row: number; readonly root: ProcessNode }[];
}

export const noEvidence: Evidence = { timeline: null, bytesByDestination: [], rhythms: [], trees: [] };
