import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** An entry of a folder; a link counts as what it leads to. */
export interface Entry {
  readonly name: string;
  readonly isFolder: boolean;
  readonly isLink: boolean;
}

/** The entries of a folder in the order of their names. Throws what the system says where it cannot be listed. */
export function listFolder(path: string): Entry[] {
  const entries = readdirSync(path, { withFileTypes: true }).map((entry) => {
    const { name } = entry;
    // Some file systems do not say what an entry is.
    const isKnown = entry.isFile() || entry.isDirectory();
    return {
      name,
      isFolder: isKnown ? entry.isDirectory() : leadsToFolder(join(path, name)),
      isLink: entry.isSymbolicLink(),
    };
  });
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function leadsToFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
