import type { Operation, Outcome } from './operations.ts';

/** Operations that wait to be done, with others or alone. */
export interface WriteRequest<T = Outcome[]> {
  readonly operations: readonly Operation[];
  readonly bytes: number;
  resolve(outcomes: T): void;
  reject(error: unknown): void;
}

/** Takes the first of those that wait, up to `most` bytes, but at least one. */
export function takeGroup<T extends { readonly bytes: number }>(waiting: T[], most: number): T[] {
  let bytes = 0;
  let count = 0;
  for (const one of waiting) {
    bytes += one.bytes;
    if (count > 0 && bytes > most) break;
    count += 1;
  }
  return waiting.splice(0, count);
}

export const operationsOf = (group: readonly WriteRequest<never>[]): Operation[] =>
  group.flatMap(({ operations }) => operations);

/** Gives each of a group its own of the outcomes. */
export function answer(group: readonly WriteRequest[], outcomes: readonly Outcome[]): void {
  let from = 0;
  for (const { operations, resolve } of group) {
    resolve(outcomes.slice(from, from + operations.length));
    from += operations.length;
  }
}
