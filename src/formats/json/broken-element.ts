import { byte, isBreak, previous, skipBlank } from './values.ts';

/**
 * Where an element of a list that is malformed ends, or the garbage between two, on the line on which it begins: at the
 * comma or bracket behind it, or where the next begins that it ran into; -1 where nothing up to `to` says so. Brackets
 * outside of texts decide. A quote ends a text only where something follows that may stand behind one: so one quote too many
 * or too few turns no more inside out than one text.
 */
export function brokenElementEnd(
  bytes: Buffer,
  from: number,
  to: number,
  isLast: boolean,
  mayEndList: (behind: number) => boolean,
): number {
  const open: number[] = [];
  for (let at = from; at < to; at++) {
    const found = bytes[at]!;
    if (isBreak(found)) return -1;
    if (found === byte.quote) {
      const end = textEnd(bytes, at, to);
      if (end < 0) return -1;
      if (bytes[end] !== byte.quote) return end;
      at = end;
    } else if (found === byte.openObject || found === byte.openArray) {
      if (found === byte.openObject && begins(bytes, from, at, open.at(-1))) return at;
      open.push(found);
    } else if (found === byte.closeObject || found === byte.closeArray) {
      // What was not closed inside ends with what is around it; a bracket that closes nothing is passed.
      const opened = open.lastIndexOf(found - 2);
      if (opened >= 0) open.length = opened;
      else if (open.length === 0 && found === byte.closeArray) {
        const behind = skipBlank(bytes, at + 1, to);
        if (behind === to && !isLast) return -1;
        if (mayEndList(behind)) return at;
      }
    } else if (found === byte.comma && open.length === 0) return at;
  }
  return -1;
}

/** Whether an object must be another element: no object stands in one without a key. */
function begins(bytes: Buffer, from: number, at: number, outer: number | undefined): boolean {
  const before = bytes[previous(bytes, at, from)];
  return outer === byte.openObject ? before === byte.comma : outer === undefined && before === byte.closeObject;
}

/** The quote that ends a text; or the bracket of the next element, where a text without end ran into its first key. */
function textEnd(bytes: Buffer, from: number, to: number): number {
  for (let at = from + 1; at < to; at++) {
    const found = bytes[at]!;
    if (isBreak(found)) return -1;
    if (found === byte.backslash) at++;
    else if (found === byte.quote) {
      const next = skipBlank(bytes, at + 1, to);
      if (next === to) return -1;
      if (mayFollowText(bytes[next]!)) return at;
      const bracket = previous(bytes, at, from);
      const comma = previous(bytes, bracket, from);
      const isKey = bytes[bracket] === byte.openObject && bytes[comma] === byte.comma;
      if (isKey && bytes[previous(bytes, comma, from)] === byte.closeObject) return bracket;
    }
  }
  return -1;
}

const mayFollowText = (found: number): boolean =>
  found === byte.comma || found === byte.colon || found === byte.closeObject || found === byte.closeArray;
