import { statfs } from 'node:fs/promises';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { flatSettings } from '../store/index-settings.ts';
import type { IndexSnapshot } from '../store/index-table.ts';
import type { MappingDefinition } from '../store/mapping.ts';
import { checkDefinition, limitsOf, tooManyFields } from '../store/mapping-limits.ts';
import { illegalArgument, indexNotFound, Refusal } from '../store/refusal.ts';
import { reclaim } from '../store/retention.ts';
import { shownMapping } from '../store/shown-mapping.ts';
import { aliasesIn, shownAliases } from './aliases.ts';
import type { ServerContext } from './context.ts';
import { aliasesFor, foundIndices, type IndexParams } from './found-indices.ts';
import { shownLifecycle } from './lifecycle.ts';
import { jsonObject } from './request-body.ts';
import { authorize } from './security.ts';

interface NamedIndex {
  readonly Params: { readonly index: string };
}

/** The part of a disk below which it is nearly full. */
const leastFree = 0.1;

const noShards = { total: 1, successful: 1, failed: 0 };

/** Indices: made, removed, described, counted. */
export function addIndices(app: FastifyInstance, { store, queries }: ServerContext): void {
  app.put<NamedIndex>('/:index', async (request) => {
    const { index } = request.params;
    authorize(request, 'write', index);
    const body = jsonObject(request.body);
    for (const key of Object.keys(body))
      if (key !== 'settings' && key !== 'mappings' && key !== 'aliases')
        throw new Refusal('parse_exception', `unknown key [${key}] for create index`, 400);
    const aliases = aliasesIn(body.aliases);
    if (aliases.length > 0) authorize(request, 'write', null);
    await store.exclusively(async (connection) => {
      await store.createIndex(connection, index, {
        mapping: (body.mappings ?? {}) as MappingDefinition,
        settings: flatSettings(body.settings ?? {}),
      });
      for (const name of aliases) await store.addToAlias(connection, name, [index]);
    });
    return { acknowledged: true, shards_acknowledged: true, index };
  });

  app.put<{ Params: { name: string } }>('/_data_stream/:name', async (request) => {
    const { name } = request.params;
    authorize(request, 'write', name);
    await store.exclusively((connection) => store.createIndex(connection, name, { isDataStream: true }));
    return { acknowledged: true };
  });
  app.get<IndexParams>('/_data_stream/:index?', async (request) => ({
    data_streams: foundIndices(store, request, 'describe')
      .filter(({ isDataStream }) => isDataStream)
      .map(({ name, uuid, lifecycle }) => ({
        name,
        ...(lifecycle && { lifecycle: shownLifecycle(lifecycle) }),
        timestamp_field: { name: '@timestamp' },
        indices: [{ index_name: name, index_uuid: uuid }],
        generation: 1,
        status: 'GREEN',
      })),
  }));

  /** Where the disk is nearly full, what was deleted gives its space back now: the next write would be refused. */
  const makeRoom = async (): Promise<void> => {
    const { bavail, blocks } = await statfs(store.folder);
    if (bavail > leastFree * blocks) return;
    // Journals of the index are of no use any more.
    await store.refresh('all');
    await reclaim(store, queries).catch(() => undefined);
  };

  const remove = async (request: FastifyRequest, expression: string): Promise<unknown> => {
    if (/[*]/.test(expression) || expression === '_all')
      throw illegalArgument('Wildcard expressions or all indices are not allowed');
    authorize(request, 'write', expression);
    await store.exclusively(
      async (connection) => {
        // All are looked up before one is removed: an alias is gone with the last of its indices.
        const meant = [...new Set(expression.split(','))].map((name) => {
          if (store.aliasWithin(name).length > 0)
            throw illegalArgument(
              `The provided expression [${name}] matches an alias, specify the corresponding concrete indices instead.`,
            );
          const index = store.index(name);
          if (!index) throw indexNotFound(name);
          return index;
        });
        for (const index of meant) await store.deleteIndex(connection, index);
      },
      { makesRoom: true },
    );
    await makeRoom();
    return { acknowledged: true };
  };
  app.delete<NamedIndex>('/:index', (request) => remove(request as FastifyRequest, request.params.index));
  app.delete<NamedIndex>('/_data_stream/:index', (request) => remove(request as FastifyRequest, request.params.index));

  app.get<NamedIndex>('/:index', async (request) => {
    const indices = foundIndices(store, request, 'describe');
    const all = aliasesFor(store, request as FastifyRequest, 'describe');
    const described = indices.map((index) => {
      const aliases = shownAliases(all, index);
      return [index.name, { aliases, mappings: shownMapping(index), settings: settingsOf(index) }];
    });
    return Object.fromEntries(described);
  });
  app.get<NamedIndex>('/:index/_settings', async (request) => {
    const indices = foundIndices(store, request, 'describe');
    return Object.fromEntries(indices.map((index) => [index.name, { settings: settingsOf(index) }]));
  });
  for (const url of ['/_mapping', '/:index/_mapping', '/:index/_mappings']) {
    app.get<{ Params: { index?: string } }>(url, async (request) => {
      const indices = foundIndices(store, request, 'describe');
      return Object.fromEntries(indices.map((index) => [index.name, { mappings: shownMapping(index) }]));
    });
  }
  app.route<NamedIndex>({
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
          await index.merge(connection, definition);
          if (index.mapping.size > Math.max(size, limits.totalFields)) throw tooManyFields(limits.totalFields);
          store.saveRecord(index);
        }
      });
      return { acknowledged: true };
    },
  });

  // What is acknowledged is on disk: there is nothing to flush or merge.
  for (const action of ['_refresh', '_flush', '_forcemerge']) {
    for (const url of [`/${action}`, `/:index/${action}`]) {
      app.route<{ Params: { index?: string } }>({
        method: ['GET', 'POST'],
        url,
        handler: async (request) => {
          foundIndices(store, request, 'describe');
          await store.refresh('all');
          if (store.unseen !== null) throw new Refusal('es_rejected_execution_exception', store.unseen, 429);
          return { _shards: noShards };
        },
      });
    }
  }
}

function settingsOf({ settings, created, uuid, name }: IndexSnapshot): Record<string, unknown> {
  const all = {
    number_of_shards: '1',
    number_of_replicas: '0',
    ...settings,
    creation_date: String(created),
    uuid,
    provided_name: name,
  };
  const nested: Settings = new Map();
  for (const [name, value] of Object.entries(all)) {
    const path = name.split('.');
    const last = path.pop()!;
    let at = nested;
    for (const part of path) {
      let below = at.get(part);
      if (!(below instanceof Map)) {
        below = new Map();
        at.set(part, below);
      }
      at = below;
    }
    at.set(last, value);
  }
  return { index: objectOf(nested) };
}

/** Settings by the parts of their names. */
type Settings = Map<string, string | Settings>;

const objectOf = (settings: Settings): Record<string, unknown> =>
  Object.fromEntries([...settings].map(([part, value]) => [part, value instanceof Map ? objectOf(value) : value]));
