import { type Bytes, newline } from './bytes.ts';
import { LineTexts, longestDocument } from './line-texts.ts';

/** Some lines of a file, as they stand in it one after the other. */
export class LineBatch {
  #texts: LineTexts | null = null;

  constructor(
    /** Where they stand: in the file, or in memory that must not be used any more once they are released. */
    private bytes: Bytes,
    /** Where the first of them begins, and where the last one ends with its line end. */
    private readonly from: number,
    private readonly to: number,
    /** How many there are. */
    readonly size: number,
    /** How many lines of the file come before the first of them. */
    readonly before: number,
    /** Whether the file ends with these. */
    readonly last: boolean,
    private readonly giveBack: (memory: Uint8Array) => void,
  ) {}

  /** Gives the memory back: the lines must not be looked at any more. */
  release(): void {
    if (typeof this.bytes !== 'string') this.giveBack(this.bytes);
  }

  /** Takes bytes back that were lent to a worker. */
  takeBack(bytes: Bytes): void {
    if (bytes === this.bytes) return;
    this.bytes = bytes;
    // Whoever looked at the lines before saw them in memory that is gone.
    this.#texts = null;
  }

  /** All lines, for a worker. */
  get stretch(): { readonly bytes: Bytes; readonly from: number; readonly to: number; readonly most: number } {
    const { bytes, from, to, size } = this;
    return { bytes, from, to, most: size };
  }

  /** A line without its end. */
  line(n: number): Buffer {
    return this.#lines().line(n);
  }

  /** Where a line begins. */
  begin(n: number): number {
    return this.#lines().begin(n);
  }

  /** Whether a line has no line end: the file ends within it. */
  isOpen(n: number): boolean {
    return this.last && this.#lines().isOpen(n);
  }

  #lines(): LineTexts {
    this.#texts ??= new LineTexts(this.bytes, this.from, this.to);
    return this.#texts;
  }
}

/** How much a batch holds: whatever is reached first ends it. */
export interface BatchSize {
  readonly bytes: number;
  readonly lines: number;
}

/** Where bytes come from. */
export interface ByteSource {
  /** Puts the next bytes into memory, from its beginning on; gives how many, 0 at the end. */
  read(into: Buffer): Promise<number>;
}

/** The bytes of a stream. */
export function streamBytes(chunks: AsyncIterable<Buffer | string>): ByteSource {
  const iterator = chunks[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  return {
    async read(into) {
      while (rest.length === 0) {
        const { value, done } = await iterator.next();
        if (done) return 0;
        rest = typeof value === 'string' ? Buffer.from(value) : value;
      }
      const count = rest.copy(into);
      rest = rest.subarray(count);
      return count;
    },
  };
}

const chunkBytes = 1 << 20;

/** Where lines begin in a file: behind this number of lines and bytes. */
export interface LinePlace {
  readonly lines: number;
  readonly bytes: number;
}

export const fileBegin: LinePlace = { lines: 0, bytes: 0 };

/**
 * The lines of a file, of which the source gives those from a place on, in batches of which the first, and each of the
 * others, is about so long and has no more lines. Where they stand in `file` just as they come from the source, whoever reads
 * them takes them from there; where it is null, they are kept in memory.
 */
export async function* lineBatches(
  source: ByteSource,
  file: string | null,
  place: LinePlace,
  first: BatchSize,
  others: BatchSize,
): AsyncIterable<LineBatch> {
  const chunk = Buffer.allocUnsafeSlow(chunkBytes);
  const kept = file === null ? new Kept(first.bytes, others.bytes) : null;
  const bytesOf = kept ? cutLines(source) : source;
  let before = place.lines;
  let most = first;
  /** Of the file: where the batch begins, where its lines end so far, and what was read. */
  let from = place.bytes;
  let end = from;
  let read = from;
  let lines = 0;
  const batch = (last: boolean): LineBatch => {
    const bytes = file ?? kept!.take(end - from);
    const [begin, to] = kept ? [0, end - from] : [from, end];
    const done = new LineBatch(bytes, begin, to, lines, before, last, (memory) => kept?.giveBack(memory));
    before += lines;
    from = end;
    lines = 0;
    most = others;
    return done;
  };
  for (;;) {
    const count = await bytesOf.read(chunk);
    if (count === 0) break;
    const begin = read;
    const bytes = chunk.subarray(0, count);
    kept?.add(bytes);
    read += count;
    for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1)) {
      lines += 1;
      end = begin + at + 1;
      if (lines === most.lines) yield batch(false);
    }
    if (lines > 0 && read - from >= most.bytes) yield batch(false);
  }
  if (read > end) {
    lines += 1;
    end = read;
  }
  yield batch(true);
}

/** Bytes of which lines that are too long are no longer than it takes to know that. */
export function cutLines(source: ByteSource): ByteSource {
  /** How much of the line was there that the last bytes end within. */
  let held = 0;
  return {
    async read(into) {
      for (;;) {
        const count = await source.read(into);
        if (count === 0) return 0;
        const bytes = into.subarray(0, count);
        const found = bytes.indexOf(newline);
        const end = found < 0 ? count : found;
        const beyond = Math.min(end, Math.max(0, held + end - longestDocument - 1));
        held = found < 0 ? held + end - beyond : count - bytes.lastIndexOf(newline) - 1;
        if (beyond > 0) bytes.copyWithin(end - beyond, end);
        if (count > beyond) return count - beyond;
      }
    },
  };
}

/** Lines that are kept in memory, which is used again once it is given back: new memory costs more than what is read into it. */
class Kept {
  readonly #spare: Buffer[] = [];
  #bytes: Buffer | null = null;
  #used = 0;

  constructor(
    private first: number,
    private readonly others: number,
  ) {}

  add(bytes: Buffer): void {
    const needed = this.#used + bytes.length;
    this.#bytes ??= this.#room(needed);
    if (needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(needed * 2);
      this.#bytes.copy(larger, 0, 0, this.#used);
      this.#bytes = larger;
    }
    this.#used += bytes.copy(this.#bytes, this.#used);
  }

  /** Hands over memory that begins with this number of bytes of lines; what is kept behind them begins the next. */
  take(length: number): Buffer {
    const taken = this.#bytes ?? Buffer.alloc(0);
    const rest = taken.subarray(length, this.#used);
    this.#bytes = null;
    this.#used = 0;
    this.first = this.others;
    if (rest.length > 0) this.add(rest);
    return taken.subarray(0, length);
  }

  giveBack(memory: Uint8Array): void {
    if (memory.buffer.byteLength >= this.others) this.#spare.push(Buffer.from(memory.buffer as ArrayBuffer));
  }

  #room(bytes: number): Buffer {
    const spare = this.#spare.pop();
    return spare && spare.length >= bytes ? spare : Buffer.allocUnsafeSlow(Math.max(bytes, this.first + chunkBytes));
  }
}
