import { randomUUID } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../diagnostics/diagnostic.ts';

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
}

const ratioCounts = 64 << 20;

/** Writes the entries of an archive into a folder, under names of its own, as long as they stay within limits. */
export class UnpackedFiles {
  #entries = 0;
  #bytes = 0;

  constructor(
    private readonly archive: { readonly path: string; readonly bytes: number },
    private readonly folder: string,
    private readonly limits: UnpackLimits,
    private readonly signal: AbortSignal | undefined,
  ) {}

  /** Counts an entry, whether or not it becomes a file. */
  count(): void {
    this.signal?.throwIfAborted();
    this.#entries++;
    const { entries } = this.limits;
    if (this.#entries > entries) throw this.#exceeded(`it has more than ${entries.toLocaleString('en')} entries`);
  }

  /** Writes an entry; if its data ends with an error, what comes before is kept and `onBroken` hears the error. */
  async write(
    name: string,
    chunks: AsyncIterable<Uint8Array>,
    onBroken: (error: Error) => void,
  ): Promise<UnpackedFile> {
    const path = join(this.folder, randomUUID());
    const file = await open(path, 'wx', 0o600);
    const iterator = chunks[Symbol.asyncIterator]();
    let bytes = 0;
    try {
      for (;;) {
        const next = await iterator.next().catch((error: Error) => {
          onBroken(error);
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
    return { name, path, bytes };
  }

  #countBytes(count: number): void {
    this.signal?.throwIfAborted();
    this.#bytes += count;
    const { bytes, ratio } = this.limits;
    if (this.#bytes > bytes) throw this.#exceeded(`it becomes more than ${bytes.toLocaleString('en')} bytes`);
    const { bytes: size } = this.archive;
    if (this.#bytes > ratioCounts && this.#bytes > size * ratio)
      throw this.#exceeded(`its ${size.toLocaleString('en')} bytes become more than ${ratio} times as many`);
  }

  #exceeded(why: string): InputError {
    return new InputError(`cannot unpack ${this.archive.path}: ${why}`, 'unpack it yourself if you trust it');
  }
}
