import { AppendLane } from './append-lane.ts';
import { applyAll } from './apply-operations.ts';
import type { Operation, Outcome } from './operations.ts';
import type { Refusal } from './refusal.ts';
import type { Store } from './store.ts';
import { answer, operationsOf, WaitingWrites, type WriteRequest } from './write-requests.ts';

/** Maximum size of one transaction when several writers wait. */
const groupBytes = 32 << 20;

/**
 * Applies operations; what is answered is on disk. Documents that nothing depends on are appended to a journal. All else
 * takes a turn of writing: requests that come while others are being written wait and are then written together, in one
 * transaction.
 */
export class Writer {
  /** What became of operations so far, by their result or the type of their refusal. */
  readonly totals = new Map<string, number>();
  /** Bytes of documents that were written or refused so far. */
  bytes = 0;
  readonly #appends: AppendLane;
  readonly #waiting = new WaitingWrites<WriteRequest>(groupBytes);
  #writing: Promise<void> | null = null;
  #underWay = 0;
  #bytesUnderWay = 0;
  #failure: unknown = null;
  readonly #onIdle: (() => void)[] = [];
  #refused: Refusal | null = null;

  constructor(private readonly store: Store) {
    this.#appends = new AppendLane(store);
  }

  /** Requests that are not answered yet, and the bytes of their documents. */
  get queue(): { readonly requests: number; readonly bytes: number } {
    return { requests: this.#underWay, bytes: this.#bytesUnderWay };
  }

  /** The outcomes come in the order of the operations. */
  async apply(operations: readonly Operation[]): Promise<Outcome[]> {
    if (this.#refused) throw this.#refused;
    const bytes = operations.reduce((sum, { line }) => sum + (line?.length ?? 0) + 100, 0);
    this.#underWay += 1;
    this.#bytesUnderWay += bytes;
    try {
      const appended = this.#appends.takes(operations) ? await this.#appends.append(operations, bytes) : null;
      const outcomes = appended ?? (await this.#inTurn(operations, bytes));
      this.#add(outcomes, bytes);
      return outcomes;
    } catch (error) {
      this.#failure = error;
      throw error;
    } finally {
      this.#underWay -= 1;
      this.#bytesUnderWay -= bytes;
      if (this.#underWay === 0) for (const resolve of this.#onIdle.splice(0)) resolve();
    }
  }

  /** Why the last operations could not be written, or those in journals; null when they were. */
  get failure(): unknown {
    return this.#failure ?? this.store.unseen;
  }

  #add(outcomes: readonly Outcome[], bytes: number): void {
    this.#failure = null;
    this.bytes += bytes;
    for (const outcome of outcomes) {
      const kind = 'refusal' in outcome ? outcome.refusal.type : outcome.result;
      this.totals.set(kind, (this.totals.get(kind) ?? 0) + 1);
    }
  }

  /** Refuses what waits for its turn, and all that comes from now on; what is being written goes on. */
  refuseWaiting(reason: Refusal): void {
    this.#refused = reason;
    this.#appends.rejectWaiting(reason);
    this.#waiting.reject(reason);
  }

  /** Waits until nothing is being written any more. */
  async idle(): Promise<void> {
    if (this.#underWay > 0) await new Promise<void>((resolve) => this.#onIdle.push(resolve));
  }

  #inTurn(operations: readonly Operation[], bytes: number): Promise<Outcome[]> {
    if (this.#refused) throw this.#refused;
    return new Promise((resolve, reject) => {
      this.#waiting.add({ operations, bytes, resolve, reject });
      this.#next();
    });
  }

  #next(): void {
    if (this.#writing || this.#waiting.isEmpty) return;
    this.#writing = this.#write(this.#waiting.takeGroup()).finally(() => {
      this.#writing = null;
      this.#next();
    });
  }

  async #write(group: readonly WriteRequest[]): Promise<void> {
    try {
      const operations = operationsOf(group);
      answer(group, await this.store.exclusively((connection) => applyAll(this.store, connection, operations)));
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }
}
