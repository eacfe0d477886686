import { InputError } from '../diagnostics/diagnostic.ts';
import { type Bytes, newline, openPlaced } from './bytes.ts';

/** Longer documents are not read: the columns of one must fit into the 4 GB of a module, several times over. */
export const longestDocument = 256 << 20;

/** Bytes that are read at once. */
const windowBytes = 1 << 20;
/** What is read of a line that is too long: enough to show how it begins. */
const previewBytes = 1 << 10;

/** The text of lines that follow one another: read when it is looked at, which few of them are. */
export class LineTexts {
  /** Where each line ends. */
  #ends: readonly number[] | null = null;
  /** Bytes that were read last, and where they stand. */
  #window: Buffer = Buffer.alloc(0);
  #at = 0;

  constructor(
    private readonly bytes: Bytes,
    private readonly from: number,
    private readonly to: number,
  ) {}

  #endsOf(): readonly number[] {
    if (this.#ends) return this.#ends;
    const ends: number[] = [];
    for (let at = this.from; at < this.to; at += this.#window.length) {
      this.#read(at, at + windowBytes);
      for (let n = this.#window.indexOf(newline); n >= 0; n = this.#window.indexOf(newline, n + 1)) ends.push(at + n);
    }
    if ((ends.at(-1) ?? this.from - 1) < this.to - 1) ends.push(this.to);
    this.#ends = ends;
    return ends;
  }

  /** Reads what stands from `at` on, at least to `end` where there is as much. */
  #read(at: number, end: number): void {
    const to = Math.min(this.to, Math.max(end, at + windowBytes));
    if (typeof this.bytes !== 'string') {
      const { buffer, byteOffset } = this.bytes;
      this.#window = Buffer.from(buffer, byteOffset + at, to - at);
    } else {
      // Lines that were given are parts of what was read before.
      this.#window = Buffer.allocUnsafeSlow(to - at);
      const source = openPlaced(this.bytes);
      try {
        if (source.read(this.#window, at) < to - at) throw new InputError(`${this.bytes} changed while it was read`);
      } finally {
        source.close();
      }
    }
    this.#at = at;
  }

  /** A line without its end; of one that is too long, bytes that are, too, and begin like it. */
  line(n: number): Buffer {
    const from = this.begin(n);
    const to = this.#endsOf()[n]!;
    const isLong = to - from > longestDocument;
    const needed = isLong ? from + previewBytes : to;
    if (from < this.#at || needed > this.#at + this.#window.length) this.#read(from, needed);
    const text = this.#window.subarray(from - this.#at, needed - this.#at);
    if (!isLong) return text.at(-1) === 13 ? text.subarray(0, -1) : text;
    // Memory that nobody writes to costs nothing.
    const long = Buffer.alloc(longestDocument + 1);
    text.copy(long);
    return long;
  }

  /** Where a line begins. */
  begin(n: number): number {
    return n === 0 ? this.from : this.#endsOf()[n - 1]! + 1;
  }

  /** Whether a line has no line end: the file ends within it. */
  isOpen(n: number): boolean {
    const ends = this.#endsOf();
    return n === ends.length - 1 && ends.at(-1) === this.to;
  }
}

/** Whether nothing stands in a line. */
export const isBlank = (line: Buffer): boolean => line.every((byte) => byte === 32 || byte === 9);
