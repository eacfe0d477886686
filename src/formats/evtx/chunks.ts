import { crc32 } from '../compression/checksum.ts';
import { u32, u64 } from './bytes.ts';

export const chunkBytes = 65_536;
export const chunkHeaderBytes = 512;
export const chunkSignature = 'ElfChnk\0';

/** Where a chunk stands in bytes. */
export interface ChunkPlace {
  readonly from: number;
  readonly to: number;
}

/** The place of the next chunk signature at or behind a place; -1 if there is none. */
export function nextChunk(bytes: Buffer, from: number): number {
  return bytes.indexOf(chunkSignature, from, 'latin1');
}

/**
 * Where a chunk ends: as far behind its beginning as chunks are long, unless another one begins before, since bytes of the
 * file are missing. -1 where these bytes do not show it yet.
 */
export function chunkEnd(bytes: Buffer, from: number, isEnd: boolean): number {
  const end = from + chunkBytes;
  if (end > bytes.length && !isEnd) return -1;
  for (let at = nextChunk(bytes, from + 1); at >= 0 && at < end; at = nextChunk(bytes, at + 1)) {
    if (at + chunkHeaderBytes > bytes.length && !isEnd) return -1;
    // The signature alone may be part of an event.
    if (hasSoundHeader(bytes.subarray(at))) return at;
  }
  return Math.min(end, bytes.length);
}

/** Whether the checksum of a chunk's header is right. */
const hasSoundHeader = (chunk: Uint8Array): boolean =>
  chunk.length >= chunkHeaderBytes &&
  crc32(chunk.subarray(128, chunkHeaderBytes), crc32(chunk.subarray(0, 120))) === u32(chunk, 124);

/** The chunks in bytes, and how many bytes between them are neither chunks nor zeros. */
export function chunksOf(bytes: Buffer): { readonly chunks: readonly ChunkPlace[]; readonly strayBytes: number } {
  const chunks: ChunkPlace[] = [];
  let strayBytes = 0;
  for (let at = 0; at < bytes.length; ) {
    const from = nextChunk(bytes, at);
    strayBytes += strayIn(bytes.subarray(at, from < 0 ? bytes.length : from));
    if (from < 0) break;
    at = chunkEnd(bytes, from, true);
    chunks.push({ from, to: at });
  }
  return { chunks, strayBytes };
}

const fileSignature = 'ElfFile\0';
export const fileHeaderBytes = 4096;
const empty = Buffer.alloc(4096);

export const isFileHeader = (bytes: Buffer): boolean =>
  bytes.toString('latin1', 0, fileSignature.length) === fileSignature;

/** How many bytes are no header of a file and not zero, counted by pages. */
function strayIn(bytes: Buffer): number {
  let stray = 0;
  for (let at = isFileHeader(bytes) ? fileHeaderBytes : 0; at < bytes.length; at += empty.length) {
    const page = bytes.subarray(at, at + empty.length);
    if (!page.equals(empty.subarray(0, page.length))) stray += page.length;
  }
  return stray;
}

/** What the header of a chunk says of it. */
export interface ChunkHeader {
  /** Numbers of records, as they are in the whole log. */
  readonly firstRecord: number;
  readonly lastRecord: number;
  /** Where its records end. */
  readonly free: number;
  /** Whether the checksums of its header and of its records are right. */
  readonly isSound: boolean;
}

/** The header of a chunk; null where that is cut off. */
export function readChunkHeader(chunk: Uint8Array): ChunkHeader | null {
  if (chunk.length < chunkHeaderBytes) return null;
  const free = u32(chunk, 48);
  const isPlausible = free >= chunkHeaderBytes && free <= chunkBytes;
  const isSound =
    isPlausible &&
    free <= chunk.length &&
    hasSoundHeader(chunk) &&
    crc32(chunk.subarray(chunkHeaderBytes, free)) === u32(chunk, 52);
  return {
    firstRecord: u64(chunk, 24),
    lastRecord: u64(chunk, 32),
    free: isPlausible ? free : chunkBytes,
    isSound,
  };
}
