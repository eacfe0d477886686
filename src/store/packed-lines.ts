import { newline } from '../documents/bytes.ts';
import type { Documents } from '../documents/document-reader.ts';

/** Lines of JSON one after the other in memory, each with its line end. */
export interface PackedLines {
  bytes: Uint8Array;
  /** Where each begins and ends, without its line end. */
  readonly places: Documents['places'];
  readonly count: number;
}

/** Puts lines together in memory of their own. */
export function packLines(lines: readonly Uint8Array[]): PackedLines {
  const bytes = new Uint8Array(lines.reduce((sum, line) => sum + line.length + 1, 0));
  const places = new Uint32Array(lines.length * 2);
  let at = 0;
  lines.forEach((line, i) => {
    bytes.set(line, at);
    places[2 * i] = at;
    at += line.length;
    places[2 * i + 1] = at;
    bytes[at++] = newline;
  });
  return { bytes, places, count: lines.length };
}

/** Divides lines behind the first `count`. */
export function splitLines(lines: PackedLines, count: number): [PackedLines, PackedLines] {
  const { bytes, places, count: all } = lines;
  if (count === all) return [lines, { bytes: bytes.subarray(bytes.length), places: new Uint32Array(), count: 0 }];
  const at = places[2 * count]!;
  const part = (from: number, to: number, first: number, last: number): PackedLines => ({
    bytes: bytes.subarray(from, to),
    places: places.slice(2 * first, 2 * last).map((place) => place - from),
    count: last - first,
  });
  return [part(0, at, 0, count), part(at, bytes.length, count, all)];
}
