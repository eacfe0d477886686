import { storageType } from '../catalogue/storage-type.ts';
import { toText } from '../esql/functions/convert.ts';
import { listColumn } from '../sources/event-row.ts';
import { ident, join, type Sql, sql, text } from '../sql/sql.ts';
import type { EsqlType } from '../values/types.ts';
import type { IndexSettings, IndexSnapshot } from './index-table.ts';

/*
 * Documents that are not kept as they came, but made of their columns again, as Elasticsearch does in the logs-*-* data
 * streams: https://www.elastic.co/docs/reference/elasticsearch/mapping-reference/mapping-source-field#synthetic-source
 * What the columns do not hold is kept: such a document stays whole.
 */

export const sourceModeSetting = 'mapping.source.mode';

export const isSynthetic = (settings: IndexSettings): boolean => settings[sourceModeSetting] === 'synthetic';

type Tables = Pick<IndexSnapshot, 'settings' | 'mapping' | 'columns'>;

/** The SQL of a row's document as JSON text. */
export function sourceOf({ settings, mapping, columns }: Tables): Sql {
  const kept = ident('_source');
  if (!isSynthetic(settings)) return kept;
  const root: Members = new Map();
  for (const field of mapping.fields.values()) {
    const known = columns.get(field.name);
    if (field.of !== null || !known) continue;
    const single = ident(known.column);
    const list = known.hasList ? sql`${ident(listColumn(known.column))}::${storageType(field.type)}[]` : null;
    put(root, field.name.split('.'), {
      json: list
        ? sql`CASE WHEN ${list} IS NULL THEN ${scalar(single, field.type)} ELSE ${several(list, field.type)} END`
        : scalar(single, field.type),
      present: list ? sql`(${single} IS NOT NULL OR ${list} IS NOT NULL)` : sql`${single} IS NOT NULL`,
    });
  }
  // A patch with nulls removes what it names, and there is nothing to remove: what is left has none.
  return sql`coalesce(${kept}, json_merge_patch('{}', ${object(root)})::VARCHAR)`;
}

interface Part {
  readonly json: Sql;
  /** Whether a row has it. */
  readonly present: Sql;
}
type Members = Map<string, Part | Members>;

function put(into: Members, [key, ...rest]: readonly string[], part: Part): void {
  if (rest.length === 0) {
    into.set(key!, part);
    return;
  }
  let below = into.get(key!);
  if (!(below instanceof Map)) {
    below = new Map();
    into.set(key!, below);
  }
  put(below, rest, part);
}

function object(members: Members): Sql {
  const pairs = [...members].map(([key, part]) => {
    const json = part instanceof Map ? sql`CASE WHEN ${anyOf(part)} THEN ${object(part)} END` : part.json;
    return sql`${text(key)}, ${json}`;
  });
  return sql`json_object(${join(pairs, ', ')})`;
}

function anyOf(members: Members): Sql {
  const parts = [...members.values()].map((part) => (part instanceof Map ? anyOf(part) : part.present));
  return sql`(${join(parts, ' OR ')})`;
}

const isNative = (type: EsqlType): boolean => ['boolean', 'integer', 'long', 'unsigned_long', 'double'].includes(type);

const scalar = (value: Sql, type: EsqlType): Sql => sql`to_json(${isNative(type) ? value : toText(value, type)})`;

function several(values: Sql, type: EsqlType): Sql {
  const v = ident('v');
  return isNative(type)
    ? sql`to_json(${values})`
    : sql`to_json(list_transform(${values}, lambda ${v}: ${toText(v, type)}))`;
}
