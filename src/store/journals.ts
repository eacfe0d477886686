import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pieceRows } from './incoming.ts';
import type { IndexTable } from './index-table.ts';
import { Journal } from './journal.ts';
import { newId } from './operations.ts';
import { type PackedLines, splitLines } from './packed-lines.ts';

/** Size of a full journal: its documents make a group of rows of a table, fewer if they are large. */
const most = { documents: pieceRows, bytes: 128 << 20 };

/** Documents that were appended to one journal: what their ids and sequence numbers follow from. */
export interface Appended {
  readonly key: string;
  /** The number of the first in the journal, and its sequence number. */
  readonly number: number;
  readonly sequence: bigint;
  readonly count: number;
  /** Ends when they are on disk. */
  readonly written: Promise<void>;
}

/** The journals of a store: at most one of an index that takes documents, and those that are to be written. */
export class Journals {
  readonly #open = new Map<string, Journal>();
  #ended: Journal[] = [];

  private constructor(private readonly folder: string) {}

  /** Opens the folder, in which there may be journals of a process that ended early. */
  static async load(folder: string): Promise<Journals> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return Journals.find(folder);
  }

  /** The journals in a folder, which need not be there, for those who write none. */
  static async find(folder: string): Promise<Journals> {
    const journals = new Journals(folder);
    const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    for (const name of names) {
      const journal = await Journal.find(join(folder, name));
      if (journal) journals.#ended.push(journal);
    }
    journals.#ended.sort((a, b) => (a.heading.first < b.heading.first ? -1 : 1));
    return journals;
  }

  /** How many documents are in journals, and their bytes. */
  get documents(): number {
    return this.#all.reduce((sum, { count }) => sum + count, 0);
  }

  get bytes(): number {
    return this.#all.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** How many journals take no more documents, and are not written yet. */
  get full(): number {
    return this.#ended.length;
  }

  /** What is in journals, in full ones. */
  get backlog(): number {
    return Math.max(this.documents / most.documents, this.bytes / most.bytes);
  }

  get #all(): readonly Journal[] {
    return [...this.#ended, ...this.#open.values()];
  }

  /**
   * Appends documents of an index, to more than one journal where one would hold too many; `onFull` is called for
   * each that is full.
   */
  append(index: IndexTable, lines: PackedLines, onFull: () => void): readonly Appended[] {
    const appended: Appended[] = [];
    for (let left = lines; left.count > 0; ) {
      const journal = this.#of(index);
      const [now, later] = splitLines(left, Math.min(left.count, most.documents - journal.count));
      const { first, key } = journal.heading;
      const number = journal.count;
      appended.push({ key, number, sequence: first + BigInt(number), count: now.count, written: journal.append(now) });
      if (journal.count === most.documents || journal.bytes >= most.bytes) {
        this.#end(journal);
        onFull();
      }
      left = later;
    }
    return appended;
  }

  #of(index: IndexTable): Journal {
    const { uuid } = index.record;
    let journal = this.#open.get(uuid);
    if (!journal) {
      const before = this.#ended.findLast(({ heading }) => heading.index === uuid);
      const first = before ? before.heading.first + BigInt(before.count) : index.nextSequence;
      journal = Journal.begin(this.folder, { index: uuid, first, key: newId() });
      this.#open.set(uuid, journal);
    }
    return journal;
  }

  #end(journal: Journal): void {
    this.#open.delete(journal.heading.index);
    this.#ended.push(journal);
  }

  /** The journals to write now, in this order: all, or those that are full. Nothing is appended to them any more. */
  ended(which: 'all' | 'full'): readonly Journal[] {
    if (which === 'all') for (const journal of this.#open.values()) this.#end(journal);
    return [...this.#ended];
  }

  /** Removes a journal whose documents are in their table, or whose index is gone. */
  async remove(journal: Journal): Promise<void> {
    await journal.remove();
    this.#ended = this.#ended.filter((other) => other !== journal);
  }
}
