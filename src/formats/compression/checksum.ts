import zlib from 'node:zlib';

/** Node before 20.15 has none. */
const { crc32: native } = zlib as { readonly crc32?: typeof zlib.crc32 };

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = (rest >>> 1) ^ (rest & 1 ? 0xedb88320 : 0);
  return rest;
});

/** The CRC-32 of bytes, of which `before` is that of those before them. */
export const crc32: (bytes: Uint8Array, before?: number) => number =
  native ??
  ((bytes, before = 0) => {
    let rest = ~before;
    for (const byte of bytes) rest = (rest >>> 8) ^ table[(rest ^ byte) & 0xff]!;
    return ~rest >>> 0;
  });
