/** Numbers of little endian in bytes. What lies beyond the end is zero: who reads looks at sizes first. */

export const u16 = (bytes: Uint8Array, at: number): number => bytes[at]! | (bytes[at + 1]! << 8);

export const u32 = (bytes: Uint8Array, at: number): number => i32(bytes, at) >>> 0;

export const i32 = (bytes: Uint8Array, at: number): number =>
  bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);

/** A number of 64 bits without sign; exact up to 2^53, as numbers of records are. */
export const u64 = (bytes: Uint8Array, at: number): number => u32(bytes, at + 4) * 2 ** 32 + u32(bytes, at);
