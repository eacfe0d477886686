import type { DocumentWriter } from '../json/document-writer.ts';
import { byte } from '../json/values.ts';
import { i32, u16, u32 } from './bytes.ts';

/** Types of values. */
export const types = {
  null: 0x00,
  text: 0x01,
  ansiText: 0x02,
  int8: 0x03,
  uint8: 0x04,
  int16: 0x05,
  uint16: 0x06,
  int32: 0x07,
  uint32: 0x08,
  int64: 0x09,
  uint64: 0x0a,
  float: 0x0b,
  double: 0x0c,
  bool: 0x0d,
  binary: 0x0e,
  guid: 0x0f,
  size: 0x10,
  fileTime: 0x11,
  systemTime: 0x12,
  sid: 0x13,
  hexInt32: 0x14,
  hexInt64: 0x15,
  handle: 0x20,
  binXml: 0x21,
  xml: 0x23,
  /** A bit: several values of the type. */
  array: 0x80,
} as const;

/** Bytes of each value of a type; 0 where they vary. */
const widths = new Uint8Array(128);
for (const [type, width] of [
  [types.int8, 1],
  [types.uint8, 1],
  [types.int16, 2],
  [types.uint16, 2],
  [types.int32, 4],
  [types.uint32, 4],
  [types.int64, 8],
  [types.uint64, 8],
  [types.float, 4],
  [types.double, 8],
  [types.bool, 4],
  [types.guid, 16],
  [types.fileTime, 8],
  [types.systemTime, 16],
  [types.hexInt32, 4],
  [types.hexInt64, 8],
] as const)
  widths[type] = width;

const isText = (type: number): boolean => type === types.text || type === types.ansiText || type === types.xml;

const minus = 0x2d;
const colon = 0x3a;
const point = 0x2e;
const braces = { open: 0x7b, close: 0x7d } as const;

const view = new DataView(new ArrayBuffer(8));

/** Writes values of records as JSON, or as texts. */
export class ValueWriter {
  constructor(private readonly out: DocumentWriter) {}

  /** Writes a value as JSON: numbers and booleans as such, everything else in quotes. Writes nothing, and returns false, if it is empty. */
  value(bytes: Uint8Array, from: number, to: number, type: number): boolean {
    const { out } = this;
    if (this.#isBare(bytes, from, to, type)) {
      this.text(bytes, from, to, type);
      return true;
    }
    const mark = out.at;
    out.byte(byte.quote);
    this.text(bytes, from, to, type);
    if (out.at === mark + 1) {
      out.at = mark;
      return false;
    }
    out.byte(byte.quote);
    return true;
  }

  /** Writes the elements of an array as JSON with commas between them; gives how many. `each` takes the place of commas. */
  array(bytes: Uint8Array, from: number, to: number, type: number, each?: (from: number, to: number) => void): number {
    const { out } = this;
    let count = 0;
    for (let at = from; at < to; ) {
      const [end, next] = elementEnd(bytes, at, to, type);
      if (each) each(at, end);
      else {
        const mark = out.at;
        if (count > 0) out.byte(byte.comma);
        if (this.value(bytes, at, end, type)) count++;
        else out.at = mark;
      }
      at = next;
    }
    return count;
  }

