import { parentPort } from 'node:worker_threads';
import { readHere, type Task } from './documents.ts';

// One piece after the other, as they are asked for.
parentPort!.on('message', (task: Task) => {
  try {
    parentPort!.postMessage({ result: readHere(task) });
  } catch (error) {
    parentPort!.postMessage({ error });
  }
});
