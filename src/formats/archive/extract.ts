import { openDecompressed } from '../compression/open-decompressed.ts';
import type { Detected } from '../format.ts';
import { tarFiles } from './tar.ts';
import type { UnpackedFile, UnpackedFiles } from './unpacked-files.ts';
import { zipFiles } from './zip.ts';

/** Who hears of what is not read of an archive. */
export interface ArchiveHooks {
  /** An entry is no file or cannot be read, as the reason says. Folders are not reported. */
  onPassedOver?(name: string, reason: string): void;
  /** Not all of the archive is read, as the text says; the files before are given. */
  onCut?(what: string): void;
}

/**
 * Unpacks the files of an archive and gives one after the other. Archives among them are files too. Throws BrokenData where
 * the archive cannot be read or goes beyond a limit.
 */
export async function* extract(
  path: string,
  { archive, compression }: Omit<Extract<Detected, { kind: 'archive' }>, 'kind'>,
  files: UnpackedFiles,
  hooks: ArchiveHooks = {},
): AsyncGenerator<UnpackedFile, void> {
  if (archive === 'zip') return yield* zipFiles(path, files, hooks);
  const source = await openDecompressed(path, compression, hooks);
  try {
    yield* tarFiles(source, files, hooks);
  } finally {
    await source.close();
  }
}