  #isBare(bytes: Uint8Array, from: number, to: number, type: number): boolean {
    const size = to - from;
    if (type >= types.int8 && type <= types.uint64) return size === 1 || size === 2 || size === 4 || size === 8;
    if (type === types.bool) return size > 0;
    if (type === types.float && size === 4) return Number.isFinite(floatAt(bytes, from));
    return type === types.double && size === 8 && Number.isFinite(doubleAt(bytes, from));
  }

  /** Writes a value as the inside of a string of JSON. */
  text(bytes: Uint8Array, from: number, to: number, type: number): void {
    // Bytes, and values that are not as long as their type says.
    if (to > from && !this.#typed(bytes, from, to - from, type)) this.out.upperHex(bytes, from, to);
  }

  /** Writes a value as its type has it; returns false if it is not as long as that. */
  #typed(bytes: Uint8Array, from: number, size: number, type: number): boolean {
    const { out } = this;
    switch (type) {
      case types.text:
      case types.xml:
        out.utf16(bytes, from, from + size);
        return true;
      case types.ansiText:
        out.latin1(bytes, from, from + size);
        return true;
      case types.int8:
      case types.int16:
      case types.int32:
      case types.int64:
        return this.#signed(bytes, from, size);
      case types.uint8:
      case types.uint16:
      case types.uint32:
      case types.uint64:
        return this.#unsigned(bytes, from, size);
      case types.float:
        if (size === 4) out.ascii(floatText(floatAt(bytes, from)));
        return size === 4;
      case types.double:
        if (size === 8) out.ascii(String(doubleAt(bytes, from)));
        return size === 8;
      case types.bool:
        out.ascii(bytes.subarray(from, from + size).some((one) => one !== 0) ? 'true' : 'false');
        return true;
      case types.guid:
        if (size === 16) this.#guid(bytes, from);
        return size === 16;
      case types.fileTime:
        if (size === 8) this.#fileTime(u32(bytes, from), u32(bytes, from + 4));
        return size === 8;
      case types.systemTime:
        if (size === 16) this.#systemTime(bytes, from);
        return size === 16;
      case types.sid:
        return this.#sid(bytes, from, size);
      case types.size:
      case types.hexInt32:
      case types.hexInt64:
      case types.handle:
        return this.#hex(bytes, from, size);
      default:
        return false;
    }
  }

  #signed(bytes: Uint8Array, from: number, size: number): boolean {
    const { out } = this;
    if (size === 1) out.whole((bytes[from]! << 24) >> 24);
    else if (size === 2) out.whole((u16(bytes, from) << 16) >> 16);
    else if (size === 4) out.whole(i32(bytes, from));
    else if (size === 8) this.#long(i32(bytes, from + 4), u32(bytes, from));
    else return false;
    return true;
  }

  #unsigned(bytes: Uint8Array, from: number, size: number): boolean {
    const { out } = this;
    if (size === 1) out.whole(bytes[from]!);
    else if (size === 2) out.whole(u16(bytes, from));
    else if (size === 4) out.whole(u32(bytes, from));
    else if (size === 8) this.#long(u32(bytes, from + 4), u32(bytes, from));
    else return false;
    return true;
  }

  #long(high: number, low: number): void {
    const value = high * 2 ** 32 + low;
    if (Number.isSafeInteger(value)) this.out.whole(value);
    else this.out.ascii(((BigInt(high) << 32n) | BigInt(low)).toString());
  }

  #hex(bytes: Uint8Array, from: number, size: number): boolean {
    if (size !== 4 && size !== 8) return false;
    const { out } = this;
    const high = size === 8 ? u32(bytes, from + 4) : 0;
    out.ascii('0x');
    if (high > 0) out.hex(high, 1);
    out.hex(u32(bytes, from), high > 0 ? 8 : 1);
    return true;
  }

  #guid(bytes: Uint8Array, from: number): void {
    const { out } = this;
    out.byte(braces.open);
    out.hex(u32(bytes, from), 8);
    out.byte(minus);
    out.hex(u16(bytes, from + 4), 4);
    out.byte(minus);
    out.hex(u16(bytes, from + 6), 4);
    for (let i = 8; i < 16; i++) {
      if (i === 8 || i === 10) out.byte(minus);
      out.hex(bytes[from + i]!, 2);
    }
    out.byte(braces.close);
  }

  #sid(bytes: Uint8Array, from: number, size: number): boolean {
    if (size < 8 || size < 8 + 4 * bytes[from + 1]!) return false;
    const { out } = this;
    out.ascii('S-');
    out.whole(bytes[from]!);
    out.byte(minus);
    let authority = 0;
    for (let i = 2; i < 8; i++) authority = authority * 256 + bytes[from + i]!;
    out.whole(authority);
    for (let i = 0; i < bytes[from + 1]!; i++) {
      out.byte(minus);
      out.whole(u32(bytes, from + 8 + 4 * i));
    }
    return true;
  }

  /** The date that was written last, which most times share. */
  #day = Number.NaN;
  #date: Uint8Array = new Uint8Array(0);

  /** Steps of 100 ns since 1601. */
  #fileTime(low: number, high: number): void {
    const { out } = this;
    // 2^32 steps are 429 seconds and 4,967,296 steps; a thousand times as many are 496 seconds and 7,296,000 steps more.
    const thousands = Math.floor(high / 1000);
    const steps = thousands * 7_296_000 + (high - thousands * 1000) * 4_967_296 + low;
    const more = Math.floor(steps / 1e7);
    const seconds = high * 429 + thousands * 496 + more;
    const day = Math.floor(seconds / 86_400);
    if (day !== this.#day) {
      this.#day = day;
      this.#date = Buffer.from(`${dateText(day)}T`);
    }
    out.literal(this.#date);
    const ofDay = seconds - day * 86_400;
    this.#time(Math.floor(ofDay / 3600), Math.floor(ofDay / 60) % 60, ofDay % 60, steps - more * 1e7, 7);
  }

  #systemTime(bytes: Uint8Array, from: number): void {
    const { out } = this;
    const part = (n: number): number => u16(bytes, from + 2 * n);
    out.padded(part(0), part(0) > 9999 ? 5 : 4);
    out.byte(minus);
    out.padded(part(1), 2);
    out.byte(minus);
    // The third is the day of the week.
    out.padded(part(3), 2);
    out.byte(0x54);
    this.#time(part(4), part(5), part(6), part(7), 3);
  }

  #time(hours: number, minutes: number, seconds: number, fraction: number, digits: number): void {
    const { out } = this;
    out.padded(hours, 2);
    out.byte(colon);
    out.padded(minutes, 2);
    out.byte(colon);
    out.padded(seconds, 2);
    out.byte(point);
    out.padded(fraction, digits);
    out.byte(0x5a);
  }
}

