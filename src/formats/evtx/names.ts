import { broken } from './broken-record.ts';
import { u16 } from './bytes.ts';

/** A name of an element, attribute or entity as it stands in a chunk. */
export interface Name {
  readonly text: string;
  /** How many bytes it takes up. */
  readonly size: number;
}

/** A text without halves of pairs that stand alone: no document can hold them. */
export const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, '\ufffd');

/** Keys of members that were made before: chunks have the same names, and few of them. */
const keys = new Map<string, Uint8Array>();
const mostKeys = 10_000;
const longestKept = 100;

/** Characters of all names of a chunk: those of Windows are some thousands, and damage could make each as long as a chunk. */
const mostCharacters = 1 << 20;

/** The names in a chunk. */
export class Names {
  readonly #byOffset = new Map<number, Name>();
  readonly #text: Buffer;
  #characters = 0;
  /** Keys of one chunk are the same objects for the same names. */
  readonly #keys = new Map<string, Uint8Array>();

  constructor(private readonly chunk: Uint8Array) {
    this.#text = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  }

  /** The name at an offset: the next one of its hash, a hash, a length, the text and a NUL. */
  at(offset: number): Name {
    const known = this.#byOffset.get(offset);
    if (known) return known;
    if (offset + 10 > this.chunk.length) broken('a name lies outside of its chunk');
    const count = u16(this.chunk, offset + 6);
    if (offset + 10 + 2 * count > this.chunk.length) broken('a name lies outside of its chunk');
    this.#characters += count;
    if (this.#characters > mostCharacters) broken('the names in its chunk are too long');
    const name = { text: this.decode(offset + 8, count), size: 10 + 2 * count };
    this.#byOffset.set(offset, name);
    return name;
  }

  /** Characters of UTF-16. */
  decode(at: number, count: number): string {
    return wellFormed(this.#text.toString('utf16le', at, at + 2 * count));
  }

  /** A name as the key of a member, with its colon. */
  key(name: string): Uint8Array {
    let key = this.#keys.get(name);
    if (key) return key;
    key = keys.get(name);
    if (!key) {
      key = Buffer.from(`${JSON.stringify(name)}:`);
      if (keys.size === mostKeys) keys.clear();
      if (name.length <= longestKept) keys.set(name, key);
    }
    this.#keys.set(name, key);
    return key;
  }
}
