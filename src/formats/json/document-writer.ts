import { unreadableMark } from '../../documents/conversion.ts';
import { byte } from './values.ts';

/** A record would become more bytes than it may. */
export class TooMuchOutput extends Error {}

/** For each byte: 0 if JSON holds it as it is, the letter of a short escape, or `u`. */
export const escapes = Uint8Array.from({ length: 256 }, (_, code) => {
  if (code === byte.quote || code === byte.backslash) return code;
  const short = '\b\t\n\f\r'.indexOf(String.fromCharCode(code));
  if (short >= 0) return 'btnfr'.charCodeAt(short);
  return code < 32 ? 'u'.charCodeAt(0) : 0;
});

const windowBytes = 16 << 10;

const hexDigits = Buffer.from('0123456789abcdef');
const upperHexDigits = Buffer.from('0123456789ABCDEF');
/** Of characters that are halves of pairs without the other half. */
const replacement = 0xfffd;

/** Memory into which documents are written as JSON: it grows, and what is behind `at` is not written yet. */
export class DocumentWriter {
  bytes: Uint8Array;
  at = 0;
  /** Nothing is written beyond this place. */
  limit = Infinity;

  constructor(room: number) {
    this.bytes = Buffer.allocUnsafeSlow(Math.max(room, 1024));
  }

