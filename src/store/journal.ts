import { constants } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { newline } from '../documents/bytes.ts';
import { LineBatch } from '../documents/line-batches.ts';
import { syncFolder, writeAll } from './durable-files.ts';
import type { PackedLines } from './packed-lines.ts';

/** What the name of a journal's file says. */
interface Heading {
  /** The identity of the index. */
  readonly index: string;
  /** The sequence number of the first document. */
  readonly first: bigint;
  /** What the documents' ids begin with; their number in the file follows. */
  readonly key: string;
}

const nameOf = ({ index, first, key }: Heading): string => `${index}.${first}.${key}.ndjson`;

/** Null for a file that is no journal. */
function headingOf(path: string): Heading | null {
  const [, index, first, key] = /^([\w-]+)\.(\d+)\.([\w-]+)\.ndjson$/.exec(basename(path)) ?? [];
  return key === undefined ? null : { index: index!, first: BigInt(first!), key };
}

/**
 * Documents of one index that were acknowledged and are not in its table yet: lines of a file, in the order of their
 * sequence numbers. What was appended is on disk once `append` has ended.
 */
export class Journal {
  #count = 0;
  #bytes = 0;
  #file: Promise<FileHandle> | null = null;
  /** What waits to be written, and ends together. */
  #waiting: Append[] = [];
  #writing: Promise<void> | null = null;

  private constructor(
    readonly heading: Heading,
    private readonly path: string,
  ) {}

  /** A journal without documents; its file is made with the first. */
  static begin(folder: string, heading: Heading): Journal {
    return new Journal(heading, join(folder, nameOf(heading)));
  }

  /** What a process left that ended early; a line without its end was never acknowledged. Null for other files. */
  static async find(path: string): Promise<Journal | null> {
    const heading = headingOf(path);
    if (!heading) return null;
    const journal = new Journal(heading, path);
    const file = await open(path, 'r');
    try {
      const chunk = Buffer.allocUnsafe(1 << 20);
      for (let read = 0, held = 1; held > 0; read += held) {
        held = (await file.read(chunk, 0, chunk.length, read)).bytesRead;
        for (let at = chunk.indexOf(newline); at >= 0 && at < held; at = chunk.indexOf(newline, at + 1)) {
          journal.#count += 1;
          journal.#bytes = read + at + 1;
        }
      }
    } finally {
      await file.close();
    }
    return journal;
  }

  /** How many documents it holds, and their bytes; those of appends that fail are no longer counted. */
  get count(): number {
    return this.#count;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** All its lines, for whoever reads them. */
  get lines(): LineBatch {
    return new LineBatch(this.path, 0, this.#bytes, this.#count, 0, true, () => undefined);
  }

  /**
   * Appends documents, and ends when they are on disk: several appends that come together wait for the disk once. When
   * one fails, so do all that wait, and the journal is what it was before.
   */
  append({ bytes, count }: PackedLines): Promise<void> {
    this.#count += count;
    this.#bytes += bytes.length;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ bytes, count, resolve, reject });
      this.#writing ??= this.#write().finally(() => {
        this.#writing = null;
      });
    });
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const appends = this.#waiting.splice(0);
      const before = this.#bytes - appends.reduce((sum, { bytes }) => sum + bytes.length, 0);
      try {
        const file = await this.#open();
        let at = before;
        for (const { bytes } of appends) at = await writeAll(file, bytes, at);
        await file.datasync();
        for (const { resolve } of appends) resolve();
      } catch (error) {
        const failed = [...appends, ...this.#waiting.splice(0)];
        for (const { bytes, count } of failed) {
          this.#bytes -= bytes.length;
          this.#count -= count;
        }
        // Where not even that is possible, what follows is not read all the same, unless the process is killed now.
        await this.#file?.then((file) => file.truncate(this.#bytes)).catch(() => undefined);
        for (const { reject } of failed) reject(error);
      }
    }
  }

  #open(): Promise<FileHandle> {
    this.#file ??= open(this.path, constants.O_CREAT | constants.O_WRONLY, 0o600).then(async (file) => {
      await syncFolder(dirname(this.path));
      return file;
    });
    this.#file.catch(() => {
      this.#file = null;
    });
    return this.#file;
  }

  /** Waits for appends under way; there are none after it. */
  async end(): Promise<void> {
    await this.#writing;
    const file = await this.#file;
    this.#file = null;
    await file?.close();
  }

  /** Removes it for good: its documents are where they belong. */
  async remove(): Promise<void> {
    await this.end();
    await rm(this.path, { force: true });
    await syncFolder(dirname(this.path));
  }
}

interface Append {
  readonly bytes: Uint8Array;
  readonly count: number;
  resolve(): void;
  reject(error: unknown): void;
}
