/*
 * JSON's tokens. Each function takes where a token begins and gives where it ends, 0 where it is none. A document ends
 * with a line end, which no token may hold, so nothing is looked at beyond it.
 */

/** Whether the text that was scanned last has escapes. */
export let escaped: bool = false;
/** The number that was scanned last: its digits without point, how many of them there are, and its power of ten. */
export let negative: bool = false;
export let digits: u64 = 0;
export let digitCount: u32 = 0;
export let exponent: i32 = 0;
export let isWhole: bool = false;
export let hasExponent: bool = false;
/** Whether the digits do not fit into 64 bits. */
export let isHuge: bool = false;

@inline
export function isSpace(c: u32): bool {
  return c == 32 || c == 9 || c == 10 || c == 13;
}

/** The first byte that is no space. */
@inline
export function skipSpace(p: usize, end: usize): usize {
  while (p < end && isSpace(load<u8>(p))) p++;
  return p;
}

/** From behind the opening quote to the closing one. */
export function scanText(p: usize): usize {
  escaped = false;
  while (true) {
    const bytes = v128.load(p);
    const ends = i8x16.eq(bytes, i8x16.splat(34));
    const marks = v128.or(i8x16.eq(bytes, i8x16.splat(92)), i8x16.lt_u(bytes, i8x16.splat(32)));
    const found = i8x16.bitmask(v128.or(ends, marks));
    if (found == 0) {
      p += 16;
      continue;
    }
    p += ctz(found);
    const c = <u32>load<u8>(p);
    if (c == 34) return p;
    if (c != 92) return 0;
    escaped = true;
    p = scanEscape(p + 1);
    if (p == 0) return 0;
  }
}

/** The digits `fffd`: the character that stands for what is none. */
const replacement: u32 = 0x64666666;

/**
 * From behind a backslash to what follows its escape. Half of a pair that stands alone is no character: it becomes the
 * replacement character in the document itself, so that whatever is made of it can be read by all.
 */
function scanEscape(p: usize): usize {
  switch (<u32>load<u8>(p)) {
    case 34:
    case 47:
    case 92:
    case 98:
    case 102:
    case 110:
    case 114:
    case 116:
      return p + 1;
    case 117: {
      const first = fourDigits(p + 1);
      if (first < 0xd800) return p + 5;
      if (first >= 0xe000) return first > 0xffff ? 0 : p + 5;
      if (first < 0xdc00 && load<u16>(p + 5) == 0x755c) {
        const second = fourDigits(p + 7);
        if (second >= 0xdc00 && second < 0xe000) return p + 11;
      }
      store<u32>(p + 1, replacement);
      return p + 5;
    }
    default:
      return 0;
  }
}

