import { setImmediate } from 'node:timers/promises';
import { applyAll } from './apply-operations.ts';
import type { Operation, Outcome } from './operations.ts';
import { type DocumentsAhead, readAhead, removeAhead } from './read-ahead.ts';
import type { Refusal } from './refusal.ts';
import type { Store } from './store.ts';

interface Request {
  readonly operations: readonly Operation[];
  readonly bytes: number;
  resolve(outcomes: Outcome[]): void;
  reject(error: unknown): void;
}

/** Maximum size of one transaction when several writers wait. */
const groupBytes = 32 << 20;
/** As much as this is read while others are being written; less is soon read. */
const worthReadingAhead = 1 << 20;

/**
 * Applies operations. Requests that come while others are being written wait and are then written together: one
 * transaction, and one wait for the disk, serves them all. What is answered is on disk.
 */
export class Writer {
  /** What became of operations so far, by their result or the type of their refusal. */
  readonly totals = new Map<string, number>();
  /** Bytes of documents that were written or refused so far. */
  bytes = 0;
  /** Why the last group could not be written; null when it was. */
  failure: unknown = null;
  #waiting: Request[] = [];
  #waitingBytes = 0;
  /** Whether a group is being read, or waits for the one before it to be written. */
  #preparing = false;
  #writing: Promise<void> | null = null;
  #refused: Refusal | null = null;

  constructor(private readonly store: Store) {}

  /** Requests that wait for their turn, and the bytes of their documents. */
  get queue(): { readonly requests: number; readonly bytes: number } {
    return { requests: this.#waiting.length, bytes: this.#waitingBytes };
  }

  /** The outcomes come in the order of the operations. */
  apply(operations: readonly Operation[]): Promise<Outcome[]> {
    if (this.#refused) return Promise.reject(this.#refused);
    const bytes = operations.reduce((sum, { line }) => sum + (line?.length ?? 0) + 100, 0);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ operations, bytes, resolve, reject });
      this.#waitingBytes += bytes;
      this.#next();
    });
  }

  /** Refuses what waits for its turn, and all that comes from now on; what is being written goes on. */
  refuseWaiting(reason: Refusal): void {
    this.#refused = reason;
    for (const { reject } of this.#waiting.splice(0)) reject(reason);
    this.#waitingBytes = 0;
  }

  /** Waits until nothing is being written any more. */
  async idle(): Promise<void> {
    while (this.#preparing || this.#writing || this.#waiting.length > 0) {
      await this.#writing;
      await setImmediate();
    }
  }

  #next(): void {
    if (this.#preparing || this.#waiting.length === 0) return;
    if (this.#writing && this.#waitingBytes < worthReadingAhead) return;
    this.#preparing = true;
    void this.#run(this.#takeGroup());
  }

  #takeGroup(): Request[] {
    const group: Request[] = [];
    let bytes = 0;
    while (this.#waiting.length > 0 && (group.length === 0 || bytes + this.#waiting[0]!.bytes <= groupBytes)) {
      const next = this.#waiting.shift()!;
      bytes += next.bytes;
      group.push(next);
    }
    this.#waitingBytes -= bytes;
    return group;
  }

  async #run(group: readonly Request[]): Promise<void> {
    const operations = group.flatMap((request) => request.operations);
    const reading = this.#writing ? readAhead(this.store, operations) : Promise.resolve(new Map());
    reading.catch(() => undefined);
    await this.#writing;
    this.#writing = this.#write(group, operations, reading).then(() => {
      this.#writing = null;
      this.#next();
    });
    this.#preparing = false;
    this.#next();
  }

  async #write(
    group: readonly Request[],
    operations: readonly Operation[],
    reading: Promise<ReadonlyMap<string, DocumentsAhead>>,
  ): Promise<void> {
    try {
      const ahead = await reading;
      const outcomes = await this.store
        .exclusively((connection) => applyAll(this.store, connection, operations, ahead))
        .finally(() => removeAhead(ahead));
      let from = 0;
      for (const request of group) {
        request.resolve(outcomes.slice(from, from + request.operations.length));
        from += request.operations.length;
        this.bytes += request.bytes;
      }
      for (const outcome of outcomes) {
        const kind = 'refusal' in outcome ? outcome.refusal.type : outcome.result;
        this.totals.set(kind, (this.totals.get(kind) ?? 0) + 1);
      }
      this.failure = null;
    } catch (error) {
      this.failure = error;
      for (const { reject } of group) reject(error);
    }
  }
}
