import { type Entry, getFileNameLowLevel, openPromise, type ZipFile } from 'yauzl';
import { InputError } from '../../diagnostics/diagnostic.ts';
import type { ArchiveHooks } from './extract.ts';
import type { UnpackedFile, UnpackedFiles } from './unpacked-files.ts';

/** The files of a zip archive, by its directory. Throws an InputError where that is missing or damaged. */
export async function* zipFiles(
  path: string,
  files: UnpackedFiles,
  { onPassedOver }: ArchiveHooks,
): AsyncGenerator<UnpackedFile, void> {
  // Names are only shown, so any name will do.
  const zip = await openPromise(path, { decodeStrings: false, autoClose: false }).catch((error: Error) => {
    throw damaged(path, error);
  });
  try {
    for await (const entry of entriesOf(zip, path)) {
      files.count();
      const name = getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, false);
      if (name.endsWith('/')) continue;
      const reason = unreadable(entry);
      if (reason) {
        onPassedOver?.(name, reason);
        continue;
      }
      const broken = (error: Error): void =>
        onPassedOver?.(name, `is damaged: only its beginning is read (${error.message})`);
      const data = await zip.openReadStreamPromise(entry).catch((error: Error) => {
        onPassedOver?.(name, `is damaged: ${error.message}`);
        return null;
      });
      if (data) yield await files.write(name, data, broken);
    }
  } finally {
    zip.close();
  }
}

async function* entriesOf(zip: ZipFile, path: string): AsyncGenerator<Entry, void> {
  try {
    yield* zip.eachEntry();
  } catch (error) {
    throw damaged(path, error as Error);
  }
}

const damaged = (path: string, error: Error): InputError =>
  new InputError(`cannot read ${path}: a zip archive that is cut off or damaged (${error.message})`);

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
