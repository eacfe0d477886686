import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isWildcard, matchIndices } from '../catalogue/index-pattern.ts';
import type { IndexSnapshot } from '../store/index-table.ts';
import { flatSettings, refuseAliases } from '../store/index-template.ts';
import type { MappingDefinition } from '../store/mapping.ts';
import { checkDefinition, limitsOf, tooManyFields } from '../store/mapping-limits.ts';
import { illegalArgument, indexNotFound, Refusal } from '../store/refusal.ts';
import type { ServerContext } from './context.ts';
import { noHandler } from './errors.ts';
import { jsonObject } from './request-body.ts';
import { type Action, authorize, mayUse } from './security.ts';

interface IndexParams {
  readonly Params: { readonly index: string };
}

const noShards = { total: 1, successful: 1, failed: 0 };

/** Indices: made, removed, described, counted. */
export function addIndices(app: FastifyInstance, { store, queries }: ServerContext): void {
  /** The indices of an expression that the request may use: wildcards only find those, names must be among them. */
  const found = (request: FastifyRequest, expression: string, action: Action = 'read'): IndexSnapshot[] => {
    if (/^_(?!all$)/.test(expression)) throw noHandler(request.method, request.url);
    const { apiKey } = request;
    if (action === 'read' && apiKey !== null && !apiKey.scopes.includes('read')) authorize(request, 'read', null);
    for (const name of expression.split(','))
      if (!isWildcard(name) && name !== '_all') authorize(request, action, name);
    const { ignore_unavailable: ignore = 'false' } = request.query as { ignore_unavailable?: string };
    return store.match(expression, ignore !== 'false').filter(({ name }) => mayUse(request, action, name));
  };

  app.put<IndexParams>('/:index', async (request) => {
    const { index } = request.params;
    authorize(request, 'write', index);
    const body = jsonObject(request.body);
    for (const key of Object.keys(body))
      if (key !== 'settings' && key !== 'mappings' && key !== 'aliases')
        throw new Refusal('parse_exception', `unknown key [${key}] for create index`, 400);
    refuseAliases(body.aliases);
    await store.exclusively((connection) =>
      store.createIndex(connection, index, {
        mapping: (body.mappings ?? {}) as MappingDefinition,
        settings: flatSettings((body.settings ?? {}) as Record<string, unknown>),
      }),
    );
    return { acknowledged: true, shards_acknowledged: true, index };
  });

  app.put<{ Params: { name: string } }>('/_data_stream/:name', async (request) => {
    const { name } = request.params;
    authorize(request, 'write', name);
    await store.exclusively((connection) => store.createIndex(connection, name, { isDataStream: true }));
    return { acknowledged: true };
  });
  app.get<{ Params: { name?: string } }>('/_data_stream/:name?', async (request) => ({
    data_streams: found(request, request.params.name ?? '*', 'describe')
      .filter(({ isDataStream }) => isDataStream)
      .map(({ name, uuid }) => ({
        name,
        timestamp_field: { name: '@timestamp' },
        indices: [{ index_name: name, index_uuid: uuid }],
        generation: 1,
        status: 'GREEN',
      })),
  }));

  const remove = async (request: FastifyRequest, expression: string): Promise<unknown> => {
    if (/[*]/.test(expression) || expression === '_all')
      throw illegalArgument('Wildcard expressions or all indices are not allowed');
    authorize(request, 'write', expression);
    await store.exclusively(async (connection) => {
      for (const name of expression.split(',')) {
        const index = store.index(name);
        if (!index) throw indexNotFound(name);
        await store.deleteIndex(connection, index);
      }
    });
    return { acknowledged: true };
  };
  app.delete<IndexParams>('/:index', (request) => remove(request as FastifyRequest, request.params.index));
  app.delete<IndexParams>('/_data_stream/:index', (request) => remove(request as FastifyRequest, request.params.index));

  const described = (index: IndexSnapshot): Record<string, unknown> => ({
    aliases: {},
    mappings: index.mapping.definition,
    settings: settingsOf(index),
  });
  app.get<IndexParams>('/:index', async (request) => {
    const indices = found(request as FastifyRequest, request.params.index, 'describe');
    return Object.fromEntries(indices.map((index) => [index.name, described(index)]));
  });
  app.get<IndexParams>('/:index/_settings', async (request) => {
    const indices = found(request as FastifyRequest, request.params.index, 'describe');
    return Object.fromEntries(indices.map((index) => [index.name, { settings: settingsOf(index) }]));
  });
  for (const url of ['/_mapping', '/:index/_mapping', '/:index/_mappings']) {
    app.get<{ Params: { index?: string } }>(url, async (request) => {
      const indices = found(request as FastifyRequest, request.params.index ?? '*', 'describe');
      return Object.fromEntries(indices.map(({ name, mapping }) => [name, { mappings: mapping.definition }]));
    });
  }
  app.route<IndexParams>({
    method: ['PUT', 'POST'],
    url: '/:index/_mapping',
    handler: async (request) => {
      authorize(request as FastifyRequest, 'write', request.params.index);
      const definition = jsonObject(request.body, 'refuse') as MappingDefinition;
      await store.exclusively(async (connection) => {
        for (const { name } of store.match(request.params.index)) {
          const index = store.index(name)!;
          const limits = limitsOf(index.record.settings);
          checkDefinition(definition, limits);
          const { size } = index.mapping;
          index.merge(definition);
          if (index.mapping.size > Math.max(size, limits.totalFields)) throw tooManyFields(limits.totalFields);
          await index.addColumns(connection);
          await store.saveRecord(connection, index);
        }
      });
      return { acknowledged: true };
    },
  });

  // What is acknowledged is on disk and seen by the next query: there is nothing to refresh or flush.
  for (const action of ['_refresh', '_flush', '_forcemerge']) {
    for (const url of [`/${action}`, `/:index/${action}`]) {
      app.route<{ Params: { index?: string } }>({
        method: ['GET', 'POST'],
        url,
        handler: async (request) => {
          found(request as FastifyRequest, request.params.index ?? '*', 'describe');
          return { _shards: noShards };
        },
      });
    }
  }

  for (const url of ['/_count', '/:index/_count']) {
    app.route<{ Params: { index?: string } }>({
      method: ['GET', 'POST'],
      url,
      handler: async (request) => {
        const body = jsonObject(request.body);
        const matchesAll =
          body.query === undefined ||
          (Object.keys(body.query as object)[0] === 'match_all' && Object.keys(body).length === 1);
        if (!matchesAll)
          throw illegalArgument('_count takes no query here; count with ES|QL: FROM index | WHERE … | STATS COUNT(*)');
        const count = await queries.count(found(request as FastifyRequest, request.params.index ?? '*'));
        return { count, _shards: { ...noShards, skipped: 0 } };
      },
    });
  }

  for (const url of ['/_cat/indices', '/_cat/indices/:index']) {
    app.get<{ Params: { index?: string }; Querystring: { format?: string; v?: string; h?: string } }>(
      url,
      async (request, reply) => {
        const rows: Record<string, string>[] = [];
        for (const index of found(request as FastifyRequest, request.params.index ?? '*')) {
          rows.push({
            health: 'green',
            status: 'open',
            index: index.name,
            uuid: index.uuid,
            pri: '1',
            rep: '0',
            'docs.count': String(await queries.count([index])),
            'docs.deleted': '0',
          });
        }
        const wanted = request.query.h?.split(',');
        const shown = wanted
          ? rows.map((row) => Object.fromEntries(wanted.map((name) => [name, row[name] ?? ''])))
          : rows;
        if (request.query.format === 'json') return shown;
        const lines = shown.map((row) => Object.values(row).join(' '));
        if (request.query.v !== undefined && shown[0]) lines.unshift(Object.keys(shown[0]).join(' '));
        return reply.type('text/plain; charset=UTF-8').send(lines.map((line) => `${line}\n`).join(''));
      },
    );
  }

  for (const url of ['/_field_caps', '/:index/_field_caps']) {
    app.route<{ Params: { index?: string }; Querystring: { fields?: string } }>({
      method: ['GET', 'POST'],
      url,
      handler: async (request) => {
        const body = jsonObject(request.body);
        const patterns =
          request.query.fields?.split(',') ?? [(body.fields as string | string[] | undefined) ?? '*'].flat();
        return fieldCaps(found(request as FastifyRequest, request.params.index ?? '*'), patterns);
      },
    });
  }
}

