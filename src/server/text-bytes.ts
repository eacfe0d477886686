import { setImmediate } from 'node:timers/promises';

/** Characters that are made into bytes at a time. */
const pieceLength = 1 << 20;

/**
 * The bytes of a text whose parts come one after the other. Others are served in between, and no more than a piece of the
 * text is there as text: a large one would take several times its size.
 */
export async function textBytes(parts: Iterable<string>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let piece = '';
  for (const part of parts) {
    piece += part;
    if (piece.length < pieceLength) continue;
    pieces.push(Buffer.from(piece));
    piece = '';
    await setImmediate();
  }
  const last = Buffer.from(piece);
  return pieces.length === 0 ? last : Buffer.concat([...pieces, last]);
}

/** Parts with a text between each two. */
export function* separated(parts: Iterable<string>, separator: string): Generator<string> {
  let isFirst = true;
  for (const part of parts) {
    yield isFirst ? part : separator + part;
    isFirst = false;
  }
}
