import { existsSync, readdirSync } from 'node:fs';
import { constants, setPriority } from 'node:os';

/*
 * Linux gives each thread a priority of its own, and takes its number where others take that of a process. Elsewhere threads
 * have the priority of their process, and nothing changes.
 */
const hasThreads = process.platform === 'linux' && existsSync('/proc/self/task');

/** On Linux a tenth of what a thread of usual priority gets beside it: it never stands still. */
const low = constants.priority.PRIORITY_BELOW_NORMAL;

/** Gives the thread that calls this low priority, where threads have one of their own. */
export function lowerThreadPriority(): void {
  // To Linux 0 is the thread that asks.
  if (hasThreads) lower(0, low);
}

/** Gives this process low priority, with the threads that it has and those that it will have. */
export function lowerProcessPriority(): void {
  if (!hasThreads) lower(process.pid, low);
  for (const thread of threads()) lower(thread, low);
}

const threads = (): number[] => (hasThreads ? readdirSync('/proc/self/task').map(Number) : []);

function lower(id: number, priority: number): void {
  try {
    setPriority(id, priority);
  } catch {
    // A thread may have ended, and a system may refuse: work then shares the processors as it comes.
  }
}
