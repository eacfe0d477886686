import { createHash, getHashes } from 'node:crypto';

const known = new Map(getHashes().map((name) => [name.toLowerCase().replace(/^rsa-/, '').replaceAll('-', ''), name]));

/** Node's name of a digest that Java calls `md5`, `SHA-256`, `sha-512/256`; undefined when there is none. */
export const digestName = (name: string): string | undefined =>
  known.get(name.toLowerCase().replace('sha-512/', 'sha512-').replace('sha512/', 'sha512-').replaceAll('-', ''));

/** The digest of a text's UTF-8 bytes in lower-case hexadecimal; null for an algorithm that is not known. */
export function digest(algorithm: string, text: string): string | null {
  const name = digestName(algorithm);
  return name === undefined ? null : createHash(name).update(text).digest('hex');
}
