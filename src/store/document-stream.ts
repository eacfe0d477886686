import type { Hash } from 'node:crypto';
import { newline } from '../documents/bytes.ts';
import type { ByteSource } from '../documents/line-batches.ts';
import type { OpenBytes } from '../formats/formats.ts';
import { digestOf, type FileState, type KnownFiles, newHash } from './known-files.ts';

/** As much of a file is looked at before anything is decided; a file that has no more is small. */
export const headBytes = 256 << 10;

/** The documents of a file as lines: first compared with what is known, then read from where that ends. */
export class DocumentStream implements ByteSource {
  #bytes: OpenBytes;
  /** How many bytes were passed or read, and the last of them. */
  #at = 0;
  #last = newline;

  private constructor(
    bytes: OpenBytes,
    private readonly reopen: () => Promise<OpenBytes>,
    /** What it begins with. */
    readonly head: Buffer,
    /** Whether that is all. */
    readonly isWhole: boolean,
  ) {
    this.#bytes = bytes;
  }

  /** `scratch` has room for the head, and is used again for the next. */
  static async open(open: () => Promise<OpenBytes>, scratch: Buffer): Promise<DocumentStream> {
    const bytes = await open();
    try {
      let used = 0;
      for (let count = -1; count !== 0 && used < scratch.length; used += count)
        count = await bytes.read(scratch.subarray(used));
      return new DocumentStream(bytes, open, Buffer.from(scratch.subarray(0, used)), used < scratch.length);
    } catch (error) {
      await bytes.close();
      throw error;
    }
  }

  /** Whether it was passed to a place within a line. */
  get isWithinLine(): boolean {
    return this.#last !== newline;
  }

  /** Finds the longest state of it that is known, and goes to where that ends. The hash is of all before. */
  async passKnown(known: KnownFiles): Promise<{ readonly state: FileState | null; readonly hash: Hash }> {
    const passing = newHash();
    let found: { state: FileState | null; hash: Hash } = { state: null, hash: newHash() };
    for (const state of known.candidates(this.head)) {
      if (!(await this.#passTo(state.bytes, passing))) break;
      if (digestOf(passing) === state.digest) found = { state, hash: passing.copy() };
    }
    await this.#goTo(found.state?.bytes ?? 0);
    return found;
  }

  /** Returns whether there is so much. */
  async #passTo(to: number, hash: Hash | null): Promise<boolean> {
    const chunk = this.#at < to && to > this.head.length ? Buffer.allocUnsafe(1 << 20) : null;
    while (this.#at < to) {
      const wanted = to - this.#at;
      if (this.#at < this.head.length) {
        const part = this.head.subarray(this.#at, to);
        hash?.update(part);
        this.#at += part.length;
        this.#last = part.at(-1)!;
      } else {
        const count = chunk === null ? 0 : await this.#bytes.read(chunk.subarray(0, Math.min(chunk.length, wanted)));
        if (count === 0) return false;
        hash?.update(chunk!.subarray(0, count));
        this.#at += count;
        this.#last = chunk![count - 1]!;
      }
    }
    return true;
  }

  async #goTo(place: number): Promise<void> {
    if (place < this.#at) {
      if (this.#at > this.head.length) {
        await this.#bytes.close();
        this.#bytes = await this.reopen();
        await this.#passHead();
      }
      this.#at = Math.min(place, this.head.length);
      this.#last = this.#at === 0 ? newline : this.head[this.#at - 1]!;
    }
    await this.#passTo(place, null);
  }

  /** The head is at hand already. */
  async #passHead(): Promise<void> {
    const again = Buffer.allocUnsafe(this.head.length);
    for (let used = 0, count = -1; count !== 0 && used < again.length; used += count)
      count = await this.#bytes.read(again.subarray(used));
  }

  async read(into: Buffer): Promise<number> {
    const count = this.#at < this.head.length ? this.head.copy(into, 0, this.#at) : await this.#bytes.read(into);
    this.#at += count;
    return count;
  }

  close(): Promise<void> {
    return this.#bytes.close();
  }
}
