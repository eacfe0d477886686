import {
  EvaluationError,
  InputError,
  QueryError,
  ResultTooLargeError,
  RowsEndedError,
} from '../diagnostics/diagnostic.ts';
import { isTooDeep } from '../diagnostics/too-deep.ts';
import { ClusterError } from '../engines/elasticsearch/cluster-error.ts';
import { NotInEsql } from '../languages/esql/print/not-in-esql.ts';

const known = [
  ...[InputError, QueryError, EvaluationError, ResultTooLargeError, RowsEndedError],
  ...[ClusterError, NotInEsql],
];

/** What DuckDB, or the embedded engine for it, says where memory or disk do not suffice, or a file is out of reach. */
const scarce = /^(?:IO Error|Out of Memory Error|the query needs more memory)/;

/** Whether an error is a fault of Harrier's own: neither of what it was given, nor of the machine, nor of a cluster. */
export function isFault(error: unknown): boolean {
  if (!(error instanceof Error)) return true;
  if (known.some((kind) => error instanceof kind)) return false;
  if (isTooDeep(error)) return false;
  // Errors of the system name the call that failed.
  return !('syscall' in error) && !scarce.test(error.message);
}
