import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { streamBytes } from '../documents/line-batches.ts';
import { chunksOf, decompressed, type OpenBytes, openDecompressed } from './decompress.ts';
import type { FileFormat } from './detect.ts';
import type { InputFile } from './input-files.ts';

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

/** The bytes of a file without compression and as UTF-8, as `openDecompressed` gives them. */
export async function openBytes(
  file: Pick<InputFile, 'path'>,
  format: Pick<FileFormat, 'compression' | 'encoding'>,
  onCut?: () => void,
  onRead?: (bytes: number) => void,
): Promise<OpenBytes> {
  const bytes = await openDecompressed(file.path, format.compression, onCut, onRead);
  if (format.encoding === 'utf-8') return bytes;
  return { ...streamBytes(decoded(chunksOf(bytes), format.encoding)), close: () => bytes.close() };
}

/** Text in any of the encodings that files come in, as UTF-8 without a mark. */
async function* decoded(
  chunks: AsyncIterable<Buffer>,
  encoding: FileFormat['encoding'],
): AsyncIterable<string | Buffer> {
  if (encoding === 'utf-8-bom') {
    let start = 3;
    for await (const chunk of chunks) {
      yield chunk.subarray(Math.min(start, chunk.length));
      start -= Math.min(start, chunk.length);
    }
    return;
  }
  const decoder = new TextDecoder(encoding);
  for await (const chunk of chunks) yield decoder.decode(chunk, { stream: true });
  yield decoder.decode();
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