export function hexDigit(c: u32): i32 {
  if (c >= 48 && c <= 57) return c - 48;
  const lower = c | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

/** The text between `from` and `to`, which was scanned, with its escapes undone, written to `into`; its length. */
export function unescape(from: usize, to: usize, into: usize): u32 {
  let out = into;
  while (from < to) {
    const c = <u32>load<u8>(from++);
    if (c != 92) {
      store<u8>(out++, c);
      continue;
    }
    const kind = <u32>load<u8>(from++);
    let code: u32 = kind;
    if (kind == 98) code = 8;
    else if (kind == 102) code = 12;
    else if (kind == 110) code = 10;
    else if (kind == 114) code = 13;
    else if (kind == 116) code = 9;
    else if (kind == 117) {
      code = fourDigits(from);
      from += 4;
      if (code >= 0xd800 && code < 0xdc00) {
        code = 0x10000 + ((code - 0xd800) << 10) + (fourDigits(from + 2) - 0xdc00);
        from += 6;
      }
    }
    out = writeUtf8(out, code);
  }
  return <u32>(out - into);
}

/** A number of four hexadecimal digits; beyond 0xffff where they are none. */
function fourDigits(p: usize): u32 {
  let code: u32 = 0;
  for (let i: usize = 0; i < 4; i++) {
    const digit = hexDigit(load<u8>(p + i));
    if (digit < 0) return <u32>-1;
    code = (code << 4) | digit;
  }
  return code;
}

function writeUtf8(out: usize, code: u32): usize {
  if (code < 0x80) {
    store<u8>(out, code);
    return out + 1;
  }
  if (code < 0x800) {
    store<u8>(out, 0xc0 | (code >> 6));
    store<u8>(out + 1, 0x80 | (code & 63));
    return out + 2;
  }
  if (code < 0x10000) {
    store<u8>(out, 0xe0 | (code >> 12));
    store<u8>(out + 1, 0x80 | ((code >> 6) & 63));
    store<u8>(out + 2, 0x80 | (code & 63));
    return out + 3;
  }
  store<u8>(out, 0xf0 | (code >> 18));
  store<u8>(out + 1, 0x80 | ((code >> 12) & 63));
  store<u8>(out + 2, 0x80 | ((code >> 6) & 63));
  store<u8>(out + 3, 0x80 | (code & 63));
  return out + 4;
}

@inline
function isDigit(c: u32): bool {
  return c - 48 < 10;
}

/** A number, taken apart into `digits` and `exponent`. */
export function scanNumber(p: usize): usize {
  negative = load<u8>(p) == 45;
  if (negative) p++;
  digits = 0;
  digitCount = 0;
  exponent = 0;
  isWhole = true;
  hasExponent = false;
  isHuge = false;
  let c = <u32>load<u8>(p);
  if (!isDigit(c)) return 0;
  if (c == 48) {
    c = load<u8>(++p);
    if (isDigit(c)) return 0;
  } else
    while (isDigit(c)) {
      take(c);
      c = load<u8>(++p);
    }
  if (c == 46) {
    isWhole = false;
    c = load<u8>(++p);
    if (!isDigit(c)) return 0;
    while (isDigit(c)) {
      exponent--;
      take(c);
      c = load<u8>(++p);
    }
  }
  if ((c | 32) == 101) {
    isWhole = false;
    hasExponent = true;
    c = load<u8>(++p);
    const down = c == 45;
    if (down || c == 43) c = load<u8>(++p);
    if (!isDigit(c)) return 0;
    let power = 0;
    while (isDigit(c)) {
      if (power < 100_000) power = power * 10 + (c - 48);
      c = load<u8>(++p);
    }
    exponent += down ? -power : power;
  }
  return p;
}

@inline
function take(c: u32): void {
  if (digitCount > 0 || c != 48) digitCount++;
  if (digitCount <= 19) digits = digits * 10 + (c - 48);
  else takeBeyond(c - 48);
}

/** The twentieth digit may still fit. */
function takeBeyond(digit: u64): void {
  if (digitCount == 20 && (digits < u64.MAX_VALUE / 10 || (digits == u64.MAX_VALUE / 10 && digit <= u64.MAX_VALUE % 10)))
    digits = digits * 10 + digit;
  else isHuge = true;
}

/** One of the words true, false and null. */
@inline
export function scanWord(p: usize): usize {
  const four = load<u32>(p);
  if (four == 0x65757274 || four == 0x6c6c756e) return p + 4;
  return four == 0x736c6166 && load<u8>(p + 4) == 101 ? p + 5 : 0;
}

/** Documents that are nested deeper are not read. */
export const deepest: u32 = 200;

/** From a key to the value behind its colon. */
function scanKey(p: usize, end: usize): usize {
  if (load<u8>(p) != 34) return 0;
  p = scanText(p + 1);
  if (p == 0) return 0;
  p = skipSpace(p + 1, end);
  return load<u8>(p) == 58 ? skipSpace(p + 1, end) : 0;
}

/** Whether the object or array ended where `toNext` was last. */
export let isClosed: bool = false;

/** From behind a member or an element to the next, or behind what closes them all. */
@inline
export function toNext(p: usize, end: usize, close: u32): usize {
  p = skipSpace(p, end);
  const c = <u32>load<u8>(p);
  isClosed = c == close;
  if (isClosed) return p + 1;
  return c == 44 ? skipSpace(p + 1, end) : 0;
}

/** Any value, of which nothing is wanted; with `isEmpty` only null, and objects and arrays of nothing else. */
export function scanValue(p: usize, end: usize, isEmpty: bool = false, depth: u32 = 0): usize {
  const c = <u32>load<u8>(p);
  if (c != 123 && c != 91) return isEmpty && c != 110 ? 0 : scanScalar(p, c);
  if (depth >= deepest) return 0;
  const close: u32 = c + 2;
  p = skipSpace(p + 1, end);
  if (load<u8>(p) == close) return p + 1;
  do {
    if (c == 123) {
      p = scanKey(p, end);
      if (p == 0) return 0;
    }
    p = scanValue(p, end, isEmpty, depth + 1);
    if (p == 0) return 0;
    p = toNext(p, end, close);
    if (p == 0) return 0;
  } while (!isClosed);
  return p;
}

function scanScalar(p: usize, c: u32): usize {
  if (c == 34) {
    p = scanText(p + 1);
    return p == 0 ? 0 : p + 1;
  }
  return c == 45 || isDigit(c) ? scanNumber(p) : scanWord(p);
}
