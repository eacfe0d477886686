import { explain, explainMembers, shown } from './bad-lines.ts';
import type { BadLine, Counted, IgnoredValue, UnknownCounts } from './load-report.ts';

/** How many there were, and the first of them: the others are not even described. */
export class Count<T> implements Counted<T> {
  count = 0;
  readonly first: T[] = [];

  add(describe: () => T): void {
    this.count += 1;
    if (this.first.length < shown) this.first.push(describe());
  }

  addAll({ count, first }: Counted<T>, change: (one: T) => T = (one) => one): void {
    this.count += count;
    this.first.push(...first.slice(0, Math.max(0, shown - this.first.length)).map(change));
  }
}

/** A line of a source, counted from 1, and what is to be said of it. */
export type SourceLine = Omit<BadLine, 'file'>;

/** What was found in a source, or in some of its lines. */
export class Tally {
  events = 0;
  /** The events of each index. */
  readonly indices = new Map<string, number>();
  /** The events that have their fields by mappings, by the titles of these. */
  readonly mapped = new Map<string, number>();
  /** The events that keep the names of their source. */
  unknown: UnknownCounts = { events: 0, withoutTime: 0, timed: 0 };
  /** Lines that are no events, or that their index refuses. */
  readonly malformed = new Count<SourceLine>();
  /** Values that do not fit. */
  readonly ignored = new Count<Omit<IgnoredValue, 'file'>>();
  /** Events with a member that was not read. */
  readonly duplicates = new Count<SourceLine>();
  /** In how many events each such member stands. */
  readonly members = new Map<string, number>();

  addMalformed(line: number, text: Buffer, isOpen: boolean): void {
    this.malformed.add(() => ({ line, ...explain(text, isOpen) }));
  }

  addDuplicate(line: number, text: Buffer): void {
    const { names, ...explained } = explainMembers(text);
    addCounts(
      this.members,
      names.map((name) => [name, 1] as const),
    );
    this.duplicates.add(() => ({ line, ...explained }));
  }

  /** Adds an event that keeps the names of its source. `timed`: it has its time from a field that was named for it. */
  addUnknown({ hasTime, timed }: { readonly hasTime: boolean; readonly timed: boolean }): void {
    const { unknown } = this;
    this.unknown = {
      events: unknown.events + 1,
      withoutTime: unknown.withoutTime + (hasTime || timed ? 0 : 1),
      timed: unknown.timed + (timed ? 1 : 0),
    };
  }

  /** Adds what was found in lines before which there are some others. */
  add(part: Tally, before = 0): void {
    const moved = (one: SourceLine): SourceLine => ({ ...one, line: before + one.line });
    this.events += part.events;
    addCounts(this.indices, part.indices);
    addCounts(this.mapped, part.mapped);
    const { events, withoutTime, timed } = part.unknown;
    this.unknown = {
      events: this.unknown.events + events,
      withoutTime: this.unknown.withoutTime + withoutTime,
      timed: this.unknown.timed + timed,
    };
    this.malformed.addAll(part.malformed, moved);
    this.duplicates.addAll(part.duplicates, moved);
    addCounts(this.members, part.members);
  }
}

/** Adds counts by name to others. */
export function addCounts(all: Map<string, number>, more: Iterable<readonly [string, number]>): Map<string, number> {
  for (const [name, n] of more) all.set(name, (all.get(name) ?? 0) + n);
  return all;
}
