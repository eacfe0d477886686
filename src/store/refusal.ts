/** Reasons quote what was sent; a whole body in them helps nobody. */
const longestReason = 10_000;

/**
 * Why Elasticsearch would refuse a request or a document: its exception type, its words, and the HTTP status.
 * https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-bulk lists the shapes.
 */
export class Refusal extends Error {
  readonly reason: string;

  constructor(
    readonly type: string,
    reason: string,
    readonly status: number,
    readonly causedBy: { readonly type: string; readonly reason: string } | null = null,
    /** Further members of the error, such as the name of the index. */
    readonly about: Readonly<Record<string, string>> = {},
  ) {
    const short = reason.length > longestReason ? `${reason.slice(0, longestReason)}...` : reason;
    // Nobody asks where it was made, and finding that out takes longer than all else about a document that is refused.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(short);
    Error.stackTraceLimit = stackTraceLimit;
    this.reason = short;
  }
}

export const illegalArgument = (reason: string): Refusal => new Refusal('illegal_argument_exception', reason, 400);

export const mapperParsing = (reason: string): Refusal => new Refusal('mapper_parsing_exception', reason, 400);

export const indexNotFound = (name: string): Refusal =>
  new Refusal('index_not_found_exception', `no such index [${name}]`, 404, null, {
    'resource.type': 'index_or_alias',
    'resource.id': name,
    index_uuid: '_na_',
    index: name,
  });

export const documentParsing = (reason: string, cause?: string): Refusal =>
  new Refusal(
    'document_parsing_exception',
    reason,
    400,
    cause === undefined ? null : { type: 'illegal_argument_exception', reason: cause },
  );

/** For a parameter or setting that is no span of time. */
export const noTimeValue = (name: string, value: unknown): Refusal =>
  illegalArgument(
    `failed to parse setting [${name}] with value [${String(value)}] as a time value: unit is missing or unrecognized`,
  );
