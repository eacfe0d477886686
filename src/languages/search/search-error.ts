/** A search that is not understood, or that cannot be answered: Elasticsearch's type of the error, and words for the client. */
export class SearchError extends Error {
  constructor(
    readonly type: string,
    message: string,
  ) {
    super(message);
  }
}

export const illegal = (message: string): SearchError => new SearchError('illegal_argument_exception', message);

export const malformed = (message: string): SearchError => new SearchError('parsing_exception', message);
