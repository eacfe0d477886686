/** Some lines of a file, as they stand in it one after the other. */
export class LineBatch {
  constructor(
    /** The lines with their ends, and room behind them. */
    private bytes: Buffer,
    /** Where each line ends: the place of its line end. */
    private readonly ends: readonly number[],
    /** How many lines of the file come before the first of them. */
    readonly before: number,
    /** Whether the file ends with these. */
    readonly last: boolean,
    /** Whether the last of them has no line end. */
    readonly isOpen: boolean,
    private readonly giveBack: (memory: Buffer) => void,
  ) {}

  /** Gives the memory back: the lines must not be looked at any more. */
  release(): void {
    this.giveBack(this.bytes);
  }

  /** Takes the memory back that was lent to a worker. */
  takeBack(memory: ArrayBufferLike): void {
    this.bytes = Buffer.from(memory);
  }

  get size(): number {
    return this.ends.length;
  }

  /** All lines, with one byte behind the last. */
  get whole(): Buffer {
    return this.bytes.subarray(0, (this.ends.at(-1) ?? -1) + 1);
  }

  /** Where each line begins and ends in `bytes`, one after the other. */
  get places(): Uint32Array {
    const places = new Uint32Array(this.size * 2);
    for (let n = 0; n < this.size; n++) {
      places[2 * n] = this.#start(n);
      places[2 * n + 1] = this.#end(n);
    }
    return places;
  }

  #start(n: number): number {
    return n === 0 ? 0 : this.ends[n - 1]! + 1;
  }

  #end(n: number): number {
    const to = this.ends[n]!;
    return to > this.#start(n) && this.bytes[to - 1] === 13 ? to - 1 : to;
  }

  /** A line without its end. */
  line(n: number): Buffer {
    return this.bytes.subarray(this.#start(n), this.#end(n));
  }
}

/** Whether nothing stands in a line. */
export const isBlank = (line: Buffer): boolean => line.every((byte) => byte === 32 || byte === 9);

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

/** A line that does not fit into memory. */
export class LineTooLong extends Error {}

const longestLine = 1 << 30;
const newline = 10;
const chunkBytes = 1 << 20;

/**
 * The lines of a file from line `skip` on, in batches of which the first, and each of the others, is about so long and
 * has no more lines. Memory is used again for later batches once it is released: new memory costs more than what is read
 * into it.
 */
export async function* lineBatches(
  source: ByteSource,
  skip: number,
  first: BatchSize,
  others: BatchSize,
): AsyncIterable<LineBatch> {
  const spare: Buffer[] = [];
  const giveBack = (memory: Buffer): void => {
    if (memory.length >= others.bytes) spare.push(memory);
  };
  let most = first;
  // One byte more, for the last line may have no end.
  let bytes: Buffer = Buffer.allocUnsafeSlow(first.bytes + chunkBytes + 1);
  let used = 0;
  let ends: number[] = [];
  let before = skip;
  let left = skip;
  for (;;) {
    if (bytes.length - used <= 1) {
      if (used > longestLine) throw new LineTooLong(`has a line of more than ${longestLine >> 20} MB`);
      const larger = Buffer.allocUnsafeSlow(bytes.length * 2);
      bytes.copy(larger, 0, 0, used);
      bytes = larger;
    }
    const room = bytes.subarray(used, Math.min(used + chunkBytes, bytes.length - 1));
    let count = await source.read(room);
    if (count === 0) break;
    let skipped = 0;
    for (; left > 0; left--) {
      const at = room.subarray(0, count).indexOf(newline, skipped);
      if (at < 0) break;
      skipped = at + 1;
    }
    if (left > 0) continue;
    if (skipped > 0) room.copyWithin(0, skipped, count);
    count -= skipped;
    const read = room.subarray(0, count);
    for (let at = read.indexOf(newline); at >= 0; at = read.indexOf(newline, at + 1)) ends.push(used + at);
    used += count;
    while (ends.length >= most.lines || (used >= most.bytes && ends.length > 0)) {
      const own = ends.slice(0, most.lines);
      const begin = own.at(-1)! + 1;
      const rest = bytes.subarray(begin, used);
      const next = spare.pop() ?? Buffer.allocUnsafeSlow(others.bytes + chunkBytes + 1);
      const begun = rest.length < next.length ? next : Buffer.allocUnsafeSlow(rest.length * 2);
      used = rest.copy(begun);
      yield new LineBatch(bytes, own, before, false, false, giveBack);
      before += own.length;
      ends = ends.slice(own.length).map((end) => end - begin);
      most = others;
      bytes = begun;
    }
  }
  const isOpen = used > (ends.at(-1) ?? -1) + 1;
  if (isOpen) ends.push(used);
  yield new LineBatch(bytes, ends, before, true, isOpen, giveBack);
}
