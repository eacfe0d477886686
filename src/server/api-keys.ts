import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { join } from 'node:path';
import { isWildcard, matchIndices, patternMatcher } from '../catalogue/index-pattern.ts';
import { InputError } from '../diagnostics/diagnostic.ts';
import { KeyFile } from './key-file.ts';

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
  readonly #file: KeyFile;
  /** Keys of this process alone, which are in no file. */
  readonly #own: ApiKey[] = [];

  constructor(folder: string) {
    this.#file = new KeyFile(join(folder, 'keys.json'));
  }

  list(): Promise<readonly ApiKey[]> {
    return this.#file.keys();
  }

  /** Makes a key for everything that is good as long as this process runs. */
  createOwn(name: string): string {
    const { key, encoded } = newKey(name, ['read', 'write'], ['*']);
    this.#own.push(key);
    return encoded;
  }

  isOwn(key: ApiKey): boolean {
    return this.#own.includes(key);
  }

  /**
   * Makes a key; the result is the only place where its secret is seen. Throws an InputError for patterns that mean
   * nothing.
   */
  async create(
    name: string,
    scopes: readonly Scope[],
    indices: readonly string[],
  ): Promise<{ key: ApiKey; encoded: string }> {
    checkPatterns(indices);
    const made = newKey(name, scopes, indices);
    await this.#file.change((keys) => [...keys, made.key]);
    return made;
  }

  /** Removes keys by id or name; returns those that were removed. */
  async revoke(idOrName: string): Promise<readonly ApiKey[]> {
    const isMeant = (key: ApiKey): boolean => key.id === idOrName || key.name === idOrName;
    let gone: readonly ApiKey[] = (await this.list()).filter(isMeant);
    if (gone.length > 0)
      await this.#file.change((keys) => {
        gone = keys.filter(isMeant);
        return keys.filter((key) => !isMeant(key));
      });
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
    const key = [...this.#own, ...(await this.list())].find((candidate) => candidate.id === id);
    // An unknown id takes the same time as a wrong secret.
    const expected = Buffer.from(key?.hash ?? hashOf(''), 'hex');
    const same = timingSafeEqual(Buffer.from(hashOf(secret), 'hex'), expected);
    return key && same ? key : null;
  }
}

function newKey(name: string, scopes: readonly Scope[], indices: readonly string[]): { key: ApiKey; encoded: string } {
  const id = randomBytes(12).toString('base64url');
  const secret = randomBytes(24).toString('base64url');
  const key: ApiKey = { id, name, scopes, indices, created: new Date().toISOString(), hash: hashOf(secret) };
  return { key, encoded: Buffer.from(`${id}:${secret}`).toString('base64') };
}

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** Refuses patterns that never allow anything, or other than they look. */
function checkPatterns(patterns: readonly string[]): void {
  if (patterns.length === 0 || patterns[0]!.startsWith('-'))
    throw new InputError(
      `the index patterns [${patterns.join(',')}] begin with nothing that they allow`,
      "an exclusion takes away from what stands before it, such as '*,-secret*'",
    );
  const bad = patterns.find(
    (pattern) => !/^-?[^\s,"\\/|<>?#:-][^\s,"\\/|<>?#:]*$/.test(pattern) || /[A-Z]/.test(pattern),
  );
  if (bad !== undefined)
    throw new InputError(
      `[${bad}] is no pattern of index names`,
      'names have no capital letters, spaces, commas, colons or any of "\\/|<>?#',
    );
}

/**
 * Whether a key may do something with an index. For a pattern of names, or null for what belongs to no index, it must
 * be good for all that may be meant.
 */
export function allows(key: ApiKey, scope: Scope, index: string | null): boolean {
  if (!key.scopes.includes(scope)) return false;
  if (index !== null && !isWildcard(index)) return matchIndices(key.indices, [index]).length > 0;
  // A pattern may mean what an exclusion takes away.
  if (key.indices.some((pattern) => pattern.startsWith('-'))) return false;
  return key.indices.some((pattern) => pattern === '*' || (index !== null && patternMatcher(pattern)(index)));
}
