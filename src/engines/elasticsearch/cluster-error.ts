/** What kept a request from an answer. */
export type Failure =
  /** No connection was made, or it was lost. */
  | 'connection'
  /** The cluster did not answer in time. */
  | 'time'
  /** What came back is no answer of Elasticsearch: a redirect, a web page, nothing, a part of one. */
  | 'unintelligible'
  /** The cluster answered with an error. */
  | 'refused';

export interface FailureDetails {
  readonly failure: Failure;
  /** What to do next. */
  readonly hint?: string;
  readonly status?: number;
  /** Elasticsearch's name for the error, and its reason. */
  readonly type?: string;
  readonly reason?: string;
  /** The cluster is short of memory or threads, and asks to be asked again later. */
  readonly isBusy?: boolean;
  /** Seconds after which it wants to be asked again. */
  readonly retryAfter?: number;
}

/** A request that a cluster did not answer as it should. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError';

  constructor(
    readonly summary: string,
    readonly details: FailureDetails,
  ) {
    super(details.hint === undefined ? summary : `${summary}: ${details.hint}`);
  }
}
