import type { LikelyTime } from '../ecs/guess-time.ts';

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

/**
 * Why a file was not read, or not all of it.
 * `empty`: it holds nothing. `same`: its events are read from another path. `foreign`: it is of a kind that Harrier does
 * not read. `unreadable`: the system does not let it be read. `damaged`: it ends early, changed while it was read, or
 * has bytes that belong to nothing. `malformed`: it is whole, and some of its lines are no events.
 */
export type Cause = 'empty' | 'same' | 'foreign' | 'unreadable' | 'damaged' | 'malformed';

/** Events that keep the names that their source gave them: no mapping knows them, and they are not in those of ECS. */
export interface UnknownCounts {
  readonly events: number;
  /** How many of them have no `@timestamp`. */
  readonly withoutTime: number;
  /** How many have it from a field that was named for it. */
  readonly timed: number;
}

/** Such events, and what to do about them. */
export interface UnknownEvents extends UnknownCounts {
  /** The field that likely says when they were; null where none looks like it. */
  readonly likelyTime: LikelyTime | null;
}

/** What became of one path that was named or found. */
export interface FileReport {
  /** As people know it. */
  readonly path: string;
  /** For people: `NDJSON`, `JSON array, gzip`; null where it is not known. */
  readonly format: string | null;
  readonly read: 'all' | 'part' | 'none';
  readonly events: number;
  /** The indices that its events belong to, with how many. */
  readonly indices: readonly (readonly [name: string, events: number])[];
  /** Which mappings gave how many of its events their fields, by the titles of these. */
  readonly mapped?: readonly { readonly source: string; readonly events: number }[];
  /** Null, or absent, where all events have the names of ECS. */
  readonly unknown?: UnknownEvents | null;
  /**
   * Why it was not read, or not all of it. Of a foreign file it is what the file is: `a Windows event log (EVTX)`. Null
   * where all of it was read.
   */
  readonly reason: string | null;
  readonly cause: Cause | null;
}

/** The report of a file of which nothing was read. */
export const notReadReport = (path: string, cause: Cause, reason: string): FileReport => ({
  ...{ path, format: null, read: 'none', events: 0, indices: [], reason, cause },
});

/**
 * The report of a file of which something was read. `damage`: why not all of it was; `malformed`: what became of lines that are
 * no events, if there are any.
 */
export function readReport(
  about: Pick<FileReport, 'path' | 'format' | 'events' | 'indices' | 'mapped' | 'unknown'>,
  damage: readonly string[],
  malformed: string | null,
): FileReport {
  const reasons = [...damage, ...(malformed === null ? [] : [malformed])];
  if (reasons.length === 0) return { ...about, read: 'all', reason: null, cause: null };
  const cause = damage.length > 0 ? 'damaged' : 'malformed';
  return { ...about, read: about.events === 0 ? 'none' : 'part', reason: reasons.join('; '), cause };
}

/** Members that stand twice in an object, by their dotted names, and in how many events. */
export type RepeatedMembers = readonly (readonly [member: string, events: number])[];

/** How many there were, and the first of them. */
export interface Counted<T> {
  readonly count: number;
  readonly first: readonly T[];
}

/** What became of everything that was named as input. */
export interface LoadReport {
  /** Every path that was named or found, in the order of their paths. */
  readonly files: readonly FileReport[];
  readonly bytes: number;
  readonly events: number;
  readonly fromCache: boolean;
  readonly malformed: Counted<BadLine>;
  readonly ignored: Counted<IgnoredValue>;
  /** Events with a member that was not read: the second of two alike in one object, or metadata. */
  readonly duplicates: Counted<BadLine> & { readonly members: RepeatedMembers };
  /** Ready to print: rewritten encodings, hidden files, a cache that could not be written. */
  readonly notes: readonly string[];
}

/** How many of the files were read, at least in part. */
export const filesRead = ({ files }: Pick<LoadReport, 'files'>): number =>
  files.filter(({ read }) => read !== 'none').length;
