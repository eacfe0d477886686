import { type FileHandle, open } from 'node:fs/promises';
import { fileErrorText, UnreadableFile } from '../../diagnostics/file-error.ts';
import type { ByteSource } from '../../documents/line-batches.ts';
import { bzip2 } from './bzip2.ts';
import { BrokenData, type Codec, type Reopen } from './codec.ts';
import { gzip } from './gzip.ts';
import { MemberSource } from './member-source.ts';
import { xz } from './xz.ts';
import { zstd } from './zstd.ts';

export type Compression = 'none' | 'gzip' | 'zstd' | 'bzip2' | 'xz';

const codecs: Readonly<Record<Exclude<Compression, 'none'>, Codec>> = { gzip, zstd, bzip2, xz };

/** How a file is compressed that begins with these bytes. */
export function detectCompression(head: Buffer): Compression {
  if (head.length < 2) return 'none';
  const found = Object.entries(codecs).find(([, codec]) => codec.begins(head.subarray(0, 8)));
  return found ? (found[0] as Compression) : 'none';
}

/** Bytes of an open file. */
export interface OpenBytes extends ByteSource {
  close(): Promise<void>;
}

/** Who hears what becomes of a file while it is read. */
export interface ReadHooks {
  /** Not all of it is read, as the text says: it ends early, is damaged, or has bytes behind its end. All before is read. */
  onCut?(what: string): void;
  /** Hears how many bytes of the file itself were read so far. */
  onRead?(bytes: number): void;
}

/** Opens a file and gives its bytes without compression. Throws an InputError where the file cannot be read. */
export async function openDecompressed(
  path: string,
  compression: Compression,
  { onCut, onRead }: ReadHooks = {},
): Promise<OpenBytes> {
  const handle = await open(path, 'r').catch((error) => {
    throw new UnreadableFile(path, error);
  });
  let bytes: ByteSource & { close?(): void } = fileBytes(handle, null, onRead);
  try {
    if (compression !== 'none') bytes = new MemberSource(bytes, codecs[compression], reopening(path));
  } catch (error) {
    await handle.close();
    throw error;
  }
  let isCut = false;
  const read = async (into: Buffer): Promise<number> => {
    if (isCut) return 0;
    try {
      return await bytes.read(into);
    } catch (error) {
      if (!isBroken(error)) throw error;
      isCut = true;
      onCut?.(fileErrorText(error));
      return 0;
    }
  };
  let reading: Promise<unknown> = Promise.resolve();
  return {
    read(into) {
      const count = read(into);
      reading = count.catch(() => undefined);
      return count;
    },
    async close() {
      // Decoders give their memory back, which nobody may be using.
      await reading;
      bytes.close?.();
      await handle.close();
    },
  };
}

const reopening =
  (path: string): Reopen =>
  async (at) => {
    const handle = await open(path, 'r');
    return { ...fileBytes(handle, at), close: () => handle.close() };
  };

/** Whether this is a fault of the data or of the disk that it lies on. */
const isBroken = (error: unknown): error is Error =>
  error instanceof BrokenData || (error instanceof Error && 'syscall' in error);

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

/** The bytes of a file from a place on; null reads on, as pipes want it. */
function fileBytes(handle: FileHandle, from: number | null, onRead?: (bytes: number) => void): ByteSource {
  let at = from ?? 0;
  return {
    async read(into) {
      const { bytesRead } = await handle.read(into, 0, into.length, from === null ? null : at);
      at += bytesRead;
      onRead?.(at);
      return bytesRead;
    },
  };
}
