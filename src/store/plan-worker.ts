import { parentPort, workerData } from 'node:worker_threads';
import type { Runnable } from '../engines/duckdb/runnable.ts';
import { lowerThreadPriority } from '../engines/priority.ts';
import { type SentError, sentError } from '../engines/sent-error.ts';
import { LocalPlanner, type PlanRequest } from './planner.ts';
import { type SeenChanges, SeenReceiver } from './seen-changes.ts';

/** What a worker is sent, one after the other. */
export interface PlanTask {
  readonly changes: SeenChanges | null;
  readonly request: PlanRequest;
}

/** What a worker begins with. */
export interface PlanWorkerData {
  /** Whether it takes long queries: these wait for others, and are given what the processors have left. */
  readonly takesLong: boolean;
}

export type PlanAnswer = { readonly planned: Runnable } | { readonly error: SentError };

/** What it sends once it takes tasks: loading takes a while. */
export const ready = 'ready';

if ((workerData as PlanWorkerData).takesLong) lowerThreadPriority();
const receiver = new SeenReceiver();
const planner = new LocalPlanner();

parentPort!.on('message', ({ changes, request }: PlanTask) => {
  let answer: PlanAnswer;
  try {
    answer = { planned: planner.planNow(receiver.seen(changes), request) };
  } catch (error) {
    answer = { error: sentError(error) };
  }
  parentPort!.postMessage(answer);
});
parentPort!.postMessage(ready);
