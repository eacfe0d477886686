import { isUtf8 } from 'node:buffer';
import { type Dirent, readdirSync, statSync } from 'node:fs';

/** An entry of a folder; a link counts as what it leads to. */
export interface Entry {
  /** A byte of a name that is no UTF-8 is written as `%E9`. */
  readonly name: string;
  /** The name as it is, where it is no UTF-8: no text names this entry to the system. */
  readonly bytes: Buffer | null;
  readonly isFolder: boolean;
  readonly isLink: boolean;
}

/** The entries of a folder in the order of their names. Throws what the system says where it cannot be listed. */
export function listFolder(path: string): Entry[] {
  const plain = readdirSync(path, { withFileTypes: true });
  const isPlain = plain.every(({ name }) => !name.includes('\ufffd'));
  const entries = isPlain ? plain.map((entry) => described(path, entry, entry.name, null)) : listBytes(path);
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function listBytes(path: string): Entry[] {
  const entries = readdirSync(path, { withFileTypes: true, encoding: 'buffer' });
  const taken = new Set(entries.flatMap(({ name }) => (isUtf8(name) ? [name.toString()] : [])));
  return entries.map((entry) => {
    if (isUtf8(entry.name)) return described(path, entry, entry.name.toString(), null);
    let name = escaped(entry.name);
    while (taken.has(name)) name += '%';
    taken.add(name);
    return described(path, entry, name, entry.name);
  });
}

function described(folder: string, entry: Dirent<string | Buffer>, name: string, bytes: Buffer | null): Entry {
  // Some file systems do not say what an entry is.
  const isKnown = entry.isFile() || entry.isDirectory();
  const isFolder = isKnown ? entry.isDirectory() : leadsToFolder(within(folder, bytes ?? name));
  return { name, bytes, isFolder, isLink: entry.isSymbolicLink() };
}

/** The path of an entry of a folder, for the system. */
export const within = (folder: string, name: string | Buffer): Buffer =>
  Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name)]);

function escaped(name: Buffer): string {
  let text = '';
  for (let at = 0; at < name.length; ) {
    const length = [1, 2, 3, 4].find((n) => isUtf8(name.subarray(at, at + n))) ?? 0;
    text += length > 0 ? name.toString('utf8', at, at + length) : `%${name.toString('hex', at, at + 1).toUpperCase()}`;
    at += Math.max(1, length);
  }
  return text;
}

function leadsToFolder(path: Buffer): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
