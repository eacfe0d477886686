import { parentPort } from 'node:worker_threads';
import type { Converter } from './conversion.ts';
import { type Answer, readHere, type Task } from './documents.ts';

/** Reads pieces in a worker, one after the other, as they are asked for. */
export function serveReading(convert: Converter): void {
  parentPort!.on('message', ({ piece, ...task }: Task) => {
    let done: { readonly result: Answer['result'] } | { readonly error: Error };
    try {
      done = { result: readHere({ piece, ...task }, convert) };
    } catch (error) {
      done = { error: error as Error };
    }
    const bytes = typeof piece.bytes === 'string' ? null : piece.bytes;
    const answer: Answer = { bytes, result: null, error: null, ...done };
    parentPort!.postMessage(answer, bytes ? [bytes.buffer as ArrayBuffer] : []);
  });
}
