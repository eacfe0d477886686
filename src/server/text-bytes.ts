import { TimeSlice } from '../engines/time-slice.ts';

/** Characters that are made into bytes at a time. */
const pieceLength = 1 << 18;

/**
 * The bytes of a text whose parts come one after the other. Others are served between two parts, and no more than a piece of
 * the text is there as text: a large one would take several times its size.
 */
export async function textBytes(parts: Iterable<string>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let piece = '';
  const slice = new TimeSlice();
  for (const part of parts) {
    piece += part;
    if (piece.length >= pieceLength) {
      pieces.push(Buffer.from(piece));
      piece = '';
    }
    if (slice.isOver) await slice.next();
  }
  const last = Buffer.from(piece);
  return pieces.length === 0 ? last : Buffer.concat([...pieces, last]);
}

/** The same for parts that are bytes already. */
export async function joinedBytes(parts: Iterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  const slice = new TimeSlice();
  for (const part of parts) {
    pieces.push(part);
    if (slice.isOver) await slice.next();
  }
  return Buffer.concat(pieces);
}

/** Parts with a text between each two. */
export function* separated(parts: Iterable<string>, separator: string): Generator<string> {
  let isFirst = true;
  for (const part of parts) {
    yield isFirst ? part : separator + part;
    isFirst = false;
  }
}
