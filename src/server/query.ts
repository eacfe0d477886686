import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type WorkKey, workKey } from '../engines/known-lengths.ts';
import { type Parameters, readParameters } from '../languages/esql/syntax/parameters.ts';
import type { Condition } from '../languages/filters/condition.ts';
import { QueryDslError } from '../languages/filters/condition.ts';
import { parseQueryDsl } from '../languages/filters/parse-query-dsl.ts';
import { illegalArgument, Refusal } from '../store/refusal.ts';
import { parseExactJson } from '../values/exact-json.ts';
import { isZone } from '../values/time-zone.ts';
import type { QueryResult } from '../values/types.ts';
import { type AnswerForm, readAnswerForm } from './answer-form.ts';
import { type ApiKey, allows } from './api-keys.ts';
import type { ServerContext } from './context.ts';
import { inQueryTime } from './query-time.ts';
import { jsonObject } from './request-body.ts';
import { type AsyncState, bytesPerByte, format } from './response-formats.ts';
import { authorizeScope } from './security.ts';
import { warningHeaders } from './warning-headers.ts';
import { whenClosed } from './when-closed.ts';

/** What a request to `_query` asks for. */
export interface QueryRequest {
  readonly query: string;
  readonly apiKey: ApiKey | null;
  readonly parameters: Parameters;
  readonly filter: Condition | null;
  readonly form: AnswerForm;
  readonly timeZone: string | null;
  /** By which a request like it is known. */
  readonly key: WorkKey;
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
  'include_execution_metadata',
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
  authorizeScope(request, 'read');
  const body = jsonObject(request.body, 'refuse', parseExactJson);
  for (const key of Object.keys(body))
    if (!known.has(key))
      throw new Refusal('x_content_parse_exception', `[1:1] [esql/query] unknown field [${key}]`, 400);
  if (typeof body.query !== 'string' || body.query.trim() === '')
    throw new Refusal('action_request_validation_exception', 'Validation Failed: 1: [query] is required;', 400);
  const asked: QueryRequest = {
    query: body.query,
    apiKey: request.apiKey,
    parameters: parametersOf(body.params),
    filter: filterOf(body.filter),
    form: readAnswerForm(request, body.columnar === true),
    timeZone: zoneOf(body.time_zone),
    key: workKey(request.body as Buffer),
  };
  return { asked, body };
}

function zoneOf(zone: unknown): string | null {
  if (zone === undefined || zone === null) return null;
  if (typeof zone !== 'string' || !isZone(zone)) throw illegalArgument(`Unknown time-zone ID: ${zone}`);
  return zone;
}

/** A filter of a body in Query DSL; null where there is none. Throws a Refusal. */
export function filterOf(filter: unknown): Condition | null {
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
export function runQuery(context: ServerContext, asked: QueryRequest, signal: AbortSignal): Promise<QueryResult> {
  const { queries, limits } = context;
  return inQueryTime(context, signal, (until) =>
    queries.run(
      asked.query,
      {
        now: Date.now(),
        maxRows: 1000,
        allowsNoIndices: true,
        mostRows: limits.rows,
        mostBytes: limits.answerBytes,
        parameters: asked.parameters,
        ...(asked.filter && { filter: asked.filter }),
        ...(asked.timeZone && { timeZone: asked.timeZone }),
        signal: until,
      },
      (index) => asked.apiKey === null || allows(asked.apiKey, 'read', index),
      asked.key,
    ),
  );
}

/** Sends an answer with its warnings. */
export async function sendAnswer(
  reply: FastifyReply,
  form: AnswerForm,
  result: QueryResult,
  asyncState: AsyncState | null,
  { answers, limits }: Pick<ServerContext, 'answers' | 'limits'>,
): Promise<FastifyReply> {
  answers.hold(reply, (result.bytes ?? 0) * bytesPerByte(form.format));
  const { contentType, body } = await format({ result, form, asyncState }, limits.answerBytes);
  const warnings = warningHeaders(result.warnings);
  if (warnings.length > 0) reply.header('warning', warnings);
  const vendor = form.format === 'json' && form.vendorVersion !== null;
  reply.header(
    'content-type',
    vendor ? `application/vnd.elasticsearch+json;compatible-with=${form.vendorVersion}` : contentType,
  );
  return reply.send(body);
}

/** A signal that is given when the client goes away before it has its answer. */
export function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  whenClosed(reply.raw, () => {
    if (!reply.raw.writableEnded) gone.abort();
  });
  return gone.signal;
}

/** `POST /_query`. */
export function addQuery(app: FastifyInstance, context: ServerContext): void {
  app.post('/_query', async (request, reply) => {
    const { asked } = readQueryRequest(request);
    const result = await runQuery(context, asked, goneSignal(reply));
    return sendAnswer(reply, asked.form, result, null, context);
  });
}
