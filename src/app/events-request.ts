import type { ListSource } from '../files/lists/lists.ts';
import type { HeldEvents } from './session/held-events.ts';

/** Where events are. */
export type EventSource = NoEvents | FileSource | StoreSource | ClusterSource | HeldSource;

/** Queries that read no events, or that are only planned. */
export interface NoEvents {
  readonly kind: 'none';
}

export interface FileSource {
  readonly kind: 'files';
  /** Files, globs and folders. */
  readonly data: readonly string[];
  /** The index of events that do not name one. */
  readonly index?: string;
  /** Files and folders of mappings that come before those of the package. */
  readonly mappings?: readonly string[];
  /** The field of raw events from which those that say no `@timestamp` have it. */
  readonly timeField?: string;
  readonly cache: boolean;
  /** Malformed lines, mistyped values and files that were not read to the end are errors. */
  readonly strict: boolean;
  /** Files that hold the same as others are read too. */
  readonly copies: boolean;
}

export interface StoreSource {
  readonly kind: 'store';
  readonly folder: string;
}

export interface ClusterSource {
  readonly kind: 'cluster';
  readonly url: string;
  readonly apiKey?: string;
  /** A file of CA certificates to trust. */
  readonly ca?: string;
  readonly insecure: boolean;
  /** Milliseconds that a query may take. */
  readonly timeout?: number;
  /** How many queries run at the same time. */
  readonly parallel?: number;
}

/** Events that were opened before, and stay open behind the request. */
export interface HeldSource {
  readonly kind: 'held';
  readonly events: HeldEvents;
  /** Those that files were read by before those of the package. */
  readonly mappings?: readonly string[];
}

/** The time that a hunt takes for now: a moment, or that of the newest event. */
export type Moment = 'latest' | Date;

/** The events that are asked, and how. */
export interface EventsRequest {
  readonly source: EventSource;
  /** Null for the clock of whoever answers. */
  readonly now: Moment | null;
  /** The limit for queries that have none; null for every row. */
  readonly maxRows: number | null;
  /** Memory of the engine in this process, such as 4GB. */
  readonly memory?: string;
  /** Files that queries look rows up in. Held events have those that they were opened with. */
  readonly lists?: readonly ListSource[];
  /** Files that will be written; none of them may be one that is read. */
  readonly outputs: readonly string[];
}
