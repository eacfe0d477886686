import type { FastifyInstance, FastifyRequest } from 'fastify';
import { illegalArgument } from '../store/refusal.ts';
import type { ServerContext } from './context.ts';
import { foundIndices, type IndexParams, indicesNamed } from './found-indices.ts';

interface AliasParams {
  readonly Params: { readonly index?: string; readonly name?: string };
}

/** What names stand for: there are indices and data streams, and no aliases. */
export function addAliases(app: FastifyInstance, { store }: ServerContext): void {
  for (const url of ['/_alias', '/:index/_alias'])
    app.get<IndexParams>(url, async (request) => {
      const indices = foundIndices(store, request, 'describe');
      return Object.fromEntries(indices.map(({ name }) => [name, { aliases: {} }]));
    });
  for (const url of ['/_alias/:name', '/:index/_alias/:name'])
    app.get<AliasParams>(url, async (request, reply) => {
      const { name = '*' } = request.params;
      const indices = foundIndices(store, request as FastifyRequest<IndexParams>, 'describe');
      if (name.split(',').some((one) => one.includes('*') || one === '_all'))
        return Object.fromEntries(indices.map(({ name: index }) => [index, { aliases: {} }]));
      const what = name.includes(',') ? `aliases [${name}]` : `alias [${name}]`;
      return reply.code(404).send({ error: `${what} missing`, status: 404 });
    });
  app.post('/_aliases', async () => {
    throw illegalArgument('aliases are not supported');
  });

  app.get<{ Params: { index: string } }>('/_resolve/index/:index', async (request) => {
    const { index: name } = request.params;
    const found = indicesNamed(store, request as FastifyRequest, name, request.query as object, 'describe');
    return {
      indices: found
        .filter(({ isDataStream }) => !isDataStream)
        .map((index) => ({ name: index.name, attributes: ['open'] })),
      aliases: [],
      data_streams: found
        .filter(({ isDataStream }) => isDataStream)
        .map((stream) => ({ name: stream.name, backing_indices: [stream.name], timestamp_field: '@timestamp' })),
    };
  });
}
