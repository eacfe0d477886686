import { u32, u64 } from './bytes.ts';
import { type ChunkHeader, chunkHeaderBytes } from './chunks.ts';

/** A record in a chunk; its binary XML stands between `from` and `to`. */
export interface RecordPlace {
  readonly id: number;
  readonly from: number;
  readonly to: number;
}

/** What a chunk holds. */
export interface ChunkRecords {
  readonly records: readonly (RecordPlace | LostRecords)[];
  /** Records of before in room that is free again. */
  readonly old: number;
}

/** Records of which nothing can be found. */
export interface LostRecords {
  readonly id: number;
  readonly lost: number;
}

const headerBytes = 24;
const leastRecord = 28;
const signature = 0x2a2a;
/** A chunk has no room for more. */
const mostRecords = 65_536 / leastRecord;

/** The length of the record at a place; 0 where there is none. Its length stands at its beginning and at its end. */
function recordLength(chunk: Uint8Array, at: number): number {
  if (at + leastRecord > chunk.length || u32(chunk, at) !== signature) return 0;
  const length = u32(chunk, at + 4);
  const isRecord = length >= leastRecord && at + length <= chunk.length && u32(chunk, at + length - 4) === length;
  return isRecord ? length : 0;
}

/** Finds the records of a chunk, whole or cut off. What the header says of their number shows how many are missing. */
export function recordsOf(chunk: Buffer, { firstRecord, lastRecord, free }: ChunkHeader): ChunkRecords {
  const records: (RecordPlace | LostRecords)[] = [];
  const isCounted = lastRecord >= firstRecord && lastRecord - firstRecord < mostRecords;
  let next = firstRecord;
  let at = chunkHeaderBytes;
  /** Notes records that are missing before one, or at the end. */
  const lose = (before: number): void => {
    const lost = before - next;
    if (isCounted && lost > 0 && lost <= mostRecords) records.push({ id: next, lost });
  };
  let isLost = false;
  for (;;) {
    const length = recordLength(chunk, at);
    if (length === 0) {
      if (at >= Math.min(free, chunk.length) - leastRecord) break;
      const found = findRecord(chunk, at + 1, free);
      if (!isCounted) isLost = true;
      if (found < 0) break;
      at = found;
      continue;
    }
    const id = u64(chunk, at + 8);
    // Behind its end, a chunk may go on: it was copied while it was written. Other records there are of before.
    if (at >= free && id !== next) break;
    if (isLost) records.push({ id: next, lost: 1 });
    isLost = false;
    lose(id);
    records.push({ id, from: at + headerBytes, to: at + length - 4 });
    next = id + 1;
    at += length;
  }
  if (isLost) records.push({ id: next, lost: 1 });
  lose(lastRecord + 1);
  return { records, old: countOld(chunk, Math.max(at, free)) };
}

/** The place of the next record from a place on; -1 if there is none before an end. */
function findRecord(chunk: Buffer, from: number, end: number): number {
  for (
    let at = chunk.indexOf('**\0\0', from, 'latin1');
    at >= 0 && at < end;
    at = chunk.indexOf('**\0\0', at + 1, 'latin1')
  )
    if (recordLength(chunk, at) > 0) return at;
  return -1;
}

function countOld(chunk: Buffer, from: number): number {
  let count = 0;
  for (let at = findRecord(chunk, from, chunk.length); at >= 0; at = findRecord(chunk, at, chunk.length)) {
    count++;
    at += recordLength(chunk, at);
  }
  return count;
}
