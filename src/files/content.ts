import { createHash, type Hash } from 'node:crypto';
import { openPlaced, type PlacedBytes } from '../documents/bytes.ts';
import { type FileFormat, openDocuments, openText } from '../formats/formats.ts';

/**
 * What a file holds, as far as that is needed to find others that hold the same: its documents as lines, or its bytes where
 * these are converted.
 */
export interface Content {
  readonly bytes: number;
  /** The digest of parts of them: of all, where these are few. */
  readonly sample: string;
  /** The digest of all, once it was needed. */
  digest: string | null;
  /** How to read them again. */
  readonly format: Omit<FileFormat, 'label'>;
}

/** Content of up to this number of bytes is looked at whole; behind it, this number of bytes of each stride. */
const whole = 256 << 10;
const stride = 1 << 20;
const part = 4 << 10;

/** Whether a sample is the digest of all. */
export const isSampledWhole = ({ bytes }: Pick<Content, 'bytes'>): boolean => bytes <= whole;

/** The digest of parts of bytes that come one after the other, the same however they are cut. */
export class Sample {
  readonly #hash: Hash = createHash('sha256');
  #at = 0;

  add(bytes: Uint8Array): void {
    const end = this.#at + bytes.length;
    for (const [from, to] of sampled(this.#at, end)) this.#hash.update(bytes.subarray(from - this.#at, to - this.#at));
    this.#at = end;
  }

  digest(): string {
    return this.#hash.digest('base64url');
  }
}

/** The stretches between two places that are looked at. */
function* sampled(begin: number, end: number): Iterable<readonly [from: number, to: number]> {
  if (begin < whole) yield [begin, Math.min(end, whole)];
  for (let from = Math.max(whole, Math.floor(begin / stride) * stride); from < end; from += stride - (from % stride)) {
    const to = Math.min(end, from - (from % stride) + part);
    if (to > Math.max(from, begin)) yield [Math.max(from, begin), to];
  }
}

/** The sample of lines that stand in a file as they are; of one that is gone, none that others have. */
export function sampleOfFile(path: string, bytes: number): string {
  const hash = createHash('sha256');
  let file: PlacedBytes;
  try {
    file = openPlaced(path);
  } catch {
    return path;
  }
  try {
    for (const [from, to] of sampled(0, bytes)) {
      const found = Buffer.allocUnsafe(to - from);
      hash.update(found.subarray(0, file.read(found, from)));
    }
  } finally {
    file.close();
  }
  return hash.digest('base64url');
}

/** The digest of the first bytes of what a file holds. */
export async function digestOfDocuments(
  path: string,
  { bytes, format }: Content,
  signal?: AbortSignal,
): Promise<string> {
  const hash = createHash('sha256');
  const source = await (format.conversion ? openText(path, format) : openDocuments(path, format));
  try {
    const chunk = Buffer.allocUnsafeSlow(1 << 20);
    for (let left = bytes; left > 0; ) {
      signal?.throwIfAborted();
      const count = await source.read(chunk.subarray(0, Math.min(left, chunk.length)));
      if (count === 0) break;
      hash.update(chunk.subarray(0, count));
      left -= count;
    }
  } finally {
    await source.close();
  }
  return hash.digest('base64url');
}
