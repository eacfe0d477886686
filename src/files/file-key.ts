import { type BigIntStats, statSync } from 'node:fs';

/** What identifies a file: device and inode. Null where the file system does not say. */
export const keyOf = (stats: BigIntStats): string | null => (stats.ino === 0n ? null : `${stats.dev}:${stats.ino}`);

/** The same for what a path leads to; null too where that is nothing. */
export function keyAt(path: string): string | null {
  try {
    return keyOf(statSync(path, { bigint: true }));
  } catch {
    return null;
  }
}