function settingsOf({ settings, created, uuid, name }: IndexSnapshot): Record<string, unknown> {
  const nested: Record<string, unknown> = {};
  const all = {
    number_of_shards: '1',
    number_of_replicas: '0',
    ...settings,
    creation_date: String(created),
    uuid,
    provided_name: name,
  };
  for (const [key, value] of Object.entries(all)) {
    const path = key.split('.');
    let at = nested;
    for (const part of path.slice(0, -1)) {
      const next = at[part];
      if (typeof next !== 'object' || next === null) at[part] = {};
      at = at[part] as Record<string, unknown>;
    }
    at[path.at(-1)!] = value;
  }
  return { index: nested };
}

/** Types that a client sees as one family. */
const families: Readonly<Record<string, string>> = {
  constant_keyword: 'keyword',
  wildcard: 'keyword',
  match_only_text: 'text',
};

function fieldCaps(indices: readonly IndexSnapshot[], patterns: readonly string[]): Record<string, unknown> {
  const fields: Record<string, Record<string, { capability: Record<string, unknown>; indices: string[] }>> = {};
  const add = (name: string, type: string, index: string, values: boolean): void => {
    fields[name] ??= {};
    const capability = { type, metadata_field: false, searchable: values, aggregatable: values && type !== 'text' };
    fields[name][type] ??= { capability, indices: [] };
    fields[name][type].indices.push(index);
  };
  for (const { name: index, mapping } of indices) {
    const objects = new Set<string>();
    for (const field of mapping.fields.values()) {
      const target = field.mappingType === 'alias' ? mapping.fields.get(field.of!) : field;
      const type = target?.mappingType ?? 'keyword';
      add(field.name, families[type] ?? type, index, true);
      if (field.of === null)
        for (let dot = field.name.lastIndexOf('.'); dot > 0; dot = field.name.lastIndexOf('.', dot - 1))
          objects.add(field.name.slice(0, dot));
    }
    for (const object of objects) add(object, 'object', index, false);
  }
  const wanted = new Set(matchIndices(patterns, Object.keys(fields)));
  return {
    indices: indices.map(({ name }) => name),
    fields: Object.fromEntries(
      Object.entries(fields)
        .filter(([name]) => wanted.has(name))
        .map(([name, types]) => [
          name,
          Object.fromEntries(
            Object.entries(types).map(([type, { capability, indices: having }]) => [
              type,
              Object.keys(types).length > 1 ? { ...capability, indices: having } : capability,
            ]),
          ),
        ]),
    ),
  };
}
