import type { ByteSource } from '../../documents/line-batches.ts';
import { count } from '../../values/quantities.ts';
import { BrokenData, type Codec, type Decoder, type Reopen } from './codec.ts';
import { CompressedInput } from './compressed-input.ts';

const headBytes = 8;

/**
 * The bytes of all members of a compressed file. Zeros between and behind them are padding; what else stands behind the
 * last one is not read, and ends the data with the error that says how many bytes that is.
 */
export class MemberSource implements ByteSource {
  readonly #input: CompressedInput;
  readonly #decoder: Decoder;
  #state: 'before' | 'inside' | 'behind' | 'over' = 'before';

  constructor(
    source: ByteSource,
    private readonly codec: Codec,
    reopen: Reopen,
  ) {
    this.#input = new CompressedInput(source);
    this.#decoder = codec.open(this.#input, reopen);
  }

  async read(into: Buffer): Promise<number> {
    for (;;) {
      if (this.#state !== 'inside' && !(await this.#next())) return 0;
      const made = await this.#decoder.read(into);
      if (made > 0) return made;
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
    const bytes = padding + (await this.#skip(() => true));
    this.#end();
    throw new BrokenData(
      `${count(bytes, 'byte')} behind the end of its compressed data ${bytes === 1 ? 'was' : 'were'} not read`,
    );
  }

  #end(): false {
    this.#state = 'over';
    return false;
  }

  async #skip(isSkipped: (byte: number) => boolean): Promise<number> {
    let skipped = 0;
    while (await this.#input.has(1)) {
      const { view } = this.#input;
      const end = view.findIndex((byte) => !isSkipped(byte));
      const passed = end < 0 ? view.length : end;
      this.#input.skip(passed);
      skipped += passed;
      if (end >= 0) break;
    }
    return skipped;
  }

  close(): void {
    this.#decoder.close();
  }
}
