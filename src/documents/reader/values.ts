import { allocate } from './memory';
import { hexDigit } from './scan';

/*
 * Dates and addresses in the forms that they nearly always have. What has another form is no error: the engine knows
 * all of them.
 */

/** What was read last: milliseconds or nanoseconds since 1970. */
export let instant: i64 = 0;

@inline
function two(p: usize): i32 {
  const a = <i32>load<u8>(p) - 48;
  const b = <i32>load<u8>(p + 1) - 48;
  return <u32>a > 9 || <u32>b > 9 ? -1 : a * 10 + b;
}

/** `YYYY-MM-DDTHH:MM:SS[.f]Z` of the years 1900 to 2261, with one to nine digits of a second. */
export function readInstant(p: usize, length: u32, inNanoseconds: bool): bool {
  if (length < 20 || length > 30 || load<u8>(p + length - 1) != 90) return false;
  const century = two(p);
  const years = two(p + 2);
  const month = two(p + 5);
  const day = two(p + 8);
  const hour = two(p + 11);
  const minute = two(p + 14);
  const second = two(p + 17);
  if ((century | years | month | day | hour | minute | second) < 0) return false;
  if (load<u8>(p + 4) != 45 || load<u8>(p + 7) != 45 || load<u8>(p + 10) != 84) return false;
  if (load<u8>(p + 13) != 58 || load<u8>(p + 16) != 58) return false;
  const year = century * 100 + years;
  if (year < 1900 || year > 2261 || month < 1 || month > 12 || day < 1) return false;
  if (hour > 23 || minute > 59 || second > 59 || day > daysIn(year, month)) return false;
  let nanoseconds: i64 = 0;
  if (length > 20) {
    if (length < 22 || load<u8>(p + 19) != 46) return false;
    const last = p + length - 1;
    let unit: i64 = 100_000_000;
    for (let at = p + 20; at < last; at++) {
      const digit = <u32>load<u8>(at) - 48;
      if (digit > 9) return false;
      nanoseconds += unit * digit;
      unit /= 10;
    }
  }
  const seconds = <i64>dayNumber(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
  instant = inNanoseconds ? seconds * 1_000_000_000 + nanoseconds : seconds * 1000 + nanoseconds / 1_000_000;
  return true;
}

function daysIn(year: i32, month: i32): i32 {
  if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/** Days since 1970-01-01; years are counted from March, so that the leap day is the last. */
function dayNumber(year: i32, month: i32, day: i32): i32 {
  const y = month > 2 ? year : year - 1;
  const m = month > 2 ? month - 3 : month + 9;
  return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719_468;
}

/**
 * Whether a text is a date by which Elasticsearch's dynamic mapping detects one: a month or a day, or a day with a time
 * that may end after each of its parts. A year alone is a number there.
 */
export function isDate(p: usize, length: u32): bool {
  if (length < 7 || length > 35) return false;
  const century = two(p);
  const years = two(p + 2);
  const month = two(p + 5);
  if ((century | years | month) < 0 || load<u8>(p + 4) != 45 || month < 1 || month > 12) return false;
  if (length == 7) return true;
  if (length < 10 || load<u8>(p + 7) != 45) return false;
  const day = two(p + 8);
  if (day < 1 || day > daysIn(century * 100 + years, month)) return false;
  if (length == 10) return true;
  if (load<u8>(p + 10) != 84) return false;
  if (length == 11) return true;
  const end = p + length;
  let at = p + 11;
  for (let part = 0; part < 3; part++) {
    const number = at + 2 <= end ? two(at) : -1;
    if (number < 0 || number > (part == 0 ? 23 : 59)) return false;
    at += 2;
    if (at == end) return true;
    if (part == 2 || load<u8>(at) != 58) break;
    at++;
  }
  const c = <u32>load<u8>(at);
  // A fraction of a second.
  if (at == p + 19 && (c == 46 || c == 44)) {
    const from = ++at;
    while (at < end && <u32>load<u8>(at) - 48 < 10) at++;
    if (at == from || at - from > 9) return false;
    if (at == end) return true;
  }
  return isOffset(at, end);
}

/** `Z`, or hours and minutes with a sign. */
function isOffset(p: usize, end: usize): bool {
  const length = end - p;
  const c = <u32>load<u8>(p);
  if (c == 90) return length == 1;
  if ((c != 43 && c != 45) || (length != 3 && length != 5 && length != 6)) return false;
  if (length == 6 && load<u8>(p + 3) != 58) return false;
  const hours = two(p + 1);
  const minutes = length == 3 ? 0 : two(end - 2);
  return hours >= 0 && minutes >= 0 && minutes <= 59 && hours * 60 + minutes <= 18 * 60;
}

let high: u64 = 0;
let low: u64 = 0;
/** The decimal digits of the address that was read last, as many as `addressDigits`. */
export let addressText: usize = 0;
export let addressDigits: u32 = 0;

/** An address as a number of 128 bits, written in decimal: IPv4 stands among IPv6 as ::ffff:0:0/96. */
export function readAddress(p: usize, length: u32): bool {
  if (!readV4(p, length) && !readV6(p, length)) return false;
  if (addressText == 0) addressText = allocate(40);
  addressDigits = writeDecimal();
  return true;
}

/** Forgets memory that is given back. */
export function forgetAddress(): void {
  addressText = 0;
}

function readV4(p: usize, length: u32): bool {
  if (length < 7 || length > 15) return false;
  const end = p + length;
  let value: u64 = 0;
  for (let part = 0; part < 4; part++) {
    if (part > 0 && load<u8>(p++) != 46) return false;
    let number: u32 = 0;
    const from = p;
    while (p < end && <u32>load<u8>(p) - 48 < 10) number = number * 10 + (<u32>load<u8>(p++) - 48);
    const digits = p - from;
    if (digits == 0 || digits > 3 || number > 255 || (digits > 1 && load<u8>(from) == 48)) return false;
    value = (value << 8) | number;
  }
  if (p != end) return false;
  high = 0;
  low = 0xffff_0000_0000 | value;
  return true;
}

function readV6(p: usize, length: u32): bool {
  if (length < 2 || length > 39) return false;
  const end = p + length;
  let groups: u32 = 0;
  /** How many groups stand before `::`; -1 without. */
  let gap = -1;
  let h: u64 = 0;
  let l: u64 = 0;
  if (load<u8>(p) == 58) {
    if (load<u8>(p + 1) != 58) return false;
    gap = 0;
    p += 2;
  }
  let gapHigh: u64 = 0;
  let gapLow: u64 = 0;
  while (p < end) {
    let group: u32 = 0;
    const from = p;
    while (p < end) {
      const digit = hexDigit(load<u8>(p));
      if (digit < 0) break;
      group = (group << 4) | digit;
      p++;
    }
    const digits = p - from;
    if (digits == 0 || digits > 4 || groups == 8) return false;
    h = (h << 16) | (l >> 48);
    l = (l << 16) | group;
    groups++;
    if (p == end) break;
    if (load<u8>(p++) != 58 || p == end) return false;
    if (load<u8>(p) == 58) {
      if (gap >= 0) return false;
      gap = groups;
      gapHigh = h;
      gapLow = l;
      h = 0;
      l = 0;
      p++;
    }
  }
  if (gap < 0) {
    if (groups != 8) return false;
  } else {
    if (groups > 7) return false;
    // The groups before the gap go to the front.
    const shift = <u64>(8 - gap) << 4;
    if (gap > 0) {
      if (shift >= 64) h |= gapLow << (shift - 64);
      else {
        h |= (gapHigh << shift) | (gapLow >> (64 - shift));
        l |= gapLow << shift;
      }
    }
  }
  high = h;
  low = l;
  return true;
}

function writeDecimal(): u32 {
  let a = <u32>(high >> 32);
  let b = <u32>high;
  let c = <u32>(low >> 32);
  let d = <u32>low;
  let at = addressText + 40;
  const end = at;
  do {
    // Nine digits at a time.
    let rest: u64 = a;
    a = <u32>(rest / 1_000_000_000);
    rest = ((rest % 1_000_000_000) << 32) | b;
    b = <u32>(rest / 1_000_000_000);
    rest = ((rest % 1_000_000_000) << 32) | c;
    c = <u32>(rest / 1_000_000_000);
    rest = ((rest % 1_000_000_000) << 32) | d;
    d = <u32>(rest / 1_000_000_000);
    let nine = <u32>(rest % 1_000_000_000);
    const more = (a | b | c | d) != 0;
    for (let i = 0; more ? i < 9 : nine > 0 || i == 0; i++) {
      store<u8>(--at, 48 + (nine % 10));
      nine /= 10;
    }
  } while ((a | b | c | d) != 0);
  const length = <u32>(end - at);
  memory.copy(addressText, at, length);
  return length;
}

const powers: StaticArray<f64> = [
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21,
  1e22,
];

/** Whether digits with a power of ten make a double in one exact step: both parts are doubles themselves. */
export function isExact(digits: u64, digitCount: u32, exponent: i32): bool {
  return digitCount <= 16 && digits <= 9_007_199_254_740_992 && exponent >= -22 && exponent <= 22;
}

export function exactDouble(digits: u64, exponent: i32): f64 {
  const value = <f64>digits;
  return exponent < 0 ? value / powers[-exponent] : value * powers[exponent];
}
