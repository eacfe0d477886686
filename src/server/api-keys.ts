import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { patternMatcher } from '../catalogue/index-pattern.ts';
import { InputError } from '../diagnostics/diagnostic.ts';

/** What a key allows. */
export type Scope = 'read' | 'write';

/** A key as it is kept: the secret itself is nowhere. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Index patterns it is good for. */
  readonly indices: readonly string[];
  readonly created: string;
  /** SHA-256 of the secret, in hex. The secret has 192 random bits, so a slow hash would add nothing. */
  readonly hash: string;
}

/** The keys of a store, in one file beside it that a running server follows. */
export class ApiKeys {
  readonly #file: string;
  #read: { version: string; keys: readonly ApiKey[] } | null = null;

  constructor(folder: string) {
    this.#file = join(folder, 'keys.json');
  }

  /** All keys; read again when the file has changed. */
  async list(): Promise<readonly ApiKey[]> {
    const about = await stat(this.#file).catch(() => null);
    if (!about) return [];
    // Every change makes a new file, even within one tick of the clock.
    const version = `${about.ino} ${about.mtimeMs}`;
    if (this.#read?.version !== version) {
      try {
        const { keys } = JSON.parse(await readFile(this.#file, 'utf8')) as { keys: readonly ApiKey[] };
        this.#read = { version, keys };
      } catch (error) {
        throw new InputError(`cannot read ${this.#file}: ${(error as Error).message}`);
      }
    }
    return this.#read.keys;
  }

  /** Makes a key; the result is the only place where its secret is seen. */
  async create(
    name: string,
    scopes: readonly Scope[],
    indices: readonly string[],
  ): Promise<{ key: ApiKey; encoded: string }> {
    const id = randomBytes(12).toString('base64url');
    const secret = randomBytes(24).toString('base64url');
    const key: ApiKey = { id, name, scopes, indices, created: new Date().toISOString(), hash: hashOf(secret) };
    await this.#write([...(await this.list()), key]);
    return { key, encoded: Buffer.from(`${id}:${secret}`).toString('base64') };
  }

  /** Removes keys by id or name; returns those that were removed. */
  async revoke(idOrName: string): Promise<readonly ApiKey[]> {
    const keys = await this.list();
    const gone = keys.filter((key) => key.id === idOrName || key.name === idOrName);
    if (gone.length > 0) await this.#write(keys.filter((key) => !gone.includes(key)));
    return gone;
  }

  /**
   * The key that an `Authorization: ApiKey …` header carries, if it is one. `Basic` is as good: shippers that know no API
   * keys take the two parts of one as user and password.
   */
  async verify(header: string | undefined): Promise<ApiKey | null> {
    const encoded = /^(?:ApiKey|Basic)\s+([A-Za-z0-9+/=_-]+)$/i.exec(header ?? '')?.[1];
    if (!encoded) return null;
    const [id, secret] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
    if (!id || !secret) return null;
    const key = (await this.list()).find((candidate) => candidate.id === id);
    // An unknown id takes the same time as a wrong secret.
    const expected = Buffer.from(key?.hash ?? hashOf(''), 'hex');
    const same = timingSafeEqual(Buffer.from(hashOf(secret), 'hex'), expected);
    return key && same ? key : null;
  }

  async #write(keys: readonly ApiKey[]): Promise<void> {
    const temporary = `${this.#file}.${process.pid}.tmp`;
    await writeFile(temporary, `${JSON.stringify({ keys }, null, 2)}\n`, { mode: 0o600 });
    await rename(temporary, this.#file);
    this.#read = null;
  }
}

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** Whether a key may do something with an index; patterns may be asked about too. */
export function allows(key: ApiKey, scope: Scope, index: string | null): boolean {
  if (!key.scopes.includes(scope)) return false;
  if (key.indices.includes('*')) return true;
  return index !== null && key.indices.some((pattern) => pattern === index || patternMatcher(pattern)(index));
}
