import { createGunzip } from 'node:zlib';
import type { ByteSource } from '../documents/line-batches.ts';

/** How much is given to zlib at a time, and how much is taken. Less of either is slower. */
const inputBytes = 256 << 10;
const outputBytes = 1 << 20;

/**
 * Decompresses gzip, several members one behind another included. Where the data ends early, reading fails with zlib's
 * error after all that comes before; where it is damaged, after all but the last megabyte. A stream that fails drops what
 * nobody has fetched from it: so it is given more only when there is nothing left to fetch.
 */
export class GzipSource implements ByteSource {
  readonly #gunzip = createGunzip({ chunkSize: outputBytes });
  #rest: Buffer | null = null;
  #error: Error | null = null;
  #isOver = false;
  #isBusy = false;
  #isGivenAll = false;
  #wake = (): void => undefined;

  constructor(private readonly source: ByteSource) {
    this.#gunzip.on('readable', () => this.#wake());
    this.#gunzip.on('end', () => {
      this.#isOver = true;
      this.#wake();
    });
    this.#gunzip.on('error', (error) => {
      this.#error = error;
      this.#wake();
    });
  }

  async read(into: Buffer): Promise<number> {
    for (;;) {
      this.#rest ??= this.#gunzip.read() as Buffer | null;
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
    const piece = Buffer.allocUnsafeSlow(inputBytes);
    const count = await this.source.read(piece);
    this.#isGivenAll = count === 0;
    if (this.#isGivenAll) this.#gunzip.end();
    else {
      this.#isBusy = true;
      this.#gunzip.write(piece.subarray(0, count), () => {
        this.#isBusy = false;
        this.#wake();
      });
    }
  }

  close(): void {
    this.#gunzip.destroy();
  }
}
