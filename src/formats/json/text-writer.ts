import { isUtf8 } from 'node:buffer';
import { DocumentWriter, escapes, writeEscape } from './document-writer.ts';
import { byte } from './values.ts';

/** Whether a byte of text cannot stand in a string of JSON as it is. */
export const isEscaped = (value: number): boolean => escapes[value] !== 0;

/** The most bytes that one byte of text becomes. */
const mostPerByte = 6;

/** What is shown of a record that cannot be read, and some more. */
const shownBytes = 1024;

/** Bytes as valid UTF-8: what is none becomes U+FFFD. */
export function validUtf8(bytes: Uint8Array): Buffer {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return isUtf8(text) ? text : Buffer.from(text.toString('utf8'));
}

/**
 * Writes documents whose values are copied from text in UTF-8. Room is made for a record at once: that keeps the check out
 * of the loops over bytes.
 */
export class TextWriter extends DocumentWriter {
  /** The same memory. */
  view: DataView;

  constructor(room: number) {
    super(room);
    this.view = viewOf(this.bytes);
  }

  override ensure(count: number): void {
    const { bytes } = this;
    super.ensure(count);
    if (this.bytes !== bytes) this.view = viewOf(this.bytes);
  }

  /** Makes room for a text of this many bytes, escaped, and for this much else. */
  reserve(textBytes: number, others: number): void {
    this.ensure(textBytes * mostPerByte + others);
  }

  override written(): Uint8Array {
    // What is written without room is lost, and nobody would notice.
    if (this.at > this.bytes.length) throw new Error('a record was written without room for it');
    return super.written();
  }

  /** Bytes as they are, for which there is room. */
  copy(source: Uint8Array, from: number, to: number): void {
    const { bytes } = this;
    let { at } = this;
    for (let i = from; i < to; i++) bytes[at++] = source[i]!;
    this.at = at;
  }

  /** A string of valid UTF-8, for which there is room. */
  string(source: Uint8Array, from: number, to: number): void {
    const { bytes } = this;
    let { at } = this;
    bytes[at++] = byte.quote;
    for (let i = from; i < to; i++) {
      const value = source[i]!;
      const letter = escapes[value]!;
      if (letter === 0) bytes[at++] = value;
      else at = writeEscape(bytes, at, value, letter);
    }
    bytes[at++] = byte.quote;
    this.at = at;
  }

  /** A text that is JSON already. */
  json(text: string): void {
    this.ensure(text.length * 3);
    this.at += Buffer.from(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length).write(text, this.at);
  }

  /** A record that cannot be read, on a line of its own in place of a document. */
  refuse(reason: string, text: Buffer, from: number, to: number): void {
    this.unreadable(reason, text.toString('utf8', from, Math.min(to, from + shownBytes)));
  }
}

const viewOf = ({ buffer, byteOffset, length }: Uint8Array): DataView => new DataView(buffer, byteOffset, length);

/** What stands before the values of members, `,"name":`, copied four bytes at a time: it is a large part of all bytes. */
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
  write(out: TextWriter, member: number): void {
    const words = this.#words;
    const { view } = out;
    let { at } = out;
    for (let word = this.#begins[member]!, end = this.#begins[member + 1]!; word < end; word++, at += 4)
      view.setInt32(at, words[word]!, true);
    out.at += this.#lengths[member]!;
  }
}
