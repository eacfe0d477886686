import { InputError } from '../diagnostics/diagnostic.ts';
import { type Bytes, newline, openPlaced } from './bytes.ts';

/** A line that does not fit into memory. */
export class LineTooLong extends Error {}

const longestLine = 1 << 30;

/** Complains of a line of so many bytes that is too long. */
export function checkLength(bytes: number): void {
  if (bytes > longestLine) throw new LineTooLong(`has a line of more than ${longestLine >> 20} MB`);
}

/** The text of lines that follow one another: read when it is looked at, which few of them are. */
export class LineTexts {
  #bytes: Buffer | null = null;
  /** Where each line ends. */
  readonly #ends: number[] = [];

  constructor(
    private readonly bytes: Bytes,
    private readonly from: number,
    private readonly to: number,
  ) {}

  #read(): Buffer {
    if (this.#bytes) return this.#bytes;
    const text = this.#text();
    let end = -1;
    for (let at = text.indexOf(newline); at >= 0; at = text.indexOf(newline, at + 1)) {
      checkLength(at - end);
      this.#ends.push(at);
      end = at;
    }
    if (end < text.length - 1) {
      checkLength(text.length - end);
      this.#ends.push(text.length);
    }
    this.#bytes = text;
    return text;
  }

  #text(): Buffer {
    const { bytes, from, to } = this;
    if (typeof bytes !== 'string') return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from);
    const source = openPlaced(bytes);
    const text = Buffer.allocUnsafeSlow(to - from);
    try {
      if (source.read(text, from) < text.length) throw new InputError(`${bytes} changed while it was read`);
    } finally {
      source.close();
    }
    return text;
  }

  /** A line without its end. */
  line(n: number): Buffer {
    const text = this.#read();
    const from = this.begin(n);
    const to = this.#ends[n]!;
    return text.subarray(from, to > from && text[to - 1] === 13 ? to - 1 : to);
  }

  /** How many bytes come before a line. */
  begin(n: number): number {
    this.#read();
    return n === 0 ? 0 : this.#ends[n - 1]! + 1;
  }

  /** Whether a line has no line end: the file ends within it. */
  isOpen(n: number): boolean {
    const text = this.#read();
    return n === this.#ends.length - 1 && text.at(-1) !== newline;
  }
}

/** Whether nothing stands in a line. */
export const isBlank = (line: Buffer): boolean => line.every((byte) => byte === 32 || byte === 9);
