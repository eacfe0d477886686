import { randomBytes } from 'node:crypto';
import { link, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { InputError } from '../diagnostics/diagnostic.ts';
import type { ApiKey } from './api-keys.ts';

interface KeysDocument {
  /** Grows by one with every change. */
  readonly version: number;
  readonly keys: readonly ApiKey[];
}

/** Milliseconds after which a change is finished by others: whoever began it was killed in between. */
const abandoned = 1000;
const pause = 10;

/**
 * The file with the keys of a store, which several processes read and change at the same time. A change writes the next
 * version to a file of its own and claims the number of that version by a hard link, which only one of them can make;
 * the claimed file then takes the place of the one before. So no change is lost, and a process that is killed at any
 * point leaves either the old keys or the new ones.
 */
export class KeyFile {
  #read: { mark: string; document: KeysDocument } | null = null;

  constructor(private readonly path: string) {}

  /** The keys; read again when the file has changed. Throws an InputError where it is no file of keys. */
  async keys(): Promise<readonly ApiKey[]> {
    return (await this.#document()).keys;
  }

  /** Replaces the keys by what `edit` makes of them, which may be called again where others were quicker. */
  async change(edit: (keys: readonly ApiKey[]) => readonly ApiKey[]): Promise<void> {
    const own = `${this.path}.${randomBytes(6).toString('hex')}.tmp`;
    let waited = 0;
    for (;;) {
      const { version, keys } = await this.#document();
      const next = `${this.path}.${version + 1}`;
      try {
        await writeWhole(own, `${JSON.stringify({ version: version + 1, keys: edit(keys) }, null, 2)}\n`);
        await link(own, next);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        // Another change is about to take place.
        await sleep(pause);
        waited += pause;
        if (waited > abandoned) await finish(next, this.path);
        continue;
      } finally {
        await rm(own, { force: true });
      }
      if ((await this.#document()).version === version) return finish(next, this.path);
      // Others had claimed the number and were done with it before this claim.
      await rm(next, { force: true });
    }
  }

  async #document(): Promise<KeysDocument> {
    const about = await stat(this.path).catch(() => null);
    if (!about) return { version: 0, keys: [] };
    // Every change makes a new file, even within one tick of the clock.
    const mark = `${about.ino} ${about.mtimeMs} ${about.size}`;
    if (this.#read?.mark !== mark) {
      try {
        this.#read = { mark, document: documentOf(JSON.parse(await readFile(this.path, 'utf8'))) };
      } catch (error) {
        throw new InputError(`cannot read ${this.path}: ${(error as Error).message}`);
      }
    }
    return this.#read.document;
  }
}

async function writeWhole(path: string, text: string): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A claimed file takes its place; another process may have seen to it already. */
async function finish(claimed: string, path: string): Promise<void> {
  try {
    await rename(claimed, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

function documentOf(value: unknown): KeysDocument {
  const { version = 0, keys } = (value ?? {}) as Partial<KeysDocument>;
  if (!Number.isSafeInteger(version) || !Array.isArray(keys) || !keys.every(isKey))
    throw new Error('it does not hold keys as Harrier writes them');
  return { version, keys };
}

const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every((item) => typeof item === 'string');

function isKey(value: unknown): value is ApiKey {
  const { id, name, scopes, indices, hash } = (value ?? {}) as Partial<ApiKey>;
  return (
    [id, name, hash].every((text) => typeof text === 'string') &&
    /^[0-9a-f]{64}$/.test(hash!) &&
    isTexts(scopes) &&
    isTexts(indices)
  );
}
