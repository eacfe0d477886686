import type { CheckedDocuments } from './incoming.ts';
import type { IndexTable } from './index-table.ts';
import type { Appended } from './journals.ts';
import { type Operation, type Outcome, placesByIndex } from './operations.ts';
import { type PackedLines, packLines } from './packed-lines.ts';
import { Refusal } from './refusal.ts';
import type { Store } from './store.ts';
import { answer, operationsOf, WaitingWrites, type WriteRequest } from './write-requests.ts';

type Waiting = WriteRequest<Outcome[] | null>;

/** Documents for an index, what a check found, and where they stand among the operations. */
interface Checked {
  readonly index: IndexTable;
  readonly places: readonly number[];
  readonly lines: PackedLines;
  readonly read: CheckedDocuments;
}

/** What came of operations, which is certain when `written` ends. */
interface Accepted {
  readonly outcomes: readonly Outcome[];
  readonly written: Promise<unknown>;
}

/** Maximum bytes of waiting requests that are checked together. */
const groupBytes = 8 << 20;
/** Groups that are checked at the same time. */
const mostChecks = 2;

/**
 * Documents without ids, for indices that are there and know all their fields: they are checked, written to a journal
 * and acknowledged. Nothing that is answered depends on what is in the tables, to which they are written later, many at a
 * time.
 */
export class AppendLane {
  readonly #waiting = new WaitingWrites<Waiting>(groupBytes);
  #checks = 0;

  constructor(private readonly store: Store) {}

  /** Whether operations may take this lane. */
  takes(operations: readonly Operation[]): boolean {
    let last: IndexTable | undefined;
    return operations.every(({ action, index, id, ifSequence, externalVersion }) => {
      if (id !== null || ifSequence !== undefined || externalVersion !== undefined) return false;
      if (last?.name !== index) last = this.store.index(index);
      if (last === undefined || last.isTimeSeries) return false;
      return action === 'create' || (action === 'index' && !last.record.isDataStream);
    });
  }

  /** The outcomes in the order of the operations; null where these need a turn of writing, and nothing was done. */
  append(operations: readonly Operation[], bytes: number): Promise<Outcome[] | null> {
    return new Promise((resolve, reject) => {
      this.#waiting.add({ operations, bytes, resolve, reject });
      this.#next();
    });
  }

  /** What waits is not done. */
  rejectWaiting(reason: unknown): void {
    this.#waiting.reject(reason);
  }

  #next(): void {
    if (this.#checks >= mostChecks || this.#waiting.isEmpty) return;
    this.#checks += 1;
    void this.#run(this.#waiting.takeGroup()).finally(() => {
      this.#checks -= 1;
      this.#next();
    });
  }

  /** Ends when all of the group are checked, and not only when they are on disk: others are checked meanwhile. */
  async #run(group: readonly Waiting[]): Promise<void> {
    try {
      const appended = await this.#checkAndAppend(operationsOf(group));
      if (!appended) for (const { resolve } of group) resolve(null);
      else void appended.written.then(() => answer(group, appended.outcomes));
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }

  /** Null where some index does not take its documents for certain. */
  async #checkAndAppend(operations: readonly Operation[]): Promise<Accepted | null> {
    const checked: Checked[] = [];
    for (const [name, places] of placesByIndex(operations)) {
      const index = this.store.index(name);
      if (!index) return null;
      const lines = packLines(places.map((at) => operations[at]!.line!));
      const read = await this.store.incoming.check(lines, index.names('requests'), index.keeps);
      checked.push({ index, places, lines, read });
    }
    const bytes = checked.reduce((sum, { lines }) => sum + lines.bytes.length, 0);
    return this.store.whileAppendable(bytes, () => this.#append(operations.length, checked));
  }

  /** Nothing is waited for here: what had its turn before may have changed what was known, and nothing does meanwhile. */
  #append(size: number, checked: readonly Checked[]): Accepted | null {
    if (!checked.every(({ index, read }) => this.store.index(index.name) === index && index.takes(read))) return null;
    const outcomes: Outcome[] = new Array(size);
    const written: Promise<unknown>[] = [];
    for (const { index, places, lines } of checked) {
      let next = 0;
      for (const appended of this.store.append(index, lines)) {
        const own = places.slice(next, next + appended.count);
        next += appended.count;
        written.push(note(index.name, appended, own, outcomes));
      }
    }
    return { outcomes, written: Promise.all(written) };
  }
}

/** Notes what comes of documents that were appended, at their places; ends when that is certain. */
async function note(
  index: string,
  { key, number, sequence, written }: Appended,
  places: readonly number[],
  outcomes: Outcome[],
): Promise<void> {
  places.forEach((at, i) => {
    outcomes[at] = { index, id: `${key}${number + i}`, version: 1n, sequence: sequence + BigInt(i), result: 'created' };
  });
  try {
    await written;
  } catch (error) {
    const refusal = new Refusal('es_rejected_execution_exception', `not written: ${(error as Error).message}`, 429);
    for (const at of places) outcomes[at] = { index, id: outcomes[at]!.id, refusal };
  }
}
