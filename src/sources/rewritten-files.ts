import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { Decompress } from 'fzstd';
import { type ByteSource, streamBytes } from '../documents/line-batches.ts';
import type { FileFormat } from './detect.ts';
import type { InputFile } from './input-files.ts';

/** Temporary copies of files that DuckDB cannot read as they are. */
export class RewrittenFiles {
  #folder: Promise<string> | null = null;
  #count = 0;

  constructor(private readonly signal?: AbortSignal) {}

  /** Writes a file anew as plain UTF-8 without a byte order mark, which is what DuckDB reads. */
  async asUtf8(file: InputFile, format: FileFormat): Promise<string> {
    return this.#write(file, decompressed(file, format), (chunks) => decoded(chunks, format.encoding));
  }

  /**
   * Writes the whole objects of a damaged array or sequence of objects, one a line. What follows the last whole object
   * is left out; `rest` tells how many bytes.
   */
  async wholeObjects(file: InputFile, format: FileFormat): Promise<{ path: string; objects: number; rest: number }> {
    const found = { objects: 0, rest: 0 };
    const path = await this.#write(file, decompressed(file, format), (chunks) => objectsOf(chunks, found));
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

/**
 * The bytes of a file without compression, read without making garbage where there is none to undo; `close` ends it. A
 * cut-off archive gives what it holds, and `onCut` hears of it.
 */
export async function openBytes(
  file: Pick<InputFile, 'path'>,
  format: Pick<FileFormat, 'compression' | 'encoding'>,
  onCut?: () => void,
  onRead?: (bytes: number) => void,
): Promise<ByteSource & { close(): Promise<void> }> {
  if (format.compression === 'none' && format.encoding === 'utf-8') {
    const handle = await open(file.path, 'r');
    let total = 0;
    return {
      async read(into) {
        const { bytesRead } = await handle.read(into, 0, into.length, null);
        total += bytesRead;
        onRead?.(total);
        return bytesRead;
      },
      close: () => handle.close(),
    };
  }
  const chunks = decompressed(file, format, onCut, onRead);
  const source = streamBytes(format.encoding === 'utf-8' ? chunks : decoded(chunks, format.encoding));
  return { ...source, close: async () => undefined };
}

/** The bytes of a file without compression. A cut-off archive gives what it holds, and `onCut` hears of it. */
export async function* decompressed(
  file: Pick<InputFile, 'path'>,
  { compression }: Pick<FileFormat, 'compression'>,
  onCut?: () => void,
  onRead?: (bytes: number) => void,
): AsyncIterable<Buffer> {
  const raw = createReadStream(file.path, { highWaterMark: 1 << 20 });
  const plain =
    compression === 'zstd'
      ? unzstd(raw)
      : compression === 'gzip'
        ? raw.pipe(createGunzip({ chunkSize: 1 << 20 }))
        : raw;
  try {
    for await (const chunk of plain) {
      onRead?.(raw.bytesRead);
      yield chunk as Buffer;
    }
  } catch (error) {
    if (compression === 'none') throw error;
    onCut?.();
  }
}

async function* unzstd(raw: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const ready: Buffer[] = [];
  const decompress = new Decompress((chunk) => ready.push(Buffer.from(chunk)));
  try {
    for await (const chunk of raw) {
      decompress.push(chunk);
      yield* ready.splice(0);
    }
  } finally {
    yield* ready.splice(0);
  }
}

/** Text in any of the encodings that files come in, as UTF-8 without a mark. */
export async function* decoded(
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
