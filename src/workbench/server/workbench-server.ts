import { randomBytes } from 'node:crypto';
import { Ajv, type ValidateFunction } from 'ajv';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { isFault } from '../../app/fault.ts';
import { InputError, QueryError } from '../../diagnostics/diagnostic.ts';
import { Connections, usualConnectionLimits } from '../../server/connections.ts';
import { refuseOtherSites } from '../../server/own-site.ts';
import type { CallName, JobKind, JobRequest, Refused } from '../contract/calls.ts';
import { callSchemas, jobSchemas } from '../contract/schemas.ts';
import type { Asset } from './assets.ts';
import { handlers } from './calls/handlers.ts';
import type { Workbench } from './context.ts';
import { explain, NoAccess } from './errors.ts';
import { workOf } from './jobs/work.ts';
import type { HeldFile } from './made-files.ts';

/** Bytes of a request. */
const bodyBytes = 1 << 20;
export const apiRoot = '/api/v1/';
const hostNames: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost']);

/** Headers of every answer. */
const headers: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
};

/** The nonce is for the styles that CodeMirror adds. */
const policy = (nonce: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "connect-src 'self'",
    "img-src 'self' data:",
    "frame-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');

/**
 * The page and its calls, for this machine alone. A page of another site gets nothing but the empty shell, which holds no
 * data; calls need the token, which the page has for the code in its address.
 */
export function createWorkbenchServer(workbench: Workbench, assets: ReadonlyMap<string, Asset>): FastifyInstance {
  const connections = new Connections(usualConnectionLimits);
  const app = Fastify({
    bodyLimit: bodyBytes,
    forceCloseConnections: true,
    serverFactory: (handler) => connections.createServer(handler),
    genReqId: () => randomBytes(9).toString('base64url'),
  }) as unknown as FastifyInstance;
  connections.watch(app);
  // What a form can send is no JSON, whatever stands in it.
  app.removeContentTypeParser('text/plain');
  const validate = validators();

  app.addHook('onRequest', async (request, reply) => {
    reply.headers(headers);
    const isShell = request.method === 'GET' && request.url.split('?')[0] === '/';
    // A start from a file, or from a mail, arrives as another site's: what it gets holds no data.
    if (isShell && isNavigation(request)) return;
    refuseOtherSites(request, hostNames, '');
    if (!request.url.startsWith(apiRoot)) return;
    reply
      .header('cache-control', 'no-store')
      .header('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
    if (request.url === `${apiRoot}redeem` || workbench.access.admits(request.headers.authorization)) return;
    throw new NoAccess('the page has no access: open the link that harrier ui printed');
  });

  app.setErrorHandler((error, _request, reply) => {
    // Whoever no longer waits has ended the work; that is no fault.
    if (reply.raw.destroyed) return reply;
    if (isFault(error) && (error as { statusCode?: number }).statusCode === undefined)
      process.emitWarning(error as Error);
    const { status, message, hint } = explain(error);
    return reply.code(status).send({ error: { message: workbench.withoutAddress(message), hint } });
  });
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).send({ error: { message: 'there is no such call', hint: null } }),
  );

  app.get('/', async (_request, reply) => sendShell(reply, assets.get('/')!));
  app.get('/preview/:file', async (request, reply) => sendPreview(reply, workbench.files.get(fileIn(request))));
  app.get(`${apiRoot}files/:file`, async (request, reply) => {
    const held = workbench.files.get(fileIn(request));
    return held ? reply.type(held.type).send(held.content) : reply.callNotFound();
  });
  app.get('/:name', async (request, reply) => {
    const { name } = request.params as { name: string };
    const asset = assets.get(`/${name}`);
    if (!asset) return reply.callNotFound();
    return sendAsset(request, reply, asset);
  });

  app.post(`${apiRoot}redeem`, async (request) => {
    const { code } = (request.body ?? {}) as { code?: unknown };
    const token = typeof code === 'string' ? workbench.access.redeem(code) : null;
    if (token === null)
      throw new NoAccess(
        'this link was used before, or is older than a minute: press Enter where harrier ui runs for another',
      );
    return { token };
  });
  app.get(`${apiRoot}stream`, async (request, reply) => {
    const { after = '0' } = request.query as { after?: string };
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, { ...headers, 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
    workbench.stream.open(raw, Number(after) || 0);
  });
  app.post(`${apiRoot}jobs`, async (request) => {
    const { kind } = (request.body ?? {}) as { kind?: JobKind };
    const check = validate.job(kind);
    return workbench.jobs.start(await workOf(checked(check, request.body) as JobRequest, workbench));
  });
  app.delete(`${apiRoot}jobs/:id`, async (request, reply) => {
    const { id } = request.params as { id: string };
    return workbench.jobs.cancel(id) ?? reply.callNotFound();
  });
  for (const name of Object.keys(handlers) as CallName[]) {
    app.post(`${apiRoot}call/${name}`, async (request, reply) => {
      const body = checked(validate.call(name), request.body ?? {});
      const answer = handlers[name] as (
        request: unknown,
        workbench: Workbench,
        signal: AbortSignal,
      ) => Promise<unknown>;
      try {
        return await answer(body, workbench, goneSignal(reply));
      } catch (error) {
        if (!(error instanceof InputError || error instanceof QueryError)) throw error;
        const { message, ...rest } = explain(error);
        return { refused: { ...rest, message: workbench.withoutAddress(message) } } satisfies Refused;
      }
    });
  }
  return app;
}

const fileIn = ({ params }: FastifyRequest): string => (params as { readonly file: string }).file;

/**
 * A report to look at before it is handed over, in a frame of the page. A frame cannot send the token: that the name of
 * the file is 144 random bits, which only the page was given, stands in its place. Sandboxed, the report has an origin of
 * its own, and cannot reach what the page has.
 */
function sendPreview(reply: FastifyReply, held: HeldFile | undefined): FastifyReply {
  if (!held?.type.startsWith('text/html')) return reply.callNotFound() as unknown as FastifyReply;
  return reply
    .header('content-security-policy', "sandbox allow-scripts; frame-ancestors 'self'")
    .header('x-frame-options', 'SAMEORIGIN')
    .header('cache-control', 'no-store')
    .type(held.type)
    .send(held.content);
}

/** Aborted when the page no longer waits for the answer. */
function goneSignal(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort(new Error('the page no longer waits'));
  });
  return controller.signal;
}

