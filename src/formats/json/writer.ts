import { isUtf8 } from 'node:buffer';

const lowerHex = Buffer.from('0123456789abcdef');

/** What stands behind the backslash of a byte that JSON escapes: 0 for bytes that stand as they are, `u` for \u00XX. */
const escapes = new Uint8Array(256);
escapes.fill(0x75, 0, 32);
for (const [byte, letter] of [
  ['\b', 'b'],
  ['\t', 't'],
  ['\n', 'n'],
  ['\f', 'f'],
  ['\r', 'r'],
  ['"', '"'],
  ['\\', '\\'],
] as const)
  escapes[byte.charCodeAt(0)] = letter.charCodeAt(0);

/** Whether a byte of text cannot stand in a string of JSON as it is. */
export const isEscaped = (byte: number): boolean => escapes[byte] !== 0;

/** The most bytes that one byte of text becomes. */
const mostPerByte = 6;

/** Bytes as valid UTF-8: what is none becomes U+FFFD. */
export function validUtf8(bytes: Uint8Array): Buffer {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return isUtf8(text) ? text : Buffer.from(text.toString('utf8'));
}

/**
 * JSON text, written into one growing piece of memory. Room must be reserved before anything is written: that keeps the
 * check out of the loops over bytes.
 */
export class JsonWriter {
  bytes: Uint8Array;
  /** The same memory. */
  view: DataView;
  length = 0;

  constructor(room: number) {
    this.bytes = new Uint8Array(Math.max(room, 1024));
    this.view = new DataView(this.bytes.buffer);
  }

  /** Makes room for a text of this many bytes, escaped, and for this much else. */
  reserve(textBytes: number, others: number): void {
    const needed = this.length + textBytes * mostPerByte + others;
    if (needed <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, this.bytes.length * 2));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
    this.view = new DataView(larger.buffer);
  }

  /** A byte as it is. */
  byte(value: number): void {
    this.bytes[this.length++] = value;
  }

  /** Bytes as they are. */
  raw(bytes: Uint8Array, from = 0, to: number = bytes.length): void {
    const out = this.bytes;
    let end = this.length;
    for (let at = from; at < to; at++) out[end++] = bytes[at]!;
    this.length = end;
  }

  /** A string of valid UTF-8. */
  string(bytes: Uint8Array, from: number, to: number): void {
    const out = this.bytes;
    let end = this.length;
    out[end++] = 0x22;
    for (let at = from; at < to; at++) {
      const value = bytes[at]!;
      const code = escapes[value]!;
      if (code === 0) out[end++] = value;
      else {
        out[end++] = 0x5c;
        out[end++] = code;
        if (code === 0x75) {
          out[end++] = 0x30;
          out[end++] = 0x30;
          out[end++] = lowerHex[value >> 4]!;
          out[end++] = lowerHex[value & 15]!;
        }
      }
    }
    out[end++] = 0x22;
    this.length = end;
  }

  /** A text that is JSON already; makes room itself. */
  json(text: string): void {
    const most = text.length * 3;
    this.reserve(0, most);
    this.length += Buffer.from(this.bytes.buffer).write(text, this.length);
  }

  /**
   * A line in place of a record that cannot be read: a list of the reason and the text, which is no document, so that it is
   * counted with its place. Makes room itself.
   */
  refused(reason: string, bytes: Uint8Array, from: number, to: number): void {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString(
      'utf8',
      from,
      Math.min(to, from + shownBytes),
    );
    this.json(`${JSON.stringify([reason, text])}\n`);
  }

  /** All that was written. */
  done(): Uint8Array {
    if (this.length > this.bytes.length) throw new Error('a record was written without room for it');
    return this.bytes.subarray(0, this.length);
  }
}

/** What is shown of a record that cannot be read, and some more. */
const shownBytes = 1024;

/** What stands before the values of members, `,"name":`, copied four bytes at a time: that is a large part of all writing. */
export class Prefixes {
  /** What all of them need. */
  readonly room: number;
  readonly #words: Int32Array;
  /** Where each begins among the words; the last is their end. */
  readonly #begins: Uint32Array;
  readonly #lengths: Uint32Array;

  constructor(names: readonly string[]) {
    const texts = names.map((name) => Buffer.from(`,${JSON.stringify(name)}:`));
    this.#lengths = Uint32Array.from(texts, ({ length }) => length);
    this.#begins = new Uint32Array(texts.length + 1);
    texts.forEach(({ length }, i) => {
      this.#begins[i + 1] = this.#begins[i]! + Math.ceil(length / 4);
    });
    const words = this.#begins[texts.length]!;
    this.room = words * 4 + 4 * texts.length + 16;
    this.#words = new Int32Array(words);
    texts.forEach((text, i) => {
      const padded = Buffer.concat([text, Buffer.alloc(4)]);
      for (let at = 0; at < text.length; at += 4) this.#words[this.#begins[i]! + at / 4] = padded.readInt32LE(at);
    });
  }

  /** Writes the prefix of a member; what is copied behind its end is written over. */
  write(out: JsonWriter, member: number): void {
    const words = this.#words;
    const { view } = out;
    let at = out.length;
    for (let word = this.#begins[member]!, end = this.#begins[member + 1]!; word < end; word++, at += 4)
      view.setInt32(at, words[word]!, true);
    out.length += this.#lengths[member]!;
  }
}
