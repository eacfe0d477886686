import { EvaluationError } from '../../diagnostics/diagnostic.ts';
import type { DuckDB } from './connection.ts';
import { failedQuery } from './functions.ts';
import { interruptible } from './interrupt.ts';
import { type ReadRows, readRows } from './results.ts';
import { RowStream } from './row-stream.ts';
import type { RunnableStatement } from './runnable.ts';

/** How the message of a query begins that does not fit into memory, nor onto the disk that it spills to. */
export const outOfMemory =
  'the query needs more memory than it may use; give it more with --memory, such as --memory 4GB';

/** RE2's reasons to refuse an expression. Translations keep to its syntax; what is too large for it shows here. */
const refusedPattern =
  /^Invalid Input Error: ((?:pattern too large|invalid repetition size|bad repetition operator|invalid escape sequence|invalid character class range|invalid perl operator|no argument for repetition operator|missing argument to repetition operator)\b.*)/;

/** Runs a statement, and records what it warns of. Throws an EvaluationError for what is the query's own fault. */
export async function runStatement(
  { connection, listeners }: DuckDB,
  { sql, output, sites }: RunnableStatement,
  { signal, mostBytes }: { readonly signal?: AbortSignal | undefined; readonly mostBytes?: number | undefined } = {},
): Promise<ReadRows & { tookMs: number }> {
  const started = performance.now();
  const listener = (site: number, reason: string): boolean => sites.record(site, reason);
  listeners.add(listener);
  try {
    const rows = await interruptible(connection, signal, async () =>
      readRows(await RowStream.of(connection, sql), output, mostBytes),
    );
    return { ...rows, tookMs: Math.round(performance.now() - started) };
  } catch (error) {
    throw statementError(error);
  } finally {
    listeners.delete(listener);
  }
}

/** What an engine's error means: an EvaluationError where it is the query's own fault. */
export function statementError(error: unknown): unknown {
  const { message } = error as Error;
  const [, reason] = message?.split(failedQuery) ?? [];
  if (reason !== undefined) return new EvaluationError(reason);
  const [, pattern] = refusedPattern.exec(message) ?? [];
  if (pattern !== undefined) return new EvaluationError(`a pattern cannot be evaluated: ${pattern}`);
  return /^Out of Memory Error/.test(message) ? new Error(`${outOfMemory}: ${message.split('\n')[0]}`) : error;
}
