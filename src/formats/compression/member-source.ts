import type { ByteSource } from '../../documents/line-batches.ts';
import type { Codec, Decoder, Reopen } from './codec.ts';
import { CompressedInput } from './compressed-input.ts';

const headBytes = 8;

/**
 * The bytes of all members of a compressed file. Zeros between and behind them are padding; what else stands behind the
 * last one is passed over, and `onTrailing` hears how many bytes that is.
 */
export class MemberSource implements ByteSource {
  readonly #input: CompressedInput;
  readonly #decoder: Decoder;
  #state: 'before' | 'inside' | 'behind' | 'over' = 'before';

  constructor(
    source: ByteSource,
    private readonly codec: Codec,
    reopen: Reopen,
    private readonly onTrailing?: (bytes: number) => void,
  ) {
    this.#input = new CompressedInput(source);
    this.#decoder = codec.open(this.#input, reopen);
  }

  async read(into: Buffer): Promise<number> {
    for (;;) {
      if (this.#state !== 'inside' && !(await this.#next())) return 0;
      const count = await this.#decoder.read(into);
      if (count > 0) return count;
      this.#state = 'behind';
    }
  }

  async #next(): Promise<boolean> {
    const padding = this.#state === 'behind' ? await this.#skip((byte) => byte === 0) : 0;
    const isOver = this.#state === 'over' || !(await this.#input.has(1));
    if (isOver) return this.#end();
    await this.#input.has(headBytes);
    if (this.#state === 'before' || this.codec.begins(this.#input.view)) {
      this.#decoder.start();
      this.#state = 'inside';
      return true;
    }
    this.onTrailing?.(padding + (await this.#skip(() => true)));
    return this.#end();
  }

  #end(): false {
    this.#state = 'over';
    return false;
  }

  async #skip(skipped: (byte: number) => boolean): Promise<number> {
    let count = 0;
    while (await this.#input.has(1)) {
      const { view } = this.#input;
      const end = view.findIndex((byte) => !skipped(byte));
      const passed = end < 0 ? view.length : end;
      this.#input.skip(passed);
      count += passed;
      if (end >= 0) break;
    }
    return count;
  }

  close(): void {
    this.#decoder.close();
  }
}
