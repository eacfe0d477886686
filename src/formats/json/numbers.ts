const isDigit = (value: number | undefined): boolean => value !== undefined && value >= 0x30 && value <= 0x39;

/** Behind the digits from `at` on. */
function behindDigits(text: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && isDigit(text[at])) at++;
  return at;
}

/** Behind the whole part of a number; -1 where there is none, or it has a leading zero. */
function behindWhole(text: Uint8Array, from: number, to: number): number {
  const first = from < to && text[from] === 0x2d ? from + 1 : from;
  const end = behindDigits(text, first, to);
  return end === first || (text[first] === 0x30 && end > first + 1) ? -1 : end;
}

/** Whether a text is a number as JSON writes them. */
export function isJsonNumber(text: Uint8Array, from: number, to: number): boolean {
  let at = behindWhole(text, from, to);
  if (at < 0) return false;
  if (at < to && text[at] === 0x2e) {
    const end = behindDigits(text, at + 1, to);
    if (end === at + 1) return false;
    at = end;
  }
  if (at < to && (text[at]! | 0x20) === 0x65) {
    const sign = text[at + 1] === 0x2b || text[at + 1] === 0x2d ? 1 : 0;
    const end = behindDigits(text, at + 1 + sign, to);
    if (end === at + 1 + sign) return false;
    at = end;
  }
  return at === to;
}

/** More digits are an id, not an amount: a double does not hold them all. */
const mostDigits = 15;

/**
 * Whether a text is a number that nobody would write otherwise: no leading zeros, no plus sign, no more digits than a double
 * holds, and an exponent only as Java and ES|QL write those of doubles (1.0E7). Anything else in a file without types may be
 * an id.
 */
export function isCanonicalNumber(text: Uint8Array, from: number, to: number): boolean {
  const first = text[from];
  if (!(isDigit(first) || first === 0x2d) || to - from > longestNumber) return false;
  let at = behindWhole(text, from, to);
  if (at < 0) return false;
  let digits = at - from - (first === 0x2d ? 1 : 0);
  if (first === 0x2d && digits === 1 && text[from + 1] === 0x30 && at === to) return false;
  if (at < to && text[at] === 0x2e) {
    const end = behindDigits(text, at + 1, to);
    if (end === at + 1) return false;
    digits += end - at - 1;
    at = end;
    if (text[at] === 0x45 && at < to) {
      const begin = text[at + 1] === 0x2d ? at + 2 : at + 1;
      at = behindDigits(text, begin, to);
      if (at === begin || at > begin + 3) return false;
    }
  }
  return at === to && digits <= mostDigits;
}

/** A sign, a point, digits and an exponent. */
const longestNumber = mostDigits + 8;
