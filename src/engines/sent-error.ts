import {
  type Diagnostic,
  EvaluationError,
  InputError,
  QueryError,
  ResultTooLargeError,
  RowsEndedError,
} from '../diagnostics/diagnostic.ts';
import { SourceText } from '../diagnostics/source-text.ts';
import { QueryDslError } from '../languages/filters/condition.ts';

/** Those that answers are made from by their class. */
const kinds = {
  ...{ InputError, EvaluationError, ResultTooLargeError, RowsEndedError, QueryDslError },
  ...{ RangeError, Error },
} as const;
type Kind = keyof typeof kinds;

/** An error as plain data, for classes do not reach another thread or process. */
export type SentError =
  | { readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: Kind; readonly message: string };

export function sentError(error: unknown): SentError {
  if (error instanceof QueryError) return { diagnostics: error.diagnostics };
  const kind = (Object.keys(kinds) as Kind[]).find((name) => error instanceof kinds[name]) ?? 'Error';
  return { kind, message: (error as Error).message };
}

/** The error as it was thrown; `text` is that of the query. */
export function receivedError(error: SentError, text: string): Error {
  if ('diagnostics' in error) return new QueryError(new SourceText(text), error.diagnostics);
  return new kinds[error.kind](error.message);
}
