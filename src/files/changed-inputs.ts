import { statSync } from 'node:fs';
import type { InputFile } from './input-file.ts';

export type Change = 'none' | 'grown' | 'changed';

/** What became of a file since it was found. Growth leaves what was there; anything else may have mixed two states. */
export function changeOf({ path, bytes, modified, changed, inode, device }: InputFile): Change {
  try {
    const now = statSync(path, { bigint: true });
    if (String(now.ino) !== inode || String(now.dev) !== device) return 'changed';
    if (String(now.mtimeNs) === modified && String(now.ctimeNs) === changed) return 'none';
    return now.size > bytes ? 'grown' : 'changed';
  } catch {
    return 'changed';
  }
}

/** The file as it is now; null where it is gone. */
export function refreshed(file: InputFile): InputFile | null {
  try {
    const now = statSync(file.path, { bigint: true });
    if (!now.isFile()) return null;
    return {
      ...file,
      bytes: Number(now.size),
      modified: String(now.mtimeNs),
      changed: String(now.ctimeNs),
      inode: String(now.ino),
      device: String(now.dev),
    };
  } catch {
    return null;
  }
}
