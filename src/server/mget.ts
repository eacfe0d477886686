import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ResultTooLargeError } from '../diagnostics/diagnostic.ts';
import { readSource } from '../languages/search/read-hits.ts';
import type { SourceFilter } from '../languages/search/search-request.ts';
import type { IndexSnapshot } from '../store/index-table.ts';
import { placesByIndex } from '../store/operations.ts';
import { Refusal } from '../store/refusal.ts';
import type { ServerContext } from './context.ts';
import { causeOf } from './errors.ts';
import { type IndexParams, indexNamed } from './found-indices.ts';
import { goneSignal } from './query.ts';
import { inQueryTime } from './query-time.ts';
import { jsonObject } from './request-body.ts';
import { sourceParameters } from './search/search-body.ts';
import { sendJson } from './search/searcher.ts';
import { authorizeScope } from './security.ts';
import { documentJson, storedDocuments } from './stored-document.ts';
import { separated } from './text-bytes.ts';

/** A document that is asked for. */
interface Wanted {
  readonly index: string;
  readonly id: string;
  readonly source: SourceFilter;
}

/** As many as a search shows. */
const mostDocuments = 10_000;

const members = new Set(['_index', '_id', '_source', 'routing', 'stored_fields', 'version', 'version_type']);

/** `_mget`: documents by their ids, each with an answer or an error of its own. */
export function addMultiGet(app: FastifyInstance, context: ServerContext): void {
  const { store, queries, limits } = context;
  const named = (request: FastifyRequest, index: string): IndexSnapshot | Refusal => {
    try {
      return indexNamed(store, request, index, 'read');
    } catch (error) {
      if (error instanceof Refusal) return error;
      throw error;
    }
  };
  /** Each document as JSON, in the order in which they are asked for. */
  const read = async (
    request: FastifyRequest<IndexParams>,
    wanted: readonly Wanted[],
    signal: AbortSignal,
  ): Promise<string[]> => {
    let left = limits.answerBytes;
    const docs: string[] = new Array(wanted.length);
    for (const [index, places] of placesByIndex(wanted)) {
      const known = named(request as FastifyRequest, index);
      if (known instanceof Refusal) {
        for (const at of places) docs[at] = refusedJson(wanted[at]!, known);
        continue;
      }
      const ids = new Set(places.map((at) => wanted[at]!.id));
      const stored = await storedDocuments(queries, known, [...ids], { signal, mostBytes: left });
      for (const at of places) {
        const { id, source } = wanted[at]!;
        docs[at] = documentJson(known.name, id, stored.get(id), source);
        // The same document may be asked for again and again.
        left -= docs[at].length;
        if (left < 0) throw ResultTooLargeError.overBytes(limits.answerBytes);
      }
    }
    return docs;
  };
  for (const url of ['/_mget', '/:index/_mget'])
    app.route<IndexParams>({
      method: ['GET', 'POST'],
      url,
      handler: async (request, reply) => {
        authorizeScope(request as FastifyRequest, 'read');
        const wanted = wantedOf(request);
        const docs = await inQueryTime(context, goneSignal(reply as FastifyReply), (until) =>
          read(request, wanted, until),
        );
        return sendJson(context, reply, documentsJson(docs));
      },
    });
}

function* documentsJson(docs: readonly string[]): Generator<string> {
  yield '{"docs":[';
  yield* separated(docs, ',');
  yield ']}';
}

function wantedOf(request: FastifyRequest<IndexParams>): Wanted[] {
  const { docs, ids, ...more } = jsonObject(request.body, 'refuse');
  const [unknown] = Object.keys(more);
  if (unknown !== undefined) throw new Refusal('parsing_exception', `unknown key [${unknown}] for mget request`, 400);
  const { index: named } = request.params;
  const shown = sourceParameters(request.query as Record<string, string | undefined>) ?? true;
  const list = Array.isArray(docs) ? docs : Array.isArray(ids) ? ids : [];
  if (list.length === 0) throw invalid('no documents to get');
  if (list.length > mostDocuments) throw invalid(`more than ${mostDocuments} documents to get`);
  return list.map((one: unknown): Wanted => {
    const document = typeof one === 'object' && one !== null ? (one as Record<string, unknown>) : { _id: one };
    for (const key of Object.keys(document))
      if (!members.has(key))
        throw new Refusal(
          'parsing_exception',
          `unknown parameter [${key}] in request body or parameter is of the wrong type`,
          400,
        );
    const index = document._index ?? named;
    if (typeof index !== 'string') throw invalid('index is missing for doc 0');
    if (document._id === undefined || document._id === null) throw invalid('id is missing for doc 0');
    return { index, id: String(document._id), source: readSource(document._source ?? shown) };
  });
}

const invalid = (reason: string): Refusal =>
  new Refusal('action_request_validation_exception', `Validation Failed: 1: ${reason};`, 400);

function refusedJson({ index, id }: Wanted, refusal: Refusal): string {
  const cause = causeOf(refusal);
  return JSON.stringify({ _index: index, _id: id, error: { root_cause: [cause], ...cause } });
}
