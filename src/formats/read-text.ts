import { detectCompression, fill, openDecompressed } from './compression/open-decompressed.ts';
import { decodedHead, detectEncoding } from './encoding.ts';

/** All of a text as UTF-8, without its compression and without a byte order mark; null where it is larger than `most` bytes. */
export async function readText(path: string, most: number): Promise<Buffer | null> {
  const file = await openDecompressed(path, 'none');
  const head = Buffer.alloc(16);
  const begin = head.subarray(0, await fill(file, head).finally(() => file.close()));
  const source = await openDecompressed(path, detectCompression(begin));
  try {
    const parts: Buffer[] = [];
    for (let length = 0; ; ) {
      const part = Buffer.alloc(1 << 20);
      const read = await fill(source, part);
      length += read;
      if (length > most) return null;
      parts.push(part.subarray(0, read));
      if (read < part.length) break;
    }
    const text = Buffer.concat(parts);
    return decodedHead(text, detectEncoding(text));
  } finally {
    await source.close();
  }
}
