import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Parameters, readParameters } from '../esql/syntax/parameters.ts';
import type { Condition } from '../query-dsl/condition.ts';
import { QueryDslError } from '../query-dsl/condition.ts';
import { parseQueryDsl } from '../query-dsl/parse-query-dsl.ts';
import { illegalArgument, Refusal } from '../store/refusal.ts';
import { parseExactJson } from '../values/exact-json.ts';
import { isZone } from '../values/time-zone.ts';
import type { QueryResult } from '../values/types.ts';
import { type ApiKey, allows } from './api-keys.ts';
import type { ServerContext } from './context.ts';
import { jsonObject } from './request-body.ts';
import { type Answer, chooseFormat, type FormatName, format } from './response-formats.ts';
import { authorize } from './security.ts';
import { warningHeader } from './warning-headers.ts';

/** What a request to `_query` asks for. */
export interface QueryRequest {
  readonly query: string;
  readonly columnar: boolean;
  readonly format: FormatName;
  readonly dropNullColumns: boolean;
  readonly header: boolean;
  readonly delimiter: string;
  readonly apiKey: ApiKey | null;
  readonly parameters: Parameters;
  readonly filter: Condition | null;
  readonly timeZone: string | null;
  /** Whether the client speaks the vendor's own media types, which the answer then has too. */
  readonly vendorVersion: string | null;
}

interface QueryParameters {
  readonly format?: string;
  readonly delimiter?: string;
  readonly drop_null_columns?: string;
  readonly header?: string;
}

const known = new Set([
  'query',
  'columnar',
  'params',
  'filter',
  'locale',
  'time_zone',
  'profile',
  'include_ccs_metadata',
  'allow_partial_results',
  'pragma',
  'accept_pragma_risks',
  'wait_for_completion_timeout',
  'keep_alive',
  'keep_on_completion',
  'version',
]);

/** Reads a request; throws a Refusal for what it may not say. */
export function readQueryRequest(request: FastifyRequest): { asked: QueryRequest; body: Record<string, unknown> } {
  authorize(request, 'read', request.apiKey?.indices[0] ?? null);
  const parameters = request.query as QueryParameters;
  const body = jsonObject(request.body, 'refuse', parseExactJson);
  for (const key of Object.keys(body))
    if (!known.has(key))
      throw new Refusal('x_content_parse_exception', `[1:1] [esql/query] unknown field [${key}]`, 400);
  if (typeof body.query !== 'string' || body.query.trim() === '')
    throw new Refusal('action_request_validation_exception', 'Validation Failed: 1: [query] is required;', 400);
  const accept = request.headers.accept;
  const name = chooseFormat(parameters.format, accept, request.headers['content-type']);
  if (parameters.delimiter !== undefined) {
    if (name !== 'csv')
      throw illegalArgument('parameter: [delimiter] can only be used with the format [csv] for request [/_query]');
    if (parameters.delimiter.length !== 1 || /["\r\n\t]/.test(parameters.delimiter))
      throw illegalArgument(`invalid delimiter [${parameters.delimiter}]: one character, not a quote, line end or tab`);
  }
  const asked: QueryRequest = {
    query: body.query,
    columnar: body.columnar === true,
    format: name,
    dropNullColumns: parameters.drop_null_columns !== undefined && parameters.drop_null_columns !== 'false',
    header: parameters.header !== 'absent',
    delimiter: parameters.delimiter ?? ',',
    apiKey: request.apiKey,
    parameters: parametersOf(body.params),
    filter: filterOf(body.filter),
    timeZone: zoneOf(body.time_zone),
    vendorVersion: /application\/vnd\.elasticsearch\+[^;]*;\s*compatible-with=(\d+)/.exec(accept ?? '')?.[1] ?? null,
  };
  return { asked, body };
}

function zoneOf(zone: unknown): string | null {
  if (zone === undefined || zone === null) return null;
  if (typeof zone !== 'string' || !isZone(zone)) throw illegalArgument(`Unknown time-zone ID: ${zone}`);
  return zone;
}

function filterOf(filter: unknown): Condition | null {
  try {
    return filter === undefined || filter === null ? null : parseQueryDsl(filter);
  } catch (error) {
    if (error instanceof QueryDslError) throw new Refusal('parsing_exception', error.message, 400);
    throw error;
  }
}

function parametersOf(params: unknown): Parameters {
  try {
    return readParameters(params);
  } catch (error) {
    throw new Refusal('parsing_exception', (error as Error).message, 400);
  }
}

/** Runs a query within the server's limits. */
export async function runQuery(
  { queries, limits }: ServerContext,
  asked: QueryRequest,
  signal: AbortSignal,
): Promise<QueryResult> {
  const late = AbortSignal.timeout(limits.queryTime);
  try {
    return await queries.run(
      asked.query,
      {
        now: Date.now(),
        maxRows: 1000,
        mostRows: limits.rows,
        parameters: asked.parameters,
        ...(asked.filter && { filter: asked.filter }),
        ...(asked.timeZone && { timeZone: asked.timeZone }),
        signal: AbortSignal.any([signal, late]),
      },
      (index) => asked.apiKey === null || allows(asked.apiKey, 'read', index),
    );
  } catch (error) {
    if (late.aborted && !signal.aborted)
      throw new Refusal(
        'timeout_exception',
        `the query took longer than ${limits.queryTime / 1000} s and was ended`,
        408,
      );
    throw error;
  }
}

/** Sends an answer with its warnings. */
export async function sendAnswer(
  reply: FastifyReply,
  asked: QueryRequest,
  result: QueryResult,
  asyncState: Answer['asyncState'],
): Promise<FastifyReply> {
  const { columnar, dropNullColumns, header, delimiter, vendorVersion } = asked;
  const { contentType, body } = await format(asked.format, {
    result,
    columnar,
    dropNullColumns,
    header,
    delimiter,
    asyncState,
  });
  const warnings = [...new Set(result.warnings)];
  if (warnings.length > 0) reply.header('warning', warnings.map(warningHeader));
  const vendor = asked.format === 'json' && vendorVersion !== null;
  reply.header(
    'content-type',
    vendor ? `application/vnd.elasticsearch+json;compatible-with=${vendorVersion}` : contentType,
  );
  return reply.send(body);
}

/** A signal that is given when the client goes away before it has its answer. */
export function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort();
  });
  return gone.signal;
}

/** `POST /_query`. */
export function addQuery(app: FastifyInstance, context: ServerContext): void {
  app.post('/_query', async (request, reply) => {
    const { asked } = readQueryRequest(request);
    const result = await runQuery(context, asked, goneSignal(reply));
    return sendAnswer(reply, asked, result, null);
  });
}
