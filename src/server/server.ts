import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { Refusal } from '../store/refusal.ts';
import { addAsyncQuery } from './async-query.ts';
import { addBulk } from './bulk.ts';
import type { ServerContext } from './context.ts';
import { addDocuments } from './documents.ts';
import { errorBody, noHandler } from './errors.ts';
import { filterPath } from './filter-path.ts';
import { addIndices } from './indices.ts';
import { addInfo } from './info.ts';
import { addQuery } from './query.ts';
import { decompressed } from './request-body.ts';
import { addSecurity, type SecurityOptions } from './security.ts';
import { addEnrichExecution, addTemplates } from './templates.ts';

export interface ServerOptions extends Omit<SecurityOptions, 'keys'> {
  readonly context: ServerContext;
  /** PEM texts; plain HTTP otherwise. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

/** What bodies may call themselves. */
const bodyTypes =
  /^(?:application|text)\/(?:json|x-ndjson|vnd\.elasticsearch\+json|vnd\.elasticsearch\+x-ndjson)(?:\s*;.*)?$/i;

/** Elasticsearch's wire protocol over a store, as far as writers and readers of logs need it. Does not listen yet. */
export function createServer({ context, tls, ...security }: ServerOptions): FastifyInstance {
  const { limits } = context;
  const app = Fastify({
    bodyLimit: limits.bodyBytes,
    forceCloseConnections: true,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 4096 },
    ...(tls && { https: tls }),
  }) as unknown as FastifyInstance;
  addSecurity(app, { ...security, keys: context.keys });

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
    return decompressed(body, request.headers['content-encoding'], limits.bodyBytes);
  });

  app.addHook('preSerialization', async (request, _reply, payload) => {
    const { filter_path: path } = request.query as { filter_path?: string };
    return path === undefined ? payload : filterPath(payload, path);
  });
  app.addHook('onSend', async (request, reply, payload) => {
    const type = String(reply.getHeader('content-type') ?? '');
    const version = /application\/vnd\.elasticsearch\+json;\s*compatible-with=(\d+)/.exec(
      request.headers.accept ?? '',
    )?.[1];
    if (version !== undefined && type.startsWith('application/json'))
      reply.header('content-type', `application/vnd.elasticsearch+json;compatible-with=${version}`);
    return payload;
  });
  app.setErrorHandler((error, request, reply) => {
    const body = errorBody(error);
    if (body.status >= 500 && !request.raw.aborted)
      process.stderr.write(`${request.method} ${request.url}: ${(error as Error).message}\n`);
    reply.code(body.status).type('application/json').send(body);
  });
  app.setNotFoundHandler((request, reply) => {
    reply.code(400).send(errorBody(noHandler(request.method, request.url)));
  });

  addInfo(app, context);
  addBulk(app, context);
  addQuery(app, context);
  addAsyncQuery(app, context);
  addTemplates(app, context);
  addEnrichExecution(app, context);
  addDocuments(app, context);
  addIndices(app, context);
  return app;
}
