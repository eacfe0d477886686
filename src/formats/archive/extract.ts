import { stat } from 'node:fs/promises';
import { openDecompressed, unreadable } from '../compression/open-decompressed.ts';
import type { Detected } from '../format.ts';
import { tarFiles } from './tar.ts';
import { type UnpackedFile, UnpackedFiles, type UnpackLimits } from './unpacked-files.ts';
import { zipFiles } from './zip.ts';

/** Who hears of what is not read of an archive. */
export interface ArchiveHooks {
  /** An entry is no file, cannot be read, or only in part, as the reason says. Folders are not reported. */
  onPassedOver?(name: string, reason: string): void;
  /** The archive ends early or is damaged; the files before are given. */
  onCut?(what: string): void;
  /** Hears how many bytes behind the end of the compressed data were not read. */
  onTrailing?(bytes: number): void;
}

/**
 * Writes the files of an archive into a folder, under generated names, and gives one after the other. Archives among them
 * are files too. Throws an InputError where the archive cannot be read or goes beyond a limit.
 */
export async function* extract(
  path: string,
  { archive, compression }: Omit<Extract<Detected, { kind: 'archive' }>, 'kind'>,
  into: string,
  limits: UnpackLimits,
  signal?: AbortSignal,
  hooks: ArchiveHooks = {},
): AsyncGenerator<UnpackedFile, void> {
  const { size } = await stat(path).catch((error) => {
    throw unreadable(path, error);
  });
  const files = new UnpackedFiles({ path, bytes: size }, into, limits, signal);
  if (archive === 'zip') return yield* zipFiles(path, files, hooks);
  const source = await openDecompressed(path, compression, hooks);
  try {
    yield* tarFiles(source, files, hooks);
  } finally {
    await source.close();
  }
}
