import { parentPort } from 'node:worker_threads';
import { type Answer, readHere, type Task } from './documents.ts';

// One piece after the other, as they are asked for.
parentPort!.on('message', (task: Task) => {
  const { bytes } = task.piece;
  const memory = typeof bytes === 'string' ? null : (bytes.buffer as ArrayBuffer);
  let answer: Answer;
  try {
    answer = { memory, result: readHere(task) };
  } catch (error) {
    answer = { memory, error: error as Error };
  }
  parentPort!.postMessage(answer, memory ? [memory] : []);
});
