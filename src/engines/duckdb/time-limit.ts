import { Script } from 'node:vm';

/** Where the script finds its work: a script sees nothing but what is global. */
const place = Symbol.for('harrier.work');
const script = new Script('globalThis[Symbol.for("harrier.work")]()');

/**
 * Does work that a pattern may make endless, in JavaScript's regular expressions among them, which nothing else ends.
 * Throws an error of `code` ERR_SCRIPT_EXECUTION_TIMEOUT after this many milliseconds.
 */
export function withinTime(milliseconds: number, work: () => void): void {
  const global = globalThis as Record<symbol, unknown>;
  global[place] = work;
  try {
    script.runInThisContext({ timeout: milliseconds });
  } finally {
    delete global[place];
  }
}

export const isTimeout = (error: unknown): boolean =>
  (error as { code?: string }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
