import type { FastifyInstance, FastifyReply } from 'fastify';
import { matchIndices } from '../catalogue/index-pattern.ts';
import type { IndexSnapshot } from '../store/index-table.ts';
import type { Property } from '../tables/mapped-field.ts';
import { storedField } from '../tables/stored-field.ts';
import { own } from '../values/own.ts';
import type { ServerContext } from './context.ts';
import { foundIndices, type IndexParams } from './found-indices.ts';
import { filterOf, goneSignal } from './query.ts';
import { inQueryTime } from './query-time.ts';
import { jsonObject } from './request-body.ts';

interface FieldCapsQuery {
  readonly fields?: string;
  readonly include_unmapped?: string;
  readonly include_empty_fields?: string;
  readonly filters?: string;
  readonly types?: string;
}

/** `_field_caps`: which fields there are in several indices, and of which types. */
export function addFieldCaps(app: FastifyInstance, context: ServerContext): void {
  const { store, queries } = context;
  for (const url of ['/_field_caps', '/:index/_field_caps']) {
    app.route<IndexParams>({
      method: ['GET', 'POST'],
      url,
      handler: async (request, reply) => {
        const { fields, include_unmapped, include_empty_fields, filters, types } = request.query as FieldCapsQuery;
        const body = jsonObject(request.body);
        const patterns = fields?.split(',') ?? [body.fields ?? '*'].flat().map(String);
        const filter = filterOf(body.index_filter);
        let indices = foundIndices(store, request, 'read');
        if (filter !== null) {
          // Only indices in which some document fits.
          indices = await inQueryTime(context, goneSignal(reply as FastifyReply), async (signal) => {
            const options = { now: Date.now(), maxRows: 1, filter, signal };
            const fitting: IndexSnapshot[] = [];
            for (const index of indices) {
              const { values } = await queries.run('FROM * | LIMIT 1', options, (name) => name === index.name);
              if (values.length > 0) fitting.push(index);
            }
            return fitting;
          });
        }
        return fieldCaps(indices, {
          patterns,
          includeUnmapped: include_unmapped !== undefined && include_unmapped !== 'false',
          metadata: filters?.split(',').includes('-metadata')
            ? 'none'
            : filters?.split(',').includes('+metadata')
              ? 'only'
              : 'too',
          withoutEmpty: include_empty_fields === 'false',
          withoutParents: filters?.split(',').includes('-parent') ?? false,
          types: types?.split(',') ?? null,
        });
      },
    });
  }
}

interface Wanted {
  readonly patterns: readonly string[];
  readonly includeUnmapped: boolean;
  readonly metadata: 'too' | 'only' | 'none';
  /** Without fields that no document has. */
  readonly withoutEmpty: boolean;
  /** Without the objects above fields. */
  readonly withoutParents: boolean;
  readonly types: readonly string[] | null;
}

/** Types that a client sees as one family. */
const families: Readonly<Record<string, string>> = {
  constant_keyword: 'keyword',
  wildcard: 'keyword',
  match_only_text: 'text',
};

/** What every index has beside the fields of its mapping. */
const metadataFields: Readonly<Record<string, string>> = {
  _id: '_id',
  _index: '_index',
  _ignored: '_ignored',
  _source: '_source',
  _version: '_version',
};

interface Capability {
  readonly type: string;
  readonly metadata_field: boolean;
  readonly searchable: boolean;
  readonly aggregatable: boolean;
  /** What a field is of time series, where every index says so. */
  readonly time_series_dimension?: true;
  readonly time_series_metric?: string;
}

/** What two indices say alike. */
function alike(one: Capability, other: Capability): Capability {
  const { time_series_dimension: dimension, time_series_metric: metric, ...rest } = one;
  return {
    ...rest,
    ...(dimension && other.time_series_dimension && { time_series_dimension: dimension }),
    ...(metric !== undefined && metric === other.time_series_metric && { time_series_metric: metric }),
  };
}

function seriesMarks({ time_series_dimension: dimension, time_series_metric: metric }: Property): Partial<Capability> {
  return {
    ...(String(dimension) === 'true' && { time_series_dimension: true as const }),
    ...(typeof metric === 'string' && { time_series_metric: metric }),
  };
}

function fieldCaps(indices: readonly IndexSnapshot[], wanted: Wanted): Record<string, unknown> {
  const fields = new Map<string, Map<string, { capability: Capability; indices: string[] }>>();
  const add = (name: string, capability: Capability, index: string): void => {
    const types = fields.get(name) ?? new Map();
    fields.set(name, types);
    const known = types.get(capability.type);
    if (known) {
      known.indices.push(index);
      known.capability = alike(known.capability, capability);
    } else types.set(capability.type, { capability, indices: [index] });
  };
  for (const { name: index, fields: mapped, columns } of indices) {
    if (wanted.metadata !== 'none')
      for (const [name, type] of Object.entries(metadataFields)) {
        const searchable = name !== '_source' && name !== '_version';
        const aggregatable = name === '_index' || name === '_version';
        add(name, { type, metadata_field: true, searchable, aggregatable }, index);
      }
    if (wanted.metadata === 'only') continue;
    const objects = new Set<string>();
    for (const field of mapped.values()) {
      // What Elasticsearch would not have mapped, for no value of it fits.
      if (field.isEmpty || (wanted.withoutEmpty && storedField(mapped, columns, field) === null)) continue;
      const target = field.mappingType === 'alias' ? mapped.get(field.of!) : field;
      const type = own(families, target?.mappingType ?? '') ?? target?.mappingType ?? 'keyword';
      const capability = { type, metadata_field: false, searchable: true, aggregatable: type !== 'text' };
      add(field.name, { ...capability, ...(target && seriesMarks(target.property)) }, index);
      if (field.of === null && !wanted.withoutParents)
        for (let dot = field.name.lastIndexOf('.'); dot > 0; dot = field.name.lastIndexOf('.', dot - 1))
          objects.add(field.name.slice(0, dot));
    }
    const object = { type: 'object', metadata_field: false, searchable: false, aggregatable: false };
    for (const name of objects) add(name, object, index);
  }
  const names = matchIndices(wanted.patterns, [...fields.keys()]);
  const described = names.map((name) => {
    const types = fields.get(name)!;
    const having = new Set([...types.values()].flatMap((type) => type.indices));
    const without = indices.filter((index) => !having.has(index.name)).map((index) => index.name);
    if (wanted.includeUnmapped && without.length > 0) {
      const capability = { type: 'unmapped', metadata_field: false, searchable: false, aggregatable: false };
      types.set('unmapped', { capability, indices: without });
    }
    const shown = [...types].filter(([type]) => wanted.types === null || wanted.types.includes(type));
    return [
      name,
      Object.fromEntries(
        shown.map(([type, { capability, indices: own }]) => [
          type,
          types.size > 1 ? { ...capability, indices: own } : capability,
        ]),
      ),
    ] as const;
  });
  return {
    indices: indices.map(({ name }) => name),
    fields: Object.fromEntries(described.filter(([, types]) => Object.keys(types).length > 0)),
  };
}
