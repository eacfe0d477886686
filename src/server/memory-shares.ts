/** What of the memory that a server is given goes to whom, in bytes. */
export interface MemoryShares {
  readonly total: number;
  /** The engine, for what it has read and what it works on; beyond it work spills to disk. */
  readonly engine: number;
  /** The bodies of all requests together. */
  readonly bodies: number;
  /** The values of one answer. */
  readonly answer: number;
  /** All answers together that their clients have not taken yet. */
  readonly answers: number;
  /** JavaScript's memory in each thread that plans queries. */
  readonly planner: number;
  /** What the process may take before queries are ended. */
  readonly process: number;
}

/** Largest bodies that all requests together may hold, where there is memory for them. */
const largestBodies = 4;
const megabyte = 1 << 20;
/** What queries that are to end may still take until they do: seen with texts of 45 MB in all. */
const untilEnded = 450 * megabyte;
/** What a server without work takes, and some queries: below it none would ever be answered. */
const leastProcess = 300 * megabyte;
/** The engine's part of little memory, and of much: what it does not count is as much with little. */
const engineOf = { little: 0.45, much: 0.6 } as const;
const little = 512 * megabyte;
const much = 2048 * megabyte;

function engineShare(total: number): number {
  const place = Math.min(1, Math.max(0, (total - little) / (much - little)));
  return engineOf.little + (engineOf.much - engineOf.little) * place;
}

/**
 * Divides the memory that a server is given. The engine gets most of it; what it does not count, and what the process takes
 * beside it, must fit into the rest, half as much again and 300 MB.
 */
export function memoryShares(total: number, asked: { readonly body: number; readonly answer: number }): MemoryShares {
  const quarter = total / 4;
  return {
    total,
    engine: Math.floor(total * engineShare(total)),
    bodies: Math.max(asked.body, Math.min(largestBodies * asked.body, quarter)),
    answer: Math.max(megabyte, Math.min(asked.answer, Math.floor(total / 16))),
    answers: Math.max(megabyte, Math.floor(quarter)),
    planner: Math.min(512 * megabyte, Math.max(128 * megabyte, Math.floor(total / 8))),
    process: Math.floor(
      Math.min(1.15 * total + 200 * megabyte, Math.max(leastProcess, 1.5 * total + 300 * megabyte - untilEnded)),
    ),
  };
}
