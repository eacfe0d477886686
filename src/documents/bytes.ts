import { closeSync, openSync, readSync } from 'node:fs';

/**
 * Where lines stand as UTF-8: in the file of this path, from which whoever reads them takes them; or in memory of their own,
 * which goes to a worker while it reads them, and comes back.
 */
export type Bytes = string | Uint8Array;

/** Bytes that are being read, wherever in them. */
export interface PlacedBytes {
  /** Puts what stands from `at` on into memory; gives how many bytes, fewer than there is room for only at the end. */
  read(into: Uint8Array, at: number): number;
  close(): void;
}

export function openPlaced(bytes: Bytes): PlacedBytes {
  if (typeof bytes !== 'string')
    return {
      read(into, at) {
        const found = bytes.subarray(at, at + into.length);
        into.set(found);
        return found.length;
      },
      close: () => undefined,
    };
  const file = openSync(bytes, 'r');
  return {
    read(into, at) {
      let used = 0;
      while (used < into.length) {
        const count = readSync(file, into, used, into.length - used, at + used);
        if (count === 0) break;
        used += count;
      }
      return used;
    },
    close: () => closeSync(file),
  };
}

/** What ends a line. */
export const newline = 10;
const step = 1 << 14;

/** The place behind the first line end from `at` on; where everything ends if there is none. */
export function behindLine(bytes: PlacedBytes, at: number): number {
  const found = Buffer.allocUnsafe(step);
  for (let from = at; ; from += step) {
    const count = bytes.read(found, from);
    const end = found.subarray(0, count).indexOf(newline);
    if (end >= 0) return from + end + 1;
    if (count < step) return from + count;
  }
}