  /** Makes room for some more bytes. */
  ensure(count: number): void {
    const needed = this.at + count;
    if (needed <= this.bytes.length && needed <= this.limit) return;
    if (needed > this.limit) throw new TooMuchOutput('becomes more than can be read at once');
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.bytes.length * 2));
    larger.set(this.bytes.subarray(0, this.at));
    this.bytes = larger;
  }

  byte(value: number): void {
    this.ensure(1);
    this.bytes[this.at++] = value;
  }

  literal(text: Uint8Array): void {
    const { length } = text;
    this.ensure(length);
    const { bytes } = this;
    let { at } = this;
    if (length > 48) {
      bytes.set(text, at);
      this.at = at + length;
      return;
    }
    for (let i = 0; i < length; i++) bytes[at++] = text[i]!;
    this.at = at;
  }

  /** Begins a member of an object: its key with the colon, behind a comma unless it is the first. */
  key(key: Uint8Array): void {
    if (this.bytes[this.at - 1] !== byte.openObject) this.byte(byte.comma);
    this.literal(key);
  }

  /** Makes a list of values that stand behind each other from `from` on, with commas between them. */
  asList(from: number): void {
    this.ensure(2);
    this.bytes.copyWithin(from + 1, from, this.at);
    this.bytes[from] = byte.openArray;
    this.at += 1;
    this.bytes[this.at++] = byte.closeArray;
  }

  /** A whole number of up to 2^53. */
  whole(value: number): void {
    this.ensure(20);
    const { bytes } = this;
    let left = value;
    if (left < 0) {
      bytes[this.at++] = 0x2d;
      left = -left;
    }
    let digits = 1;
    for (let power = 10; power <= left; power *= 10) digits++;
    for (let i = this.at + digits - 1; i >= this.at; i--) {
      const rest = Math.floor(left / 10);
      bytes[i] = 0x30 + left - rest * 10;
      left = rest;
    }
    this.at += digits;
  }

  /** A whole number with zeros before it. */
  padded(value: number, digits: number): void {
    this.ensure(digits);
    let left = value;
    for (let i = this.at + digits - 1; i >= this.at; i--) {
      const rest = Math.floor(left / 10);
      this.bytes[i] = 0x30 + left - rest * 10;
      left = rest;
    }
    this.at += digits;
  }

  /** A number of 32 bits in hexadecimal digits, at least `least` of them. */
  hex(value: number, least: number): void {
    this.ensure(8);
    let digits = 8;
    while (digits > least && value >>> (4 * (digits - 1)) === 0) digits--;
    for (let i = digits - 1; i >= 0; i--) this.bytes[this.at++] = hexDigits[(value >>> (4 * i)) & 15]!;
  }

  /** Bytes in hexadecimal digits. */
  upperHex(source: Uint8Array, from: number, to: number): void {
    this.ensure(2 * (to - from));
    const { bytes } = this;
    for (let i = from; i < to; i++) {
      bytes[this.at++] = upperHexDigits[source[i]! >> 4]!;
      bytes[this.at++] = upperHexDigits[source[i]! & 15]!;
    }
  }

  /** ASCII that needs no escapes. */
  ascii(text: string): void {
    this.ensure(text.length);
    for (let i = 0; i < text.length; i++) this.bytes[this.at++] = text.charCodeAt(i);
  }

  /** Text in UTF-16 as the inside of a string of JSON, up to its first NUL. */
  utf16(source: Uint8Array, from: number, to: number): void {
    this.ensure(3 * (to - from));
    const { bytes } = this;
    let { at } = this;
    for (let i = from; i + 1 < to; i += 2) {
      const low = source[i]!;
      const high = source[i + 1]!;
      if (high === 0 && low < 128) {
        const letter = escapes[low]!;
        if (letter === 0) bytes[at++] = low;
        else if (low === 0) break;
        else at = writeEscape(bytes, at, low, letter);
        continue;
      }
      let code = low | (high << 8);
      if (code < 0x800) {
        bytes[at++] = 0xc0 | (code >> 6);
        bytes[at++] = 0x80 | (code & 63);
        continue;
      }
      if (code >> 11 === 0x1b) {
        const next = i + 3 < to ? source[i + 2]! | (source[i + 3]! << 8) : 0;
        if (code < 0xdc00 && next >> 10 === 0x37) {
          code = 0x10000 + ((code & 0x3ff) << 10) + (next & 0x3ff);
          bytes[at++] = 0xf0 | (code >> 18);
          bytes[at++] = 0x80 | ((code >> 12) & 63);
          bytes[at++] = 0x80 | ((code >> 6) & 63);
          bytes[at++] = 0x80 | (code & 63);
          i += 2;
          continue;
        }
        code = replacement;
      }
      bytes[at++] = 0xe0 | (code >> 12);
      bytes[at++] = 0x80 | ((code >> 6) & 63);
      bytes[at++] = 0x80 | (code & 63);
    }
    this.at = at;
  }

  /** Text in UTF-8 as the inside of a string of JSON. */
  utf8(source: Uint8Array, from: number, to: number): void {
    // Room for the worst case of all of a long text would be more than it mostly needs.
    for (let begin = from; begin < to; begin += windowBytes)
      this.#utf8(source, begin, Math.min(to, begin + windowBytes));
  }

  #utf8(source: Uint8Array, from: number, to: number): void {
    this.ensure(6 * (to - from));
    const { bytes } = this;
    let { at } = this;
    for (let i = from; i < to; i++) {
      const code = source[i]!;
      const letter = code < 128 ? escapes[code]! : 0;
      if (letter === 0) bytes[at++] = code;
      else at = writeEscape(bytes, at, code, letter);
    }
    this.at = at;
  }

  /** Text in Latin-1 as the inside of a string of JSON, up to its first NUL. */
  latin1(source: Uint8Array, from: number, to: number): void {
    this.ensure(6 * (to - from));
    const { bytes } = this;
    for (let i = from; i < to && source[i] !== 0; i++) {
      const code = source[i]!;
      if (code < 128) {
        const letter = escapes[code]!;
        if (letter === 0) bytes[this.at++] = code;
        else this.at = writeEscape(bytes, this.at, code, letter);
      } else {
        bytes[this.at++] = 0xc0 | (code >> 6);
        bytes[this.at++] = 0x80 | (code & 63);
      }
    }
  }

  /** A record that could not be read, on a line of its own. */
  unreadable(reason: string, text: string): void {
    const line = (value: string): Buffer => Buffer.from(value.replace(/\p{Cc}/gu, ' '));
    this.byte(unreadableMark);
    this.literal(line(reason));
    this.byte(unreadableMark);
    this.literal(line(text));
    this.byte(byte.lineFeed);
  }

  /** All that was written. */
  written(): Uint8Array {
    return this.bytes.subarray(0, this.at);
  }
}

export function writeEscape(bytes: Uint8Array, at: number, code: number, letter: number): number {
  bytes[at] = byte.backslash;
  bytes[at + 1] = letter;
  if (letter !== 0x75) return at + 2;
  bytes[at + 2] = 0x30;
  bytes[at + 3] = 0x30;
  bytes[at + 4] = hexDigits[code >> 4]!;
  bytes[at + 5] = hexDigits[code & 15]!;
  return at + 6;
}
