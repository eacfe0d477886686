import { randomBytes } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * How the server that has a store is reached by who may read its folder: a server leaves it there with mode 0600, as
 * others of the same user cannot open the store while it does. The key is good until the server ends.
 */
export interface ServerFile {
  readonly url: string;
  /** As an `Authorization: ApiKey …` header takes it. */
  readonly key: string;
}

const pathOf = (folder: string): string => join(folder, 'server.json');

export async function writeServerFile(folder: string, file: ServerFile): Promise<void> {
  const temporary = `${pathOf(folder)}.${randomBytes(6).toString('hex')}.tmp`;
  await writeFile(temporary, `${JSON.stringify(file)}\n`, { mode: 0o600 });
  await rename(temporary, pathOf(folder));
}

/** Null where no server left one. After a kill it may be of a server that is no more. */
export async function readServerFile(folder: string): Promise<ServerFile | null> {
  try {
    const { url, key } = JSON.parse(await readFile(pathOf(folder), 'utf8')) as ServerFile;
    return typeof url === 'string' && typeof key === 'string' ? { url, key } : null;
  } catch {
    return null;
  }
}

export const removeServerFile = (folder: string): Promise<void> => rm(pathOf(folder), { force: true });
