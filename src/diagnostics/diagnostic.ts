import { placeText, type SourceText, type Span } from './source-text.ts';

/** A piece of a query's text, and what to write there instead. */
export interface Fix {
  readonly span: Span;
  readonly text: string;
}

/**
 * One thing wrong with a query.
 * `parsing`: the text does not fit the grammar; `verification`: names or types do not fit
 * (Elasticsearch's `parsing_exception` and `verification_exception`).
 */
export interface Diagnostic {
  readonly kind: 'parsing' | 'verification';
  readonly message: string;
  readonly span: Span;
  /** What to do next, where there is something to say beyond Elasticsearch's own message. */
  readonly hint?: string;
  /** The edit that removes the problem, where one is likely to be meant. */
  readonly fix?: Fix;
}

/** A query that cannot run, with every problem found in it. */
export class QueryError extends Error {
  constructor(
    readonly source: SourceText,
    readonly diagnostics: readonly Diagnostic[],
  ) {
    super(reason(source, diagnostics));
    this.name = 'QueryError';
  }

  /** Elasticsearch's name for the kind of error. */
  get type(): string {
    return this.diagnostics.some((d) => d.kind === 'parsing') ? 'parsing_exception' : 'verification_exception';
  }
}

/** Elasticsearch's `reason` text: `line 1:2: …`, or `Found N problems` and a line for each. */
function reason(source: SourceText, diagnostics: readonly Diagnostic[]): string {
  const lines = diagnostics.map((d) => `line ${placeText(source.position(d.span.start))}: ${d.message}`);
  if (diagnostics.some((d) => d.kind === 'parsing')) return lines.join('\n');
  return [`Found ${lines.length} problem${lines.length === 1 ? '' : 's'}`, ...lines].join('\n');
}

/** A value that an expression cannot take turned up while a query ran, and Elasticsearch fails the query for it too. */
export class EvaluationError extends Error {
  override readonly name = 'EvaluationError';
}

/** An answer that holds more than it may. */
export class ResultTooLargeError extends Error {
  override readonly name = 'ResultTooLargeError';

  static overBytes(most: number): ResultTooLargeError {
    return new ResultTooLargeError(`the answer is larger than ${most} bytes: keep fewer columns or rows`);
  }
}

/**
 * Rows that the engine ended before their end, and it does not say why: nearly always there was no memory for them beside
 * other queries.
 */
export class RowsEndedError extends Error {
  override readonly name = 'RowsEndedError';
}

/** An input (file, option, hunt) that cannot be used; the command line ends with exit code 2. */
export class InputError extends Error {
  constructor(
    message: string,
    /** What to do next. */
    readonly hint?: string,
  ) {
    super(message);
    this.name = 'InputError';
  }
}
