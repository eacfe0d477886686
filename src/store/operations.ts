import { randomBytes } from 'node:crypto';
import type { Refusal } from './refusal.ts';

/** One thing to do to one document. */
export interface Operation {
  readonly action: 'index' | 'create' | 'update' | 'delete';
  readonly index: string;
  /** Null: an id is made. */
  readonly id: string | null;
  /** The document, or what an update says; null for a deletion. */
  readonly line: Buffer | null;
  /** Only do it if the document was last changed by this operation. */
  readonly ifSequence?: bigint;
  /** A version that the writer keeps; only larger ones replace what is there. */
  readonly externalVersion?: bigint;
}

/** An operation that was done. */
export interface Done {
  readonly index: string;
  readonly id: string;
  readonly version: bigint;
  readonly sequence: bigint;
  readonly result: 'created' | 'updated' | 'deleted' | 'not_found' | 'noop';
}

/** What came of an operation. */
export type Outcome = Done | { readonly index: string; readonly id: string; readonly refusal: Refusal };

/** A document that is written whatever is there: the last of several is what counts. */
export const overwrites = ({ action, ifSequence, externalVersion }: Operation): boolean =>
  action === 'index' && ifSequence === undefined && externalVersion === undefined;

/** Numbers of operations, or of what else is for an index, by that index. */
export function placesByIndex(operations: readonly { readonly index: string }[]): Map<string, number[]> {
  const places = new Map<string, number[]>();
  operations.forEach(({ index }, at) => {
    const found = places.get(index);
    if (found) found.push(at);
    else places.set(index, [at]);
  });
  return places;
}

const run = randomBytes(9).toString('base64url');
let made = 0;

/** An id that no document has: 20 letters, the same beginning for all that one process makes. */
export function newId(): string {
  made += 1;
  return run + made.toString(36).padStart(8, '0');
}
