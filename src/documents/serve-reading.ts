import { parentPort } from 'node:worker_threads';
import type { Converter } from './conversion.ts';
import type { Lines, ReadPiece } from './document-reader.ts';
import { type Answer, readHere, type Task } from './documents.ts';

/** Reads pieces in a worker, one after the other, as they are asked for. */
export function serveReading(convert: Converter): void {
  parentPort!.on('message', ({ piece, ...task }: Task) => {
    const isConverted = 'most' in piece && piece.conversion !== undefined;
    let done: { readonly result: Answer['result'] } | { readonly error: Error };
    try {
      done = { result: readHere({ piece, ...task }, convert) };
    } catch (error) {
      done = { error: error as Error };
    }
    const answer: Answer = { bytes: null, result: null, error: null, ...done };
    const isRead = isConverted && answer.result !== null && !isLookedAtAgain(piece as Lines, answer.result);
    const bytes = typeof piece.bytes === 'string' || isRead ? null : piece.bytes;
    parentPort!.postMessage({ ...answer, bytes } satisfies Answer, bytes ? [bytes.buffer as ArrayBuffer] : []);
  });
}

/** Whether some of the lines are still to be read, or to be shown. */
const isLookedAtAgain = ({ to }: Lines, { lines, unread, duplicates, suspects }: ReadPiece): boolean =>
  unread.length + duplicates.length + suspects.length > 0 || lines!.end < to;
