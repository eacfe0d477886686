import { open } from 'node:fs/promises';
import { type Compression, decompressed } from './decompress.ts';
import type { InputFile } from './input-files.ts';

/**
 * Tells whether a compressed file is cut off that DuckDB read: it takes what there is and says nothing. `readBytes` is how
 * much was read from it, lines with their breaks; where a gzip trailer agrees, nothing is missing and nothing is
 * decompressed again.
 */
export async function isTruncated(
  file: InputFile,
  compression: Compression,
  readBytes: number | null,
  signal?: AbortSignal,
): Promise<boolean> {
  if (compression === 'none') return false;
  if (compression === 'gzip' && readBytes !== null) {
    const size = await gzipTrailerSize(file);
    const read = readBytes % 2 ** 32;
    // The last line may lack its break.
    if (size === read || size === read - 1) return false;
  }
  let isCut = false;
  const chunks = decompressed(file.path, compression, () => {
    isCut = true;
  });
  for await (const _ of chunks) signal?.throwIfAborted();
  return isCut;
}

async function gzipTrailerSize(file: InputFile): Promise<number> {
  const handle = await open(file.path, 'r');
  try {
    const bytes = Buffer.alloc(4);
    await handle.read(bytes, 0, 4, Math.max(0, file.bytes - 4));
    return bytes.readUInt32LE(0);
  } finally {
    await handle.close();
  }
}
