import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isWildcard } from '../catalogue/index-pattern.ts';
import { checkEnrichPolicy } from '../store/enrich-policy.ts';
import { illegalArgument, Refusal } from '../store/refusal.ts';
import type { TemplateKind } from '../store/store.ts';
import type { ServerContext } from './context.ts';
import { jsonObject } from './request-body.ts';
import { authorize } from './security.ts';

/** How each kind of template is called in paths and answers. */
const kinds: readonly { path: string; kind: TemplateKind; list: string | null; item: string; missing: string }[] = [
  {
    path: '/_index_template',
    kind: 'index',
    list: 'index_templates',
    item: 'index_template',
    missing: 'index template matching',
  },
  {
    path: '/_component_template',
    kind: 'component',
    list: 'component_templates',
    item: 'component_template',
    missing: 'component template matching',
  },
  { path: '/_template', kind: 'legacy', list: null, item: '', missing: 'index_template' },
  { path: '/_ilm/policy', kind: 'ilm_policy', list: null, item: 'policy', missing: 'Lifecycle policy not found:' },
  { path: '/_enrich/policy', kind: 'enrich_policy', list: null, item: '', missing: 'policy' },
  { path: '/_ingest/pipeline', kind: 'ingest_pipeline', list: null, item: '', missing: 'pipeline' },
];

/**
 * Templates give new indices their mappings. Life-cycle policies are kept and shown because shippers look for them; they
 * change nothing here.
 */
export function addTemplates(app: FastifyInstance, { store }: ServerContext): void {
  for (const { path, kind, list, item, missing } of kinds) {
    app.route<{ Params: { name: string }; Querystring: { create?: string } }>({
      method: ['PUT', 'POST'],
      url: `${path}/:name`,
      handler: async (request) => {
        authorize(request as FastifyRequest, 'write', null);
        const { name } = request.params;
        const { create = 'false' } = request.query;
        if (create !== 'false' && store.template(kind, name) !== undefined)
          throw illegalArgument(`${list ? item.replace('_', ' ') : 'template'} [${name}] already exists`);
        const body = jsonObject(request.body, 'refuse');
        if (kind === 'ingest_pipeline')
          throw illegalArgument('ingest pipelines are not supported: documents are stored as they come');
        if (kind === 'enrich_policy') checkEnrichPolicy(name, body);
        await store.putTemplate(kind, name, body);
        return { acknowledged: true };
      },
    });
    app.get<{ Params: { name?: string } }>(`${path}/:name?`, async (request, reply) => {
      authorize(request, 'describe', null);
      const { name = '*' } = request.params;
      const found = store.templates(kind, name);
      if (found.length === 0 && !isWildcard(name)) {
        if (kind === 'legacy' || kind === 'ingest_pipeline') return reply.code(404).send({});
        throw new Refusal('resource_not_found_exception', `${missing} [${name}] not found`, 404);
      }
      if (list) return { [list]: found.map((one) => ({ name: one.name, [item]: one.body })) };
      if (kind === 'enrich_policy') return { policies: found.map((one) => ({ config: shownPolicy(one) })) };
      return Object.fromEntries(found.map((one) => [one.name, one.body]));
    });
    app.delete<{ Params: { name: string } }>(`${path}/:name`, async (request) => {
      authorize(request, 'write', null);
      const { name } = request.params;
      if (store.template(kind, name) === undefined)
        throw new Refusal('resource_not_found_exception', `${missing} [${name}] not found`, 404);
      await store.putTemplate(kind, name, null);
      return { acknowledged: true };
    });
  }
}

/** A policy with its name beside what it matches. */
const shownPolicy = ({ name, body }: { readonly name: string; readonly body: unknown }): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(body as Record<string, object>).map(([type, definition]) => [type, { name, ...definition }]),
  );

/** Policies read their indices as these are, so there is nothing to execute. */
export function addEnrichExecution(app: FastifyInstance, { store }: ServerContext): void {
  app.route<{ Params: { name: string } }>({
    method: ['PUT', 'POST'],
    url: '/_enrich/policy/:name/_execute',
    handler: async (request) => {
      authorize(request, 'write', null);
      const { name } = request.params;
      if (store.template('enrich_policy', name) === undefined)
        throw new Refusal('resource_not_found_exception', `policy [${name}] not found`, 404);
      return { status: { phase: 'COMPLETE' } };
    },
  });
}
