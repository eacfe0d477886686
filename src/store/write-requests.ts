import { SmallestFirst } from '../engines/smallest-first.ts';
import type { Operation, Outcome } from './operations.ts';

/** Operations that wait to be done, with others or alone. */
export interface WriteRequest<T = Outcome[]> {
  readonly operations: readonly Operation[];
  readonly bytes: number;
  resolve(outcomes: T): void;
  reject(error: unknown): void;
}

/** Operations that are done together at most, unless one request has more: so long do others wait. */
export const mostTogether = 5000;

/** Requests that wait to be written some at a time: small ones do not wait for all that is large. */
export class WaitingWrites<T extends Pick<WriteRequest<never>, 'operations' | 'bytes' | 'reject'>> {
  /** By when they came. */
  #waiting: T[] = [];
  readonly #order = new SmallestFirst();

  /** Bytes of a group at most. */
  constructor(private readonly most: number) {}

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  add(request: T): void {
    this.#waiting.push(request);
  }

  /** Takes those that are written next, but at least one. */
  takeGroup(): T[] {
    const inOrder = this.#order.order(this.#waiting, ({ bytes }) => bytes);
    let [bytes, operations] = [0, 0];
    const beyond = inOrder.findIndex((one, i) => {
      bytes += one.bytes;
      operations += one.operations.length;
      return i > 0 && (bytes > this.most || operations > mostTogether);
    });
    const group = inOrder.slice(0, beyond < 0 ? inOrder.length : beyond);
    const taken = new Set(group);
    this.#waiting = this.#waiting.filter((one) => !taken.has(one));
    return group;
  }

  /** What waits is not done. */
  reject(reason: unknown): void {
    for (const { reject } of this.#waiting.splice(0)) reject(reason);
  }
}

export const operationsOf = (group: readonly WriteRequest<never>[]): Operation[] =>
  group.flatMap(({ operations }) => operations);

/** Operations in parts of which each is done at once. */
export function* inParts(operations: readonly Operation[]): Generator<readonly Operation[]> {
  for (let from = 0; from < operations.length; from += mostTogether) yield operations.slice(from, from + mostTogether);
}

/** Gives each of a group its own of the outcomes. */
export function answer(group: readonly WriteRequest[], outcomes: readonly Outcome[]): void {
  let from = 0;
  for (const { operations, resolve } of group) {
    resolve(outcomes.slice(from, from + operations.length));
    from += operations.length;
  }
}
