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
  return pieces.length === 0 ? last : concatenated([...pieces, last], slice);
}

/** The same for parts that are bytes already. */
export async function joinedBytes(parts: Iterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  const slice = new TimeSlice();
  for (const part of parts) {
    pieces.push(part);
    if (slice.isOver) await slice.next();
  }
  return concatenated(pieces, slice);
}

/** Fresh memory takes a while to write to: others are served between two pieces. */
async function concatenated(pieces: readonly Uint8Array[], slice: TimeSlice): Promise<Buffer> {
  const whole = Buffer.allocUnsafeSlow(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    if (slice.isOver) await slice.next();
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** Parts with a text between each two. */
export function* separated(parts: Iterable<string>, separator: string): Generator<string> {
  let isFirst = true;
  for (const part of parts) {
    yield isFirst ? part : separator + part;
    isFirst = false;
  }
}
