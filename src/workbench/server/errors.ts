import { InputError, QueryError } from '../../diagnostics/diagnostic.ts';
import { renderQueryError } from '../../diagnostics/render.ts';
import { Refusal } from '../../store/refusal.ts';

/** An error as the page has it. */
export interface Explained {
  readonly status: number;
  readonly message: string;
  readonly hint: string | null;
}

/** Whoever asks was not let in. */
export class NoAccess extends Error {
  readonly statusCode = 401;
}

/** An answer that is no longer there: the page offers to make it again. */
export class Stale extends Error {}

/** What an error says to a user. Faults of Harrier's own say no more than that they are. */
export function explain(error: unknown): Explained {
  if (error instanceof InputError) return { status: 400, message: error.message, hint: error.hint ?? null };
  if (error instanceof QueryError) {
    const message = renderQueryError(error, { name: 'query', lineOffset: 0, colour: false, width: 120 });
    return { status: 400, message, hint: null };
  }
  if (error instanceof Stale) return { status: 410, message: error.message, hint: 'run it again: Ctrl+Enter' };
  if (error instanceof Refusal) return { status: error.status, message: error.message, hint: null };
  const { statusCode, message } = error as { statusCode?: number; message: string };
  if (statusCode !== undefined && statusCode < 500) return { status: statusCode, message, hint: null };
  return { status: 500, message: `the engine failed: ${String(message).split('\n')[0]}`, hint: null };
}
