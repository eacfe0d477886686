/** Bytes that mean something in JSON. */
export const byte = {
  tab: 9,
  lineFeed: 10,
  carriageReturn: 13,
  recordSeparator: 0x1e,
  space: 32,
  quote: 0x22,
  comma: 0x2c,
  colon: 0x3a,
  openArray: 0x5b,
  backslash: 0x5c,
  closeArray: 0x5d,
  openObject: 0x7b,
  closeObject: 0x7d,
} as const;

export const isBlank = (value: number | undefined): boolean =>
  value === byte.space || value === byte.lineFeed || value === byte.carriageReturn || value === byte.tab;

export const isBreak = (value: number | undefined): boolean => value === byte.lineFeed || value === byte.carriageReturn;

/** A part of some bytes. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** A member of an object: its key between the quotes, as written, and its value. */
export interface Member {
  readonly key: string;
  readonly value: Range;
}

/** The members of the object that begins at `from`, as far as they are whole. */
export function* membersOf(bytes: Buffer, from: number, to: number): Generator<Member, void> {
  let at = skipBlank(bytes, from + 1, to);
  while (bytes[at] === byte.quote) {
    const keyEnd = valueEnd(bytes, at, to);
    const colon = skipBlank(bytes, keyEnd, to);
    if (keyEnd < 0 || bytes[colon] !== byte.colon) return;
    const begin = skipBlank(bytes, colon + 1, to);
    const end = valueEnd(bytes, begin, to);
    if (end < 0) return;
    yield { key: bytes.toString('utf8', at + 1, keyEnd - 1), value: { from: begin, to: end } };
    const comma = skipBlank(bytes, end, to);
    if (bytes[comma] !== byte.comma) return;
    at = skipBlank(bytes, comma + 1, to);
  }
}

/** The elements of the array that begins at `from`, as far as they are whole. */
export function* elementsOf(bytes: Buffer, from: number, to: number): Generator<Range, void> {
  let at = skipBlank(bytes, from + 1, to);
  while (at < to && bytes[at] !== byte.closeArray) {
    const end = valueEnd(bytes, at, to);
    if (end < 0) return;
    yield { from: at, to: end };
    const comma = skipBlank(bytes, end, to);
    if (bytes[comma] !== byte.comma) return;
    at = skipBlank(bytes, comma + 1, to);
  }
}

export function skipBlank(bytes: Buffer, from: number, to: number): number {
  let at = from;
  while (at < to && isBlank(bytes[at])) at++;
  return at;
}

/** Where the value that begins at `from` ends; -1 where it is not whole. */
function valueEnd(bytes: Buffer, from: number, to: number): number {
  const first = bytes[from];
  if (from < 0 || from >= to) return -1;
  if (first === byte.quote) return stringEnd(bytes, from, to);
  if (first !== byte.openObject && first !== byte.openArray) {
    let at = from;
    while (at < to && !endsScalar(bytes[at]!)) at++;
    return at > from ? at : -1;
  }
  let depth = 0;
  for (let at = from; at < to; ) {
    const found = bytes[at]!;
    if (found === byte.quote) {
      at = stringEnd(bytes, at, to);
      if (at < 0) return -1;
      continue;
    }
    at++;
    if (found === byte.openObject || found === byte.openArray) depth++;
    else if ((found === byte.closeObject || found === byte.closeArray) && --depth === 0) return at;
  }
  return -1;
}

const endsScalar = (value: number): boolean =>
  isBlank(value) || value === byte.comma || value === byte.closeObject || value === byte.closeArray;

function stringEnd(bytes: Buffer, from: number, to: number): number {
  for (let at = from + 1; at < to; at++) {
    if (bytes[at] === byte.backslash) at++;
    else if (bytes[at] === byte.quote) return at + 1;
  }
  return -1;
}

/** The key of the value that begins at `at`, as written; null where there is none, or it begins before `from`. */
export function keyBefore(bytes: Buffer, at: number, from: number): string | null {
  const colon = previous(bytes, at, from);
  if (bytes[colon] !== byte.colon) return null;
  const end = previous(bytes, colon, from);
  if (bytes[end] !== byte.quote) return null;
  const begin = bytes.lastIndexOf(byte.quote, end - 1);
  return begin >= from && bytes[begin - 1] !== byte.backslash ? bytes.toString('utf8', begin + 1, end) : null;
}

/** The place of the last byte before `at` that is not blank; before `from` if there is none. */
export function previous(bytes: Buffer, at: number, from: number): number {
  let before = at - 1;
  while (before >= from && isBlank(bytes[before])) before--;
  return before;
}
