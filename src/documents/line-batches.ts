/** Some lines of a file, as they stand in it one after the other. */
export class LineBatch {
  constructor(
    /** The lines with their ends, and room behind them, in memory that threads can share. */
    readonly bytes: Buffer,
    /** Where each line ends: the place of its line end. */
    private readonly ends: readonly number[],
    /** How many lines of the file come before the first of them. */
    readonly before: number,
    /** Whether the file ends with these. */
    readonly last: boolean,
    /** Gives the memory back: the lines must not be looked at any more. */
    readonly release: () => void,
  ) {}

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

/** How much a batch holds: whatever is reached first ends it. */
export interface BatchSize {
  readonly bytes: number;
  readonly lines: number;
}

const newline = 10;
/** Chunks are mostly no longer than this. */
const largestChunk = 2 << 20;

const sharedMemory = (bytes: number): Buffer => Buffer.from(new SharedArrayBuffer(bytes));

/**
 * The lines of a file from line `skip` on, in batches of which the first, and each of the others, is about so long and
 * has no more lines. Memory is used again for later batches once it is released: new memory costs more than what is read
 * into it.
 */
export async function* lineBatches(
  chunks: AsyncIterable<Buffer | string>,
  skip: number,
  first: BatchSize,
  others: BatchSize,
): AsyncIterable<LineBatch> {
  const spare: Buffer[] = [];
  const releaseOf = (buffer: Buffer) => (): void => {
    if (buffer.length >= others.bytes) spare.push(buffer);
  };
  let most = first;
  let bytes: Buffer = sharedMemory(first.bytes + largestChunk);
  let used = 0;
  let ends: number[] = [];
  let before = skip;
  for await (const chunk of withoutLines(chunks, skip)) {
    if (used + chunk.length > bytes.length) {
      const larger = sharedMemory(Math.max(bytes.length * 2, used + chunk.length));
      bytes.copy(larger, 0, 0, used);
      bytes = larger;
    }
    for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, at + 1)) ends.push(used + at);
    used += chunk.copy(bytes, used);
    while (ends.length >= most.lines || (used >= most.bytes && ends.length > 0)) {
      const own = ends.slice(0, most.lines);
      const begin = own.at(-1)! + 1;
      const rest = bytes.subarray(begin, used);
      const next = spare.pop() ?? sharedMemory(others.bytes + largestChunk);
      const begun = rest.length < next.length ? next : sharedMemory(rest.length * 2);
      used = rest.copy(begun);
      yield new LineBatch(bytes, own, before, false, releaseOf(bytes));
      before += own.length;
      ends = ends.slice(own.length).map((end) => end - begin);
      most = others;
      bytes = begun;
    }
  }
  if (used > (ends.at(-1) ?? -1) + 1) {
    if (used === bytes.length) {
      const larger = sharedMemory(used + 1);
      bytes.copy(larger);
      bytes = larger;
    }
    ends.push(used);
  }
  yield new LineBatch(bytes, ends, before, true, releaseOf(bytes));
}

/** What comes behind the first `skip` lines. */
async function* withoutLines(chunks: AsyncIterable<Buffer | string>, skip: number): AsyncIterable<Buffer> {
  let left = skip;
  for await (const piece of chunks) {
    const chunk = typeof piece === 'string' ? Buffer.from(piece) : piece;
    let from = 0;
    while (left > 0) {
      const at = chunk.indexOf(newline, from);
      if (at < 0) break;
      from = at + 1;
      left -= 1;
    }
    if (left === 0) yield chunk.subarray(from);
  }
}
