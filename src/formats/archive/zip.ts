import { open } from 'node:fs/promises';
import { PassThrough, pipeline, type Readable } from 'node:stream';
import { type Entry, getFileNameLowLevel, openPromise, type ZipFile } from 'yauzl';
import { crc32 } from '../compression/checksum.ts';
import { BrokenData } from '../compression/codec.ts';
import type { ArchiveHooks } from './extract.ts';
import type { UnpackedFile, UnpackedFiles } from './unpacked-files.ts';

/** The files of a zip archive, by its directory. Throws BrokenData where that is missing or damaged. */
export async function* zipFiles(
  path: string,
  files: UnpackedFiles,
  { onPassedOver, onCut }: ArchiveHooks,
): AsyncGenerator<UnpackedFile, void> {
  // Names are only shown, so any name will do.
  const zip = await openPromise(path, { decodeStrings: false, autoClose: false }).catch((error: Error) => {
    throw damaged(error);
  });
  try {
    for await (const entry of entriesOf(zip)) {
      files.count();
      const name = getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, false);
      if (name.endsWith('/')) continue;
      const reason = unreadable(entry);
      if (reason) {
        onPassedOver?.(name, reason);
        continue;
      }
      const data = await zip.openReadStreamPromise(entry).catch((error: Error) => {
        onPassedOver?.(name, `is damaged: ${error.message}`);
        return null;
      });
      if (data) yield await files.write(name, checked(heard(data), entry.crc32));
    }
    if (await hasMoreEntries(zip, path)) onCut?.('its zip data is damaged: it has more entries than it says');
  } finally {
    zip.close();
  }
}

async function* entriesOf(zip: ZipFile): AsyncGenerator<Entry, void> {
  try {
    yield* zip.eachEntry();
  } catch (error) {
    throw damaged(error as Error);
  }
}

/** Whether another entry stands behind the last one of the directory. */
async function hasMoreEntries(zip: ZipFile, path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, Number(zip.readEntryCursor));
    return buffer.toString('latin1', 0, bytesRead) === 'PK\x01\x02';
  } finally {
    await file.close();
  }
}

const damaged = (error: Error): BrokenData => new BrokenData(`its zip data is cut off or damaged (${error.message})`);

/**
 * The same content, whose errors wait for whoever reads it: yauzl emits them as soon as it finds them, which may be before
 * anybody reads, and a second one after.
 */
function heard(content: Readable): Readable {
  content.on('error', () => undefined);
  return pipeline(content, new PassThrough(), () => undefined);
}

/** The content of an entry; fails where it ends early, is damaged, or does not match its checksum. */
async function* checked(content: AsyncIterable<Uint8Array>, checksum: number): AsyncGenerator<Uint8Array, void> {
  let found = 0;
  try {
    for await (const chunk of content) {
      found = crc32(chunk, found);
      yield chunk;
    }
  } catch (error) {
    throw damaged(error as Error);
  }
  if (found !== checksum) throw new BrokenData('its zip data does not match its checksum');
}

const methods: Readonly<Record<number, string>> = {
  9: 'Deflate64',
  12: 'bzip2',
  14: 'LZMA',
  93: 'zstd',
  95: 'xz',
  98: 'PPMd',
  99: 'AES encryption',
};
const unix = 3;
const [kinds, regular, link] = [0o170000, 0o100000, 0o120000];

/** Why an entry is no file to read; null if it is one. */
function unreadable(entry: Entry): string | null {
  const kind = entry.versionMadeBy >> 8 === unix ? (entry.externalFileAttributes >>> 16) & kinds : 0;
  if (kind === link) return 'is a link';
  if (kind !== 0 && kind !== regular) return 'is no regular file';
  if (entry.isEncrypted()) return 'is encrypted';
  if (entry.canDecodeFileData()) return null;
  return `is compressed by ${methods[entry.compressionMethod] ?? `method ${entry.compressionMethod}`}, which is not supported`;
}
