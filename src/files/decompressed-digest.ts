import { createHash } from 'node:crypto';
import { compressionOf, openDecompressed } from '../formats/formats.ts';
import type { InputFile } from './input-file.ts';

/** The SHA-256 of what a compressed file holds, in hexadecimal; null where it is not compressed or ends early. */
export async function decompressedDigest({ path }: InputFile): Promise<string | null> {
  const compression = compressionOf(path);
  if (compression === 'none') return null;
  let isCut = false;
  const onCut = (): void => {
    isCut = true;
  };
  const source = await openDecompressed(path, compression, { onCut });
  const hash = createHash('sha256');
  const chunk = Buffer.allocUnsafeSlow(1 << 20);
  try {
    for (let count = await source.read(chunk); count > 0; count = await source.read(chunk))
      hash.update(chunk.subarray(0, count));
  } finally {
    await source.close();
  }
  return isCut ? null : hash.digest('hex');
}
