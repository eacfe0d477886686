import { type InputFile, inputFile } from './input-file.ts';

export type Change = 'none' | 'grown' | 'changed';

/** What became of a file since it was found. Growth leaves what was there; anything else may have mixed two states. */
export function changeOf(file: InputFile): Change {
  const now = refreshed(file);
  if (now?.inode !== file.inode || now.device !== file.device) return 'changed';
  if (now.modified === file.modified && now.changed === file.changed) return 'none';
  return now.bytes > file.bytes ? 'grown' : 'changed';
}

/** The file as it is now; null where it is gone. */
export function refreshed({ path, name, spooled }: InputFile): InputFile | null {
  try {
    return inputFile(path, name, spooled);
  } catch {
    return null;
  }
}
