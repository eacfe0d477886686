import { type FileHandle, open } from 'node:fs/promises';
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
  if (compression === 'zstd') return !(await zstdEnds(file));
  if (compression !== 'gzip') return false;
  if (readBytes !== null) {
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

/** Walks the headers of frames and blocks (RFC 8878): the file is whole when it ends with a last block. */
async function zstdEnds(file: InputFile): Promise<boolean> {
  const handle = await open(file.path, 'r');
  try {
    let at = 0;
    while (at < file.bytes) {
      const end = await frameEnd(handle, at);
      if (end === null || end > file.bytes) return false;
      at = end;
    }
    return at === file.bytes;
  } finally {
    await handle.close();
  }
}

async function frameEnd(handle: FileHandle, start: number): Promise<number | null> {
  const read = async (at: number, length: number): Promise<Buffer | null> => {
    const bytes = Buffer.alloc(length);
    const { bytesRead } = await handle.read(bytes, 0, length, at);
    return bytesRead === length ? bytes : null;
  };
  const opening = await read(start, 8);
  if (!opening) return null;
  const magic = opening.readUInt32LE(0);
  // A skippable frame tells its length.
  if (magic >>> 4 === 0x184d2a5) return start + 8 + opening.readUInt32LE(4);
  if (magic !== 0xfd2fb528) return null;
  const descriptor = opening[4]!;
  const singleSegment = (descriptor & 0x20) !== 0;
  const contentSize = [singleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6]!;
  const dictionary = [0, 1, 2, 4][descriptor & 3]!;
  let at = start + 5 + (singleSegment ? 0 : 1) + dictionary + contentSize;
  for (;;) {
    const header = await read(at, 3);
    if (!header) return null;
    const value = header.readUIntLE(0, 3);
    const isRun = ((value >> 1) & 3) === 1;
    at += 3 + (isRun ? 1 : value >> 3);
    if (value & 1) return at + (descriptor & 4 ? 4 : 0);
  }
}
