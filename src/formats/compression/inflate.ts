import { createInflateRaw } from 'node:zlib';

/** Where deflate data comes from. */
export interface DeflateData {
  /** The next bytes, in memory of their own; null at the end. */
  next(): Promise<Buffer | null>;
  /** Says how many bytes of the last piece belong to the data. */
  used(bytes: number): void;
}

/** Less is slower. */
const outputBytes = 1 << 20;

/**
 * Decompresses bare deflate data and says where it ends. Fails with zlib's error where it ends early (after all that it
 * holds) or is damaged (without what zlib made of the last piece). A stream that fails drops what nobody has fetched: so
 * zlib is given more only when there is nothing left to fetch.
 */
export class Inflate {
  readonly #stream = createInflateRaw({ chunkSize: outputBytes });
  #rest: Buffer | null = null;
  #error: Error | null = null;
  #isOver = false;
  #isBusy = false;
  #isGivenAll = false;
  #used = 0;
  #wake = (): void => undefined;

  constructor(private readonly data: DeflateData) {
    this.#stream.on('readable', () => this.#wake());
    this.#stream.on('end', () => {
      this.#isOver = true;
      this.#passUsed();
      this.#wake();
    });
    this.#stream.on('error', (error) => {
      this.#error = error;
      this.#wake();
    });
  }

  async read(into: Buffer): Promise<number> {
    for (;;) {
      this.#rest ??= this.#stream.read() as Buffer | null;
      if (this.#rest) break;
      if (this.#error) throw this.#error;
      if (this.#isOver) return 0;
      if (this.#isBusy || this.#isGivenAll)
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      else await this.#give();
    }
    const count = this.#rest.copy(into);
    this.#rest = count < this.#rest.length ? this.#rest.subarray(count) : null;
    return count;
  }

  async #give(): Promise<void> {
    const piece = await this.data.next();
    this.#isGivenAll = piece === null;
    if (piece === null) this.#stream.end();
    else {
      this.#isBusy = true;
      // Not called where the data ends within the piece.
      this.#stream.write(piece, (error) => {
        this.#isBusy = false;
        if (error) this.#error ??= error;
        else this.#passUsed();
        this.#wake();
      });
    }
  }

  #passUsed(): void {
    this.data.used(this.#stream.bytesWritten - this.#used);
    this.#used = this.#stream.bytesWritten;
  }

  close(): void {
    this.#stream.destroy();
  }
}
