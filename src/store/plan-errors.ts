import { type Diagnostic, EvaluationError, InputError, QueryError } from '../diagnostics/diagnostic.ts';
import { SourceText } from '../diagnostics/source-text.ts';
import { QueryDslError } from '../languages/filters/condition.ts';

/** An error as plain data, for classes of its own do not reach another thread. */
export type SentError =
  | { readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: Kind; readonly message: string };

/** Those that answers are made from by their class. */
const kinds = { InputError, EvaluationError, QueryDslError, RangeError, Error } as const;
type Kind = keyof typeof kinds;

export function sentError(error: unknown): SentError {
  if (error instanceof QueryError) return { diagnostics: error.diagnostics };
  const kind = (Object.keys(kinds) as Kind[]).find((name) => error instanceof kinds[name]) ?? 'Error';
  return { kind, message: (error as Error).message };
}

/** The error as it was thrown while the query of that text was planned. */
export function receivedError(error: SentError, text: string): Error {
  if ('diagnostics' in error) return new QueryError(new SourceText(text), error.diagnostics);
  return new kinds[error.kind](error.message);
}
