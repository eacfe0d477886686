import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Milliseconds that a code is good for. */
const lifetime = 60_000;

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
const isSame = (one: Buffer, other: Buffer): boolean => timingSafeEqual(one, other);

/**
 * Who may use the page. A code of 128 bits stands in the address that the terminal shows, is good for a minute and for one
 * page, and is traded for a token of 256 bits that never stands in an address. Only digests are compared, in constant time.
 */
export class PageAccess {
  #code: { readonly digest: Buffer; readonly until: number } | null = null;
  readonly #token = randomBytes(32).toString('base64url');
  readonly #tokenDigest = digest(this.#token);

  /** A new code; the one before is good no more. */
  newCode(now = Date.now()): string {
    const code = randomBytes(16).toString('base64url');
    this.#code = { digest: digest(code), until: now + lifetime };
    return code;
  }

  /** The token for a code, which is used up by that; null for one that is wrong, old or used. */
  redeem(code: string, now = Date.now()): string | null {
    const known = this.#code;
    if (!known || !isSame(known.digest, digest(code))) return null;
    this.#code = null;
    return now <= known.until ? this.#token : null;
  }

  /** Whether an Authorization header carries the token. */
  admits(authorization: string | undefined): boolean {
    const [, token = ''] = /^Bearer ([\w-]{1,100})$/.exec(authorization ?? '') ?? [];
    return isSame(this.#tokenDigest, digest(token));
  }
}
