import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { readSource } from '../languages/search/read-hits.ts';
import type { SourceFilter } from '../languages/search/search-request.ts';
import type { Operation } from '../store/operations.ts';
import { illegalArgument, indexNotFound } from '../store/refusal.ts';
import { outcomeItem } from './bulk.ts';
import type { ServerContext } from './context.ts';
import { noHandler } from './errors.ts';
import { indexNamed } from './found-indices.ts';
import { oneLine } from './request-body.ts';
import { sourceParameters } from './search/search-body.ts';
import { sendJson } from './search/searcher.ts';
import { filteredSource } from './search/source-filter.ts';
import { authorize } from './security.ts';
import { documentJson, type StoredDocument, storedDocuments } from './stored-document.ts';
import { isExternal, refusalToWrite, type WriteOptions, wholeNumber } from './write-options.ts';

interface DocumentRoute {
  readonly Params: { readonly index: string; readonly id?: string };
  readonly Querystring: WriteOptions & {
    readonly op_type?: string;
    readonly refresh?: string;
    readonly filter_path?: string;
    readonly if_seq_no?: string;
    readonly version?: string;
    readonly version_type?: string;
  };
}

/** Paths that look like those of APIs, as of clients that still name a type: no document is meant. */
const apiName = /^_[a-z]+(?:_[a-z]+)*$/;

/** Single documents: `_doc`, `_create`, `_update`, and reading one back. */
export function addDocuments(app: FastifyInstance, context: ServerContext): void {
  const { store, writer, queries } = context;
  const write = async (
    request: FastifyRequest<DocumentRoute>,
    reply: FastifyReply,
    action: Operation['action'],
  ): Promise<unknown> => {
    const { index, id = null } = request.params;
    authorize(request as FastifyRequest, 'write', index);
    const { refresh, if_seq_no, version, version_type: versionType } = request.query;
    const sequence = wholeNumber(if_seq_no, 'if_seq_no');
    const external = isExternal(versionType) ? wholeNumber(version, 'version') : undefined;
    const refusal = action === 'delete' ? null : refusalToWrite(request.query, index, store);
    if (refusal) throw refusal;
    const body = request.body as Buffer | undefined;
    if (action !== 'delete' && !body?.length) throw illegalArgument('request body is required');
    const operation: Operation = {
      action,
      index,
      id,
      line: action === 'delete' ? null : oneLine(body!),
      ...(sequence !== undefined && { ifSequence: sequence }),
      ...(external !== undefined && { externalVersion: external }),
    };
    const [outcome] = await writer.apply([operation]);
    if ('refusal' in outcome!) throw outcome.refusal;
    const forced = refresh !== undefined && refresh !== 'false';
    if (forced) await store.refresh('all');
    const { status, ...answer } = outcomeItem(outcome!, action, forced);
    if (status === 201)
      reply.header('location', `/${encodeURIComponent(index)}/_doc/${encodeURIComponent(outcome!.id)}`);
    reply.code(status as number);
    return answer;
  };
  app.addHook('preHandler', async ({ routeOptions: { url = '' }, params, method, url: written }) => {
    if (!/\/:id$/.test(url) || !/^\/:index\/_(?:doc|create|update|source)\//.test(url)) return;
    const { id } = params as { id: string };
    if (apiName.test(id)) throw noHandler(method, written);
  });

  const indexing = (request: FastifyRequest<DocumentRoute>): Operation['action'] =>
    request.query.op_type === 'create' ? 'create' : 'index';
  app.post<DocumentRoute>('/:index/_doc', (request, reply) => {
    // Without an id both mean the same but for time series, and data streams only know the one.
    const { index } = request.params;
    const isStream = store.index(index)?.record.isDataStream || store.templateFor(index)?.isDataStream;
    return write(request, reply, isStream || request.query.op_type === undefined ? 'create' : indexing(request));
  });
  for (const method of ['PUT', 'POST'] as const) {
    app.route<DocumentRoute>({
      method,
      url: '/:index/_doc/:id',
      handler: (request, reply) => write(request, reply, indexing(request)),
    });
    app.route<DocumentRoute>({
      method,
      url: '/:index/_create/:id',
      handler: (request, reply) => write(request, reply, 'create'),
    });
  }
  app.post<DocumentRoute>('/:index/_update/:id', (request, reply) => write(request, reply, 'update'));
  app.delete<DocumentRoute>('/:index/_doc/:id', (request, reply) => write(request, reply, 'delete'));

  const find = async (
    request: FastifyRequest<DocumentRoute>,
  ): Promise<{ readonly index: string; readonly found: StoredDocument | undefined }> => {
    const { index, id } = request.params;
    const named = indexNamed(store, request as FastifyRequest, index, 'read');
    return { index: named.name, found: (await storedDocuments(queries, named, [id!])).get(id!) };
  };
  const shownSource = (request: FastifyRequest<DocumentRoute>): SourceFilter =>
    readSource(sourceParameters(request.query as Record<string, string | undefined>) ?? true);
  app.get<DocumentRoute>('/:index/_doc/:id', async (request, reply) => {
    const { index, found } = await find(request);
    const { id } = request.params;
    if (!found) reply.code(404);
    return sendJson(context, reply, [documentJson(index, id!, found, shownSource(request))]);
  });
  app.get<DocumentRoute>('/:index/_source/:id', async (request, reply) => {
    const { index, found } = await find(request);
    if (!found) throw indexNotFound(`${index}/${request.params.id}`);
    return sendJson(context, reply, [filteredSource(found.source, shownSource(request))]);
  });
}
