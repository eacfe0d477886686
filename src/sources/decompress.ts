import { type FileHandle, open } from 'node:fs/promises';
import type { ByteSource } from '../documents/line-batches.ts';
import { GzipSource } from './gzip.ts';
import { unreadable } from './input-files.ts';
import { BrokenZstd, ZstdSource } from './zstd.ts';

export type Compression = 'none' | 'gzip' | 'zstd';

/** Bytes of an open file. */
export interface OpenBytes extends ByteSource {
  close(): Promise<void>;
}

const chunkBytes = 1 << 20;

/**
 * Opens a file and gives its bytes without compression. Of an archive that is cut off or damaged it gives what comes
 * before, and `onCut` hears of it. `onRead` hears how many bytes of the file itself were read so far. Throws an InputError
 * where the file cannot be read.
 */
export async function openDecompressed(
  path: string,
  compression: Compression,
  onCut?: () => void,
  onRead?: (bytes: number) => void,
): Promise<OpenBytes> {
  const handle = await open(path, 'r').catch((error) => {
    throw unreadable(path, error);
  });
  let bytes: ByteSource & { close?(): void } = fileBytes(handle, onRead);
  try {
    if (compression === 'gzip') bytes = new GzipSource(bytes);
    if (compression === 'zstd') bytes = new ZstdSource(bytes);
  } catch (error) {
    await handle.close();
    throw error;
  }
  let isCut = false;
  return {
    async read(into) {
      if (isCut) return 0;
      try {
        return await bytes.read(into);
      } catch (error) {
        if (!isBroken(error)) throw unreadable(path, error as Error);
        isCut = true;
        onCut?.();
        return 0;
      }
    },
    async close() {
      bytes.close?.();
      await handle.close();
    },
  };
}

/** The same as a stream of chunks, each in memory of its own. */
export async function* decompressed(
  path: string,
  compression: Compression,
  onCut?: () => void,
): AsyncGenerator<Buffer, void> {
  const bytes = await openDecompressed(path, compression, onCut);
  try {
    yield* chunksOf(bytes);
  } finally {
    await bytes.close();
  }
}

/** The bytes of a source in chunks, each in memory of its own. */
export async function* chunksOf(source: ByteSource): AsyncGenerator<Buffer, void> {
  for (;;) {
    const chunk = Buffer.allocUnsafeSlow(chunkBytes);
    const count = await fill(source, chunk);
    if (count === 0) return;
    yield chunk.subarray(0, count);
  }
}

/** Reads until memory is full or the source at its end; gives how many bytes. */
export async function fill(source: ByteSource, into: Buffer): Promise<number> {
  let filled = 0;
  while (filled < into.length) {
    const count = await source.read(into.subarray(filled));
    if (count === 0) break;
    filled += count;
  }
  return filled;
}

function fileBytes(handle: FileHandle, onRead?: (bytes: number) => void): ByteSource {
  let total = 0;
  return {
    async read(into) {
      const { bytesRead } = await handle.read(into, 0, into.length, null);
      total += bytesRead;
      onRead?.(total);
      return bytesRead;
    },
  };
}

/** zlib's codes for data that is damaged or ends early, or takes a dictionary. */
const brokenGzip: ReadonlySet<string | undefined> = new Set(['Z_DATA_ERROR', 'Z_BUF_ERROR', 'Z_NEED_DICT']);

/** Whether it is the compressed data that is at fault. */
const isBroken = (error: unknown): boolean =>
  error instanceof BrokenZstd || brokenGzip.has((error as NodeJS.ErrnoException).code);
