import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { decompressed } from './decompress.ts';
import type { FileFormat } from './detect.ts';
import type { InputFile } from './input-files.ts';
import { decoded } from './utf8-bytes.ts';

/** Temporary copies of files that DuckDB cannot read as they are. */
export class RewrittenFiles {
  #folder: Promise<string> | null = null;
  #count = 0;

  constructor(private readonly signal?: AbortSignal) {}

  /**
   * Writes a file anew as plain UTF-8 without a byte order mark, which is what DuckDB reads; `onCut` hears of an archive
   * that ends early.
   */
  async asUtf8(file: InputFile, format: FileFormat, onCut?: () => void): Promise<string> {
    return this.#write(file, decompressed(file.path, format.compression, onCut), (chunks) =>
      decoded(chunks, format.encoding),
    );
  }

  /**
   * Writes the whole objects of a damaged array or sequence of objects, one a line. What follows the last whole object
   * is left out; `rest` tells how many bytes.
   */
  async wholeObjects(file: InputFile, format: FileFormat): Promise<{ path: string; objects: number; rest: number }> {
    const found = { objects: 0, rest: 0 };
    const path = await this.#write(file, decompressed(file.path, format.compression), (chunks) =>
      objectsOf(chunks, found),
    );
    return { path, ...found };
  }

  async #write(
    file: InputFile,
    chunks: AsyncIterable<Buffer>,
    change: (chunks: AsyncIterable<Buffer>) => AsyncIterable<Buffer | string>,
  ): Promise<string> {
    this.#folder ??= mkdtemp(join(tmpdir(), 'harrier-rewritten-'));
    // The name stays, for it may be what the events are called by.
    const folder = join(await this.#folder, String(this.#count++));
    const { mkdir } = await import('node:fs/promises');
    await mkdir(folder);
    const path = join(folder, basename(file.path).replace(/\.(gz|zst)$/i, ''));
    await pipeline(change(chunks), createWriteStream(path), this.signal ? { signal: this.signal } : {});
    return path;
  }

  /** Removes the copies. */
  async remove(): Promise<void> {
    if (this.#folder) await rm(await this.#folder, { recursive: true, force: true });
  }
}

/** Cuts a stream into its outermost objects, by counting braces outside of strings. */
async function* objectsOf(
  chunks: AsyncIterable<Buffer>,
  found: { objects: number; rest: number },
): AsyncIterable<Buffer> {
  const [quote, backslash, open, close, newline, space] = [0x22, 0x5c, 0x7b, 0x7d, 0x0a, 0x20];
  let depth = 0;
  let inString = false;
  let escaped = false;
  let held: Buffer[] = [];
  for await (const chunk of chunks) {
    let start = depth > 0 ? 0 : -1;
    const out: Buffer[] = [];
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i]!;
      if (inString) {
        if (escaped) escaped = false;
        else if (byte === backslash) escaped = true;
        else if (byte === quote) inString = false;
      } else if (byte === quote) inString = depth > 0;
      else if (byte === newline) chunk[i] = space;
      else if (byte === open) {
        if (depth++ === 0) start = i;
      } else if (byte === close && depth > 0 && --depth === 0) {
        out.push(...held, chunk.subarray(start, i + 1), Buffer.from('\n'));
        held = [];
        start = -1;
        found.objects += 1;
      }
    }
    if (start >= 0) held.push(Buffer.from(chunk.subarray(start)));
    if (out.length > 0) yield Buffer.concat(out);
  }
  found.rest = held.reduce((sum, piece) => sum + piece.length, 0);
}
