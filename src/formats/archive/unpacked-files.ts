import { randomUUID } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { BrokenData } from '../compression/codec.ts';

/** What an archive may become at most when it is unpacked. */
export interface UnpackLimits {
  readonly entries: number;
  readonly bytes: number;
  /** How many times as many bytes as the archive has; archives that become less than 64 MB may have a higher ratio. */
  readonly ratio: number;
}

export const defaultLimits: UnpackLimits = { entries: 100_000, bytes: 256 * 2 ** 30, ratio: 1_000 };

/** A file out of an archive. */
export interface UnpackedFile {
  /** The entry's name as the archive has it: only to be shown. */
  readonly name: string;
  /** Where the file is now. */
  readonly path: string;
  readonly bytes: number;
  /** Why this is only the beginning of it, or not what it should be; null where all is well. */
  readonly cut: string | null;
}

const ratioCounts = 64 << 20;

/** Writes the files of an archive, and of archives within it, into a folder under generated names, within limits. */
export class UnpackedFiles {
  #entries = 0;
  #bytes = 0;

  constructor(
    /** How long the archive is. */
    private readonly packed: number,
    private readonly folder: string,
    private readonly limits: UnpackLimits,
    private readonly signal: AbortSignal | undefined,
  ) {}

  /** Counts an entry, whether or not it becomes a file. */
  count(): void {
    this.signal?.throwIfAborted();
    this.#entries++;
    const { entries } = this.limits;
    if (this.#entries > entries) throw exceeded(`it has more than ${entries.toLocaleString('en')} entries`);
  }

  /** Writes an entry; if its data is broken, what comes before is kept. */
  async write(name: string, chunks: AsyncIterable<Uint8Array>): Promise<UnpackedFile> {
    const path = join(this.folder, randomUUID());
    const file = await open(path, 'wx', 0o600);
    const iterator = chunks[Symbol.asyncIterator]();
    let bytes = 0;
    let cut: string | null = null;
    try {
      for (;;) {
        const next = await iterator.next().catch((error: Error) => {
          if (!(error instanceof BrokenData)) throw error;
          cut = error.message;
          return { done: true, value: undefined } as const;
        });
        if (next.done) break;
        this.#countBytes(next.value.length);
        await file.writeFile(next.value);
        bytes += next.value.length;
      }
    } finally {
      await iterator.return?.().catch(() => undefined);
      await file.close();
    }
    return { name, path, bytes, cut };
  }

  #countBytes(count: number): void {
    this.signal?.throwIfAborted();
    this.#bytes += count;
    const { bytes, ratio } = this.limits;
    if (this.#bytes > bytes) throw exceeded(`it becomes more than ${bytes.toLocaleString('en')} bytes`);
    if (this.#bytes > ratioCounts && this.#bytes > this.packed * ratio)
      throw exceeded(`its ${this.packed.toLocaleString('en')} bytes become more than ${ratio} times as many`);
  }
}

const exceeded = (why: string): BrokenData =>
  new BrokenData(`${why}: the rest was not unpacked; unpack it yourself if you trust it`);
