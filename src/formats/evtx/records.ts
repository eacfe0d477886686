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
export function recordsOf(chunk: Buffer, header: ChunkHeader): ChunkRecords {
  const { firstRecord, free } = header;
  const found: RecordPlace[] = [];
  /** How many records were found before each stretch that is none. */
  const gaps: number[] = [];
  let at = chunkHeaderBytes;
  for (;;) {
    const length = recordLength(chunk, at);
    if (length === 0) {
      if (at >= Math.min(free, chunk.length) - leastRecord) break;
      gaps.push(found.length);
      const next = findRecord(chunk, at + 1, free);
      if (next < 0) break;
      at = next;
      continue;
    }
    const id = u64(chunk, at + 8);
    // Behind its end, a chunk may go on: it was copied while it was written. Other records there are of before.
    if (at >= free && id !== (found.at(-1)?.id ?? firstRecord - 1) + 1) break;
    found.push({ id, from: at + headerBytes, to: at + length - 4 });
    at += length;
  }
  return { records: withLost(found, gaps, header), old: countOld(chunk, Math.max(at, free)) };
}

/** Records with those that are missing among them: as many as the header knows, or one a gap where it is damaged. */
function withLost(
  found: readonly RecordPlace[],
  gaps: readonly number[],
  { firstRecord, lastRecord }: ChunkHeader,
): (RecordPlace | LostRecords)[] {
  const all: (RecordPlace | LostRecords)[] = [];
  const expected = lastRecord - firstRecord + 1;
  const isCounted = expected > 0 && expected <= mostRecords;
  let missing = Math.max(0, isCounted ? expected - found.length : gaps.length);
  let next = firstRecord;
  const lose = (lost: number): void => {
    if (lost <= 0) return;
    all.push({ id: next, lost });
    missing -= lost;
  };
  found.forEach((record, n) => {
    const isGap = record.id > next && record.id <= lastRecord;
    lose(Math.min(missing, isCounted ? (isGap ? record.id - next : 0) : gaps.filter((gap) => gap === n).length));
    all.push(record);
    next = isGap || record.id === next ? record.id + 1 : next + 1;
  });
  lose(missing);
  return all;
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
