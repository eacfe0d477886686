import { type ByteSource, streamBytes } from '../documents/line-batches.ts';
import { byte, isBlank } from './json/values.ts';

/** `utf-8-bom` begins with a byte order mark; the others may. */
export type Encoding = 'utf-8' | 'utf-8-bom' | 'utf-16le' | 'utf-16be';

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);
const lineFeed = 10;
/** How much is looked at to recognise UTF-16 by its zeros. */
const sampleBytes = 4096;

/** The encoding of a text that begins with these bytes. */
export function detectEncoding(head: Buffer): Encoding {
  if (head.subarray(0, 3).equals(byteOrderMark)) return 'utf-8-bom';
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  return encodingByBracket(head) ?? encodingByZeros(head.subarray(0, sampleBytes));
}

/** JSON begins with a bracket, which has a zero beside it in UTF-16; null where the text begins with something else. */
function encodingByBracket(head: Buffer): Encoding | null {
  const at = head.findIndex((found) => found !== 0 && !isBlank(found));
  if (head[at] !== byte.openObject && head[at] !== byte.openArray) return null;
  if (head[at + 1] !== 0) return at % 2 === 1 && at + 1 === head.length ? 'utf-16be' : 'utf-8';
  return at % 2 === 0 ? 'utf-16le' : 'utf-16be';
}

/** In most texts most characters are ASCII: in UTF-16, every other byte of them is zero. */
function encodingByZeros(sample: Buffer): Encoding {
  if (!sample.includes(0)) return 'utf-8';
  const zeros = [0, 0] as [number, number];
  sample.forEach((byte, at) => {
    if (byte === 0) zeros[at % 2 === 0 ? 0 : 1]++;
  });
  const pairs = sample.length >> 1;
  const [even, odd] = zeros;
  if (pairs === 0 || Math.max(even, odd) < pairs / 3 || Math.min(even, odd) > pairs / 50) return 'utf-8';
  return odd > even ? 'utf-16le' : 'utf-16be';
}

/** The beginning of a text as UTF-8, without its mark; a character that is cut off is left out. */
export function decodedHead(head: Buffer, encoding: Encoding): Buffer {
  if (encoding === 'utf-8') return head;
  if (encoding === 'utf-8-bom') return head.subarray(byteOrderMark.length);
  return Buffer.from(decode(head, encoding).text.replace(/^\ufeff/, ''));
}

/** A text as UTF-8, without byte order marks at the beginnings of lines; `onCut` hears where it ends inside a character. */
export function utf8Bytes(source: ByteSource, encoding: Encoding, onCut?: (what: string) => void): ByteSource {
  if (encoding === 'utf-8') return source;
  return new Unmarked(encoding === 'utf-8-bom' ? source : streamBytes(decoded(source, encoding, onCut)));
}

type Utf16 = 'utf-16le' | 'utf-16be';

async function* decoded(
  source: ByteSource,
  encoding: Utf16,
  onCut?: (what: string) => void,
): AsyncGenerator<string, void> {
  const chunk = Buffer.allocUnsafeSlow(256 << 10);
  /** What stands at the beginning of the chunk from before: less than a character. */
  let held = 0;
  for (;;) {
    const count = await source.read(chunk.subarray(held));
    if (count === 0) break;
    const bytes = chunk.subarray(0, held + count);
    const { text, used } = decode(bytes, encoding);
    yield text;
    held = bytes.copy(chunk, 0, used);
  }
  if (held >= 2) yield escaped(unit(chunk, 0, encoding));
  if (held % 2 === 1) onCut?.('its UTF-16 text ends inside a character: its last byte was not read');
}

const unit = (bytes: Buffer, at: number, encoding: Utf16): number =>
  encoding === 'utf-16le' ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at);

const escaped = (code: number): string => `\\u${code.toString(16)}`;

/**
 * The whole characters at the beginning of bytes, and how many bytes they are. Half of a pair alone is no character, and
 * UTF-8 cannot hold it: it is written as the escape that JSON has for it, of which the reader of documents makes the replacement character.
 */
function decode(bytes: Buffer, encoding: Utf16): { readonly text: string; readonly used: number } {
  const even = bytes.length & ~1;
  const endsInPair = even > 0 && unit(bytes, even - 2, encoding) >> 10 === 0x36;
  const used = endsInPair ? even - 2 : even;
  const units = bytes.subarray(0, used);
  const text = (encoding === 'utf-16le' ? units : Buffer.from(units).swap16()).toString('utf16le');
  return { text: text.replace(/\p{Surrogate}/gu, (half) => escaped(half.charCodeAt(0))), used };
}

/** Leaves out the marks that files bring along into the midst of another when they are joined. */
class Unmarked implements ByteSource {
  #isLineStart = true;
  /** The beginning of a mark, perhaps. */
  #held: Buffer = Buffer.alloc(0);

  constructor(private readonly source: ByteSource) {}

  async read(into: Buffer): Promise<number> {
    for (;;) {
      const held = this.#held.copy(into);
      this.#held = Buffer.alloc(0);
      const count = await this.source.read(into.subarray(held));
      const length = this.#remove(into, held + count);
      if (count === 0) {
        // What might have begun a mark is text after all.
        const last = this.#held.copy(into, length);
        this.#held = Buffer.alloc(0);
        return length + last;
      }
      if (length > 0) return length;
    }
  }

  #remove(bytes: Buffer, length: number): number {
    let to = length;
    const isLineStart = (at: number): boolean => (at === 0 ? this.#isLineStart : bytes[at - 1] === lineFeed);
    for (let at = bytes.indexOf(byteOrderMark); at >= 0 && at + 3 <= to; at = bytes.indexOf(byteOrderMark, at)) {
      if (isLineStart(at)) {
        bytes.copyWithin(at, at + byteOrderMark.length, to);
        to -= byteOrderMark.length;
      } else at++;
    }
    for (const part of [2, 1]) {
      const at = to - part;
      if (at >= 0 && isLineStart(at) && byteOrderMark.compare(bytes, at, to, 0, part) === 0) {
        this.#held = Buffer.from(bytes.subarray(at, to));
        to = at;
      }
    }
    if (to > 0) this.#isLineStart = bytes[to - 1] === lineFeed;
    return to;
  }
}