/** Where an element of an array ends, and where the next one begins. */
function elementEnd(bytes: Uint8Array, at: number, to: number, type: number): [end: number, next: number] {
  if (type === types.ansiText) {
    const zero = bytes.subarray(at, to).indexOf(0);
    return zero < 0 ? [to, to] : [at + zero, at + zero + 1];
  }
  if (isText(type)) {
    let end = at;
    while (end + 1 < to && u16(bytes, end) !== 0) end += 2;
    return end + 1 < to ? [end, end + 2] : [to, to];
  }
  const width = type === types.sid ? 8 + 4 * (bytes[at + 1] ?? 0) : widths[type & 127]!;
  const end = width === 0 || at + width > to ? to : at + width;
  return [end, end];
}

const daysTo1601 = 134_774;

/** The date of a day, counted from 1601. */
function dateText(day: number): string {
  const date = new Date((day - daysTo1601) * 86_400_000);
  if (Number.isNaN(date.getTime())) return '0000-00-00';
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${String(date.getUTCFullYear()).padStart(4, '0')}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
}

function doubleAt(bytes: Uint8Array, at: number): number {
  for (let i = 0; i < 8; i++) view.setUint8(i, bytes[at + i]!);
  return view.getFloat64(0, true);
}

function floatAt(bytes: Uint8Array, at: number): number {
  for (let i = 0; i < 4; i++) view.setUint8(i, bytes[at + i]!);
  return view.getFloat32(0, true);
}

/** The shortest decimal that is this float again. */
function floatText(value: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const text = Number(value.toPrecision(digits));
    if (Math.fround(text) === value) return String(text);
  }
  return String(value);
}
