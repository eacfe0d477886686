import {
  EvaluationError,
  InputError,
  QueryError,
  ResultTooLargeError,
  RowsEndedError,
} from '../diagnostics/diagnostic.ts';
import { isFullDisk } from '../diagnostics/full-disk.ts';
import { isTooDeep, tooDeepText } from '../diagnostics/too-deep.ts';
import { QueryDslError } from '../languages/filters/condition.ts';
import { SearchError } from '../languages/search/search-error.ts';
import { indexNotFound, Refusal } from '../store/refusal.ts';

/** An error as Elasticsearch's clients expect it. */
export interface ErrorBody {
  readonly error: {
    readonly root_cause: readonly ErrorCause[];
    readonly type: string;
    readonly reason: string;
    readonly [more: string]: unknown;
  };
  readonly status: number;
}

export interface ErrorCause {
  readonly type: string;
  readonly reason: string | null;
  readonly [more: string]: unknown;
}

/** The cause as it stands in the items of a bulk response. */
export function causeOf(refusal: Refusal): ErrorCause {
  const { type, reason, about, causedBy } = refusal;
  return { type, reason, ...about, ...(causedBy && { caused_by: causedBy }) };
}

/** The status and body for whatever went wrong; what nobody foresaw is a 500 without its inner workings. */
export function errorBody(error: unknown): ErrorBody {
  const refusal = asRefusal(error);
  const cause = causeOf(refusal);
  const { caused_by: _, ...root } = cause;
  return { error: { root_cause: [root as ErrorCause], ...cause, reason: refusal.reason }, status: refusal.status };
}

function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof QueryError) return new Refusal(error.type, error.message, 400);
  if (error instanceof SearchError) return new Refusal(error.type, error.message, 400);
  if (error instanceof QueryDslError) return new Refusal('parsing_exception', error.message, 400);
  if (isTooDeep(error)) return tooDeep();
  if (error instanceof RowsEndedError)
    return new Refusal(
      'circuit_breaking_exception',
      'the engine ended the rows of the search early: they most likely need more memory than the server gives them',
      429,
    );
  if (error instanceof ResultTooLargeError) return new Refusal('circuit_breaking_exception', error.message, 429);
  if (error instanceof InputError || error instanceof EvaluationError)
    return new Refusal('illegal_argument_exception', error.message, 400);
  const {
    statusCode,
    message = String(error),
    code,
  } = (error ?? {}) as Partial<Record<'message' | 'code', string>> & {
    readonly statusCode?: number;
  };
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE' || statusCode === 413)
    return new Refusal('content_too_long_exception', 'the request body is larger than the server takes', 413);
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE' || code === 'FST_ERR_CTP_INVALID_CONTENT_LENGTH')
    return new Refusal('media_type_header_exception', message, 406);
  if (statusCode !== undefined && statusCode < 500)
    return new Refusal('illegal_argument_exception', message, statusCode);
  const found = scarcities.find(({ test }) => test(error, message, code ?? ''));
  if (found) return new Refusal(found.type, found.reason, 429);
  const [, gone] = /^Catalog Error: Table with name index [0-9a-f]{12} (\S+) does not exist/.exec(message) ?? [];
  // It was deleted after the request had found it.
  if (gone !== undefined) return indexNotFound(gone);
  return new Refusal('exception', `internal error: ${message.split('\n')[0]}`, 500);
}

/** What the machine or the server has too little of, or what was ended for others: the same request may have its answer later. */
const scarcities: readonly {
  readonly type: 'circuit_breaking_exception' | 'es_rejected_execution_exception';
  readonly reason: string;
  test(error: unknown, message: string, code: string): boolean;
}[] = [
  {
    type: 'es_rejected_execution_exception',
    reason: 'there is no room left on the disk of the store',
    test: (error) => isFullDisk(error),
  },
  {
    type: 'circuit_breaking_exception',
    reason: 'the query needs more memory than the server gives it',
    // The engine's words, those of C++, and those of JavaScript for texts, buffers and the memory of modules.
    test: (_, message, code) =>
      /Out of Memory Error|bad_alloc|allocation failed|could not allocate|WebAssembly\.Memory|longer than 0x|maximum size exceeded/i.test(
        message,
      ) || /^(?:ENOMEM|ERR_WORKER_OUT_OF_MEMORY|ERR_MEMORY_ALLOCATION_FAILED|ERR_STRING_TOO_LONG)$/.test(code),
  },
  {
    type: 'es_rejected_execution_exception',
    reason: 'the system lets the server open no more files or processes: try again later',
    test: (_, __, code) => /^(?:EMFILE|ENFILE|EAGAIN)$/.test(code),
  },
  {
    type: 'es_rejected_execution_exception',
    reason: 'the request was ended for others: try again later',
    test: (error, message) =>
      /^(?:INTERRUPT Error|Connection Error|TransactionContext Error)|^a (?:planner|reader of documents) /.test(
        message,
      ) ||
      (error instanceof Error && error.name === 'AbortError'),
  },
];

export const tooDeep = (): Refusal => new Refusal('parsing_exception', tooDeepText, 400);

/** For requests to what this server does not have. */
export const noHandler = (method: string, url: string): Refusal =>
  new Refusal(
    'illegal_argument_exception',
    `no handler found for uri [${url.split('?')[0]}] and method [${method}]`,
    400,
  );
