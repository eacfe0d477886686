import { EvaluationError, QueryError, ResultTooLargeError } from '../diagnostics/diagnostic.ts';
import { ClusterError } from './elasticsearch/cluster-error.ts';

/** What DuckDB, or the embedded engine for it, says where memory or disk do not suffice. */
const scarce = /^(?:Out of Memory Error|the query needs more memory)/;

/**
 * Whether an engine refuses a question as it is, and may answer a part of it: it is wrong, too large, or takes too long. A
 * lost connection fails every question, and so does a fault of Harrier's own, which must be seen.
 */
export function isRefusal(error: unknown): boolean {
  if (error instanceof ClusterError) return error.details.failure === 'refused' || error.details.failure === 'time';
  if ([QueryError, EvaluationError, ResultTooLargeError].some((kind) => error instanceof kind)) return true;
  return error instanceof Error && scarce.test(error.message);
}
