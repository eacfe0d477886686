import { type ByteSource, streamBytes } from '../documents/line-batches.ts';

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
  return encodingByZeros(head.subarray(0, sampleBytes));
}

/** In JSON most characters are ASCII: in UTF-16, every other byte of them is zero. */
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
  return Buffer.from(new TextDecoder(encoding).decode(head, { stream: true }));
}

/** A text as UTF-8, without byte order marks at the beginnings of lines. */
export function utf8Bytes(source: ByteSource, encoding: Encoding): ByteSource {
  if (encoding === 'utf-8') return source;
  return new Unmarked(encoding === 'utf-8-bom' ? source : streamBytes(decoded(source, encoding)));
}

async function* decoded(source: ByteSource, encoding: Encoding): AsyncGenerator<string, void> {
  const decoder = new TextDecoder(encoding);
  const chunk = Buffer.allocUnsafeSlow(256 << 10);
  for (;;) {
    const count = await source.read(chunk);
    if (count === 0) break;
    yield decoder.decode(chunk.subarray(0, count), { stream: true });
  }
  yield decoder.decode();
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