const isNavigation = ({ headers }: FastifyRequest): boolean =>
  headers['sec-fetch-mode'] === 'navigate' &&
  headers['sec-fetch-dest'] === 'document' &&
  hostNames.has((headers.host ?? '').replace(/:\d+$/, '').toLowerCase());

function sendShell(reply: FastifyReply, shell: Asset): FastifyReply {
  const nonce = randomBytes(16).toString('base64url');
  return reply
    .header('content-security-policy', policy(nonce))
    .header('cache-control', 'no-store')
    .type(shell.type)
    .send(shell.plain.toString().replace('NONCE', nonce));
}

function sendAsset(
  { headers }: FastifyRequest,
  reply: FastifyReply,
  { type, plain, packed, isFixed }: Asset,
): FastifyReply {
  reply.type(type).header('cache-control', isFixed ? 'public, max-age=31536000, immutable' : 'no-store');
  return /\bgzip\b/.test(headers['accept-encoding'] ?? '')
    ? reply.header('content-encoding', 'gzip').send(packed)
    : reply.send(plain);
}

/** Throws an InputError for what does not fit. */
function checked(check: ValidateFunction | undefined, body: unknown): unknown {
  if (!check) throw new InputError('there is no such kind of job');
  if (check(body)) return body;
  const [first] = check.errors ?? [];
  throw new InputError(`the request does not fit: ${first?.instancePath || 'it'} ${first?.message ?? ''}`);
}

/**
 * Schemas are compiled when they are first used: no start waits for all of them. That they are schemas is tested: checking
 * it here takes longer than all else that the first answer waits for.
 */
function validators(): {
  call(name: CallName): ValidateFunction;
  job(kind: JobKind | undefined): ValidateFunction | undefined;
} {
  const ajv = new Ajv({ meta: false, validateSchema: false });
  const compiled = new Map<object, ValidateFunction>();
  const compile = (schema: object): ValidateFunction => {
    const known = compiled.get(schema) ?? ajv.compile(schema);
    compiled.set(schema, known);
    return known;
  };
  return {
    call: (name) => compile(callSchemas[name]),
    job: (kind) => (kind !== undefined && Object.hasOwn(jobSchemas, kind) ? compile(jobSchemas[kind]) : undefined),
  };
}
