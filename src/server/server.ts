import { randomBytes } from 'node:crypto';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { TimeSlice } from '../engines/time-slice.ts';
import { Refusal } from '../store/refusal.ts';
import { addAliases } from './aliases.ts';
import { addAsyncQuery } from './async-query.ts';
import { addBulk } from './bulk.ts';
import { addCat } from './cat.ts';
import { type ConnectionLimits, Connections, usualConnectionLimits } from './connections.ts';
import type { ServerContext } from './context.ts';
import { addCounts } from './counts.ts';
import { addDeleteByQuery } from './delete-by-query.ts';
import { addDocuments } from './documents.ts';
import { errorBody, noHandler } from './errors.ts';
import { addFieldCaps } from './field-caps.ts';
import { filteredJson } from './filter-path.ts';
import { addHealth } from './health.ts';
import { addIndices } from './indices.ts';
import { addInfo } from './info.ts';
import { addLifecycle } from './lifecycle.ts';
import { logError } from './log-error.ts';
import { addMetrics } from './metrics.ts';
import { addMultiGet } from './mget.ts';
import { addNodes } from './nodes.ts';
import { prettyJson } from './pretty-json.ts';
import { addQuery } from './query.ts';
import { addRefresh } from './refresh.ts';
import { decompressed } from './request-body.ts';
import { addMultiSearch } from './search/msearch.ts';
import { addSearch } from './search/search.ts';
import { Searcher } from './search/searcher.ts';
import { addSecurity, ownHeaders, type SecurityOptions } from './security.ts';
import { addEnrichExecution, addTemplates } from './templates.ts';
import { textBytes } from './text-bytes.ts';
import { addUpkeep } from './upkeep.ts';
import { addUrlParameters } from './url-parameters.ts';
import { addViews } from './views.ts';

export interface ServerOptions extends Omit<SecurityOptions, 'keys'> {
  readonly context: ServerContext;
  /** PEM texts; plain HTTP otherwise. */
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly connectionLimits?: Partial<ConnectionLimits>;
}

/** What bodies may call themselves. */
const bodyTypes =
  /^(?:application|text)\/(?:json|x-ndjson|vnd\.elasticsearch\+json|vnd\.elasticsearch\+x-ndjson)(?:\s*;.*)?$/i;

/** Bytes of a body that others hardly wait for. */
const smallBody = 32 << 10;

/** Characters of an answer that `?pretty` still spreads over lines. */
const longestPretty = 8 << 20;

/** Elasticsearch's wire protocol over a store, as far as writers and readers of logs need it. Does not listen yet. */
export function createServer({ context, tls, connectionLimits, ...security }: ServerOptions): FastifyInstance {
  const { limits, log } = context;
  const connections = new Connections({ ...usualConnectionLimits, ...connectionLimits });
  const app = Fastify({
    bodyLimit: limits.bodyBytes,
    forceCloseConnections: 'idle',
    serverFactory: (handler) => connections.createServer(handler, tls),
    // Errors in an address are reported like all others.
    frameworkErrors: (error, _request, reply) => {
      const body = errorBody(error);
      const answer = reply as FastifyReply;
      return answer.code(body.status).headers(ownHeaders).type('application/json').send(JSON.stringify(body));
    },
    genReqId: () => randomBytes(9).toString('base64url'),
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 4096 },
    // The factory makes the server; this has its address say https.
    ...(tls && { https: tls }),
  }) as unknown as FastifyInstance;
  // Clients send searches as GET, with a body.
  app.addHttpMethod('GET', { hasBody: true, overrideExisting: true });
  connections.watch(app);
  context.drain.watch(app);
  addSecurity(app, { ...security, keys: context.keys });
  context.bodies.watch(app, context.drain.cancelled);

  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) => {
    if (body.length === 0) return body;
    const type = request.headers['content-type'] ?? '';
    if (!bodyTypes.test(type))
      throw new Refusal(
        'media_type_header_exception',
        `Invalid media-type value on headers [Content-Type]: [${type}]`,
        406,
      );
    const hold = (bytes: number): void => context.bodies.hold(request, bytes);
    const unpacked = await decompressed(body, request.headers['content-encoding'], limits.bodyBytes, hold);
    // What is read at once is read while nothing else of its size is: others are served between two of them.
    if (unpacked.length > smallBody) await new TimeSlice().next();
    return unpacked;
  });

  /** Answers of which no filter_path leaves out what is wrong. */
  const whole = new WeakSet<object>();
  app.addHook('onSend', async (request, reply, payload) => {
    const type = String(reply.getHeader('content-type') ?? '');
    if (!/[/+]json\b/.test(type)) return payload;
    const version = /application\/vnd\.elasticsearch\+json;\s*compatible-with=(\d+)/.exec(
      request.headers.accept ?? '',
    )?.[1];
    if (version !== undefined)
      reply.header('content-type', `application/vnd.elasticsearch+json;compatible-with=${version}`);
    const { pretty = 'false', filter_path: path } = request.query as { pretty?: string; filter_path?: string };
    const isFiltered = path !== undefined && !whole.has(reply);
    if (!(isFiltered || pretty !== 'false') || !(typeof payload === 'string' || Buffer.isBuffer(payload)))
      return payload;
    const bytes = Buffer.isBuffer(payload) ? payload : Buffer.from(payload);
    const shown = isFiltered ? await filteredJson(bytes, path) : bytes;
    reply.removeHeader('content-length');
    // What nobody reads line by line stays as it is.
    return pretty === 'false' || shown.length > longestPretty ? shown : textBytes(prettyJson(shown.toString()));
  });
  app.setErrorHandler((error, request, reply) => {
    const body = errorBody(error);
    if (body.status === 500 && !reply.raw.destroyed) {
      logError(log, request, error);
      // By which the log has the rest of it.
      reply.header('x-request-id', request.id);
    }
    whole.add(reply);
    reply.code(body.status).type('application/json').send(JSON.stringify(body));
  });
  app.setNotFoundHandler((request, reply) => {
    whole.add(reply);
    reply
      .code(400)
      .type('application/json')
      .send(JSON.stringify(errorBody(noHandler(request.method, request.url))));
  });

  addRefresh(app, context.store);
  addMetrics(app, context);
  addHealth(app, context);
  addUrlParameters(app);
  addInfo(app, context);
  addNodes(app, context);
  addAliases(app, context);
  addBulk(app, context);
  addQuery(app, context);
  addAsyncQuery(app, context);
  const searcher = new Searcher(context);
  addSearch(app, context, searcher);
  addMultiSearch(app, context, searcher);
  addMultiGet(app, context);
  addTemplates(app, context);
  addViews(app, context);
  addEnrichExecution(app, context);
  addDocuments(app, context);
  addIndices(app, context);
  addLifecycle(app, context);
  addDeleteByQuery(app, context);
  addUpkeep(app, context);
  addCounts(app, context);
  addFieldCaps(app, context);
  addCat(app, context);
  return app;
}
