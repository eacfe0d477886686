import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { TimeSlice } from '../../engines/time-slice.ts';
import { booleanIn, type Json } from '../../languages/search/members.ts';
import { illegalArgument, Refusal } from '../../store/refusal.ts';
import { parseExactJson } from '../../values/exact-json.ts';
import type { ServerContext } from '../context.ts';
import { errorBody } from '../errors.ts';
import { type IndexParams, type IndicesOptions, indicesNamed } from '../found-indices.ts';
import { goneSignal } from '../query.ts';
import { checkJsonSize, jsonObject } from '../request-body.ts';
import { authorizeScope } from '../security.ts';
import { textBytes } from '../text-bytes.ts';
import { warnOfUnseen } from '../warning-headers.ts';
import { answerJson } from './search-answer.ts';
import { type SearchParameters, searchOf } from './search-body.ts';
import { type Searcher, sendJson } from './searcher.ts';

interface Header extends IndicesOptions {
  readonly index?: string | readonly string[];
}

/** What the line before a search may say. */
const headerMembers = new Set([
  ...['index', 'indices', 'ignore_unavailable', 'allow_no_indices', 'expand_wildcards', 'ignore_throttled'],
  ...[
    'search_type',
    'preference',
    'routing',
    'request_cache',
    'allow_partial_search_results',
    'ccs_minimize_roundtrips',
  ],
]);

/** `_msearch`: several searches, each with an answer or an error of its own. */
export function addMultiSearch(app: FastifyInstance, context: ServerContext, searcher: Searcher): void {
  const { store, limits } = context;
  const search = async (
    request: FastifyRequest<IndexParams>,
    header: Header,
    body: Json,
    signal: AbortSignal,
  ): Promise<Buffer> => {
    const parameters = request.query as SearchParameters;
    const totalAsInt = booleanIn(parameters.rest_total_hits_as_int ?? false, 'rest_total_hits_as_int');
    const asked = searchOf({ rest_total_hits_as_int: parameters.rest_total_hits_as_int }, body);
    const expression = [header.index ?? request.params.index ?? '*'].flat().join(',') || '*';
    const named = indicesNamed(store, request as FastifyRequest, expression, header, 'read').map(({ name }) => name);
    const { answer, indices, took } = await searcher.search(asked, named, request, signal);
    return textBytes(answerJson(answer, { took, indices, totalAsInt, status: 200 }));
  };

  const answersTo = async (
    request: FastifyRequest<IndexParams>,
    searches: readonly { readonly header: Header; readonly body: Json }[],
    signal: AbortSignal,
  ): Promise<Buffer[]> => {
    const answers: Buffer[] = [];
    let left = limits.answerBytes;
    const slice = new TimeSlice();
    for (const { header, body } of searches) {
      signal.throwIfAborted();
      if (slice.isOver) await slice.next();
      const answer = await search(request, header, body, signal).catch((error: unknown) => {
        signal.throwIfAborted();
        return Buffer.from(JSON.stringify(errorBody(error)));
      });
      left -= answer.length;
      if (left < 0)
        throw new Refusal('circuit_breaking_exception', `the answers hold more than ${limits.answerBytes} bytes`, 429);
      answers.push(answer);
    }
    return answers;
  };

  for (const url of ['/_msearch', '/:index/_msearch'])
    app.route<IndexParams>({
      method: ['GET', 'POST'],
      url,
      handler: async (request, reply) => {
        authorizeScope(request as FastifyRequest, 'read');
        const searches = await searchesOf(request.body);
        const signal = goneSignal(reply as FastifyReply);
        warnOfUnseen(reply as FastifyReply, store);
        const began = performance.now();
        // All of them have the time of one search together.
        const answers = await searcher.inTime(signal, (until) => answersTo(request, searches, until));
        const took = Math.round(performance.now() - began);
        return sendJson(context, reply, responsesJson(took, answers));
      },
    });
}

function* responsesJson(took: number, answers: readonly Buffer[]): Generator<string> {
  yield `{"took":${took},"responses":[`;
  for (const [i, answer] of answers.entries()) yield (i === 0 ? '' : ',') + answer.toString();
  yield ']}';
}

/** Searches of one request. */
const mostSearches = 10_000;

/** Searches of a body of lines: what each is about, and the search itself. */
async function searchesOf(body: unknown): Promise<{ header: Header; body: Json }[]> {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
  checkJsonSize(bytes);
  if (bytes.length === 0) throw new Refusal('parse_exception', 'request body is required', 400);
  if (bytes.at(-1) !== 10) throw illegalArgument('The msearch request must be terminated by a newline [\n]');
  const lines = bytes.toString('utf8').split('\n').slice(0, -1);
  if (lines.length > 2 * mostSearches) throw illegalArgument(`more than ${mostSearches} searches in one request`);
  const searches: { header: Header; body: Json }[] = [];
  const slice = new TimeSlice();
  for (let at = 0; at < lines.length; at += 2) {
    if (slice.isOver) await slice.next();
    // Line ends between searches are passed over.
    if (lines[at]!.trim() === '' && lines[at + 1] === undefined) break;
    const read = (line: string | undefined): Json =>
      line === undefined || line.trim() === '' ? {} : jsonObject(Buffer.from(line), 'refuse', parseExactJson);
    const header = read(lines[at]);
    for (const key of Object.keys(header))
      if (!headerMembers.has(key)) throw illegalArgument(`key [${key}] is not supported in the metadata section`);
    searches.push({ header: header as Header, body: read(lines[at + 1]) });
  }
  if (searches.length === 0)
    throw new Refusal('action_request_validation_exception', 'Validation Failed: 1: no requests added;', 400);
  return searches;
}
