import type { ByteSource } from '../../documents/line-batches.ts';

/** Compressed bytes, with those in view that no decoder has used yet. */
export class CompressedInput {
  #bytes: Buffer = Buffer.allocUnsafeSlow(256 << 10);
  #from = 0;
  #to = 0;
  #isOver = false;
  #position = 0;

  constructor(private readonly source: ByteSource) {}

  /** The unused bytes that were read; valid until the next call of `has`. */
  get view(): Buffer {
    return this.#bytes.subarray(this.#from, this.#to);
  }

  /** How many bytes were used. */
  get position(): number {
    return this.#position;
  }

  /** Brings `count` bytes into view; false where the data ends before. */
  async has(count: number): Promise<boolean> {
    while (this.#to - this.#from < count && !this.#isOver) {
      this.#makeRoom(count);
      const read = await this.source.read(this.#bytes.subarray(this.#to));
      this.#to += read;
      this.#isOver = read === 0;
    }
    return this.#to - this.#from >= count;
  }

  /** Takes bytes out of view. */
  skip(count: number): void {
    this.#from += count;
    this.#position += count;
  }

  #makeRoom(count: number): void {
    if (this.#from + count <= this.#bytes.length && this.#to < this.#bytes.length) return;
    const larger = count > this.#bytes.length ? Buffer.allocUnsafeSlow(count * 2) : this.#bytes;
    this.#bytes.copy(larger, 0, this.#from, this.#to);
    this.#to -= this.#from;
    this.#from = 0;
    this.#bytes = larger;
  }
}
