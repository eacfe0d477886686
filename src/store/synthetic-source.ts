import { columnOf } from '../documents/columns.ts';
import { toText } from '../sql/duckdb/functions/texts.ts';
import { storageType } from '../sql/duckdb/storage-type.ts';
import { coalesce, ident, join, type Sql, sql, text } from '../sql/sql.ts';
import type { DynamicColumns, TypedColumns } from '../tables/field-columns.ts';
import type { EsqlType } from '../values/types.ts';
import type { IndexSettings, IndexSnapshot } from './index-table.ts';

/*
 * Documents that are not kept as they came, but made of their columns again, as Elasticsearch does in the logs-*-* data
 * streams: https://www.elastic.co/docs/reference/elasticsearch/mapping-reference/mapping-source-field#synthetic-source
 * What the columns do not hold is kept: such a document stays whole.
 */

export const sourceModeSetting = 'mapping.source.mode';

export const isSynthetic = (settings: IndexSettings): boolean => settings[sourceModeSetting] === 'synthetic';

type Tables = Pick<IndexSnapshot, 'settings' | 'fields' | 'columns'>;

/** The SQL of a row's document as JSON text. */
export function sourceOf({ settings, fields, columns }: Tables): Sql {
  const kept = ident('_source');
  if (!isSynthetic(settings)) return kept;
  const root: Members = new Map();
  // In the order of their names, whatever came first.
  for (const [name, own] of [...columns].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const json = own.kind === 'typed' ? jsonOfTyped(name, fields.get(name)!.type, own) : jsonOfDynamic(name, own);
    if (json)
      put(
        root,
        keysOf(name, (parent) => columns.has(parent)),
        json,
      );
  }
  return sql`coalesce(${kept}, ${object(root)})`;
}

/**
 * The keys under which a field stands in a document, one in the other. A name that has values of its own is no object for
 * those below it: their keys then have dots.
 */
export function keysOf(name: string, hasValues: (parent: string) => boolean): string[] {
  const keys: string[] = [];
  let begin = 0;
  for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
    if (hasValues(name.slice(0, dot))) continue;
    keys.push(name.slice(begin, dot));
    begin = dot + 1;
  }
  return [...keys, name.slice(begin)];
}

/** JSON text that is null where a row has no value; or members of an object. */
type Members = Map<string, Sql | Members>;

function put(into: Members, [key, ...rest]: readonly string[], json: Sql): void {
  if (rest.length === 0) {
    into.set(key!, json);
    return;
  }
  let below = into.get(key!);
  if (!(below instanceof Map)) {
    below = new Map();
    into.set(key!, below);
  }
  put(below, rest, json);
}

/** Texts are put together, for a JSON value would not keep the digits of every number. */
function object(members: Members): Sql {
  return members.size === 0 ? sql`'{}'` : sql`'{' || ${memberTexts(members)} || '}'`;
}

/** The members that there are, with commas between them; an empty text where there is none. */
function memberTexts(members: Members): Sql {
  const parts = [...members].map(([key, part]) => {
    const name = text(`${JSON.stringify(key)}:`);
    if (!(part instanceof Map)) return sql`${name} || ${part}`;
    return sql`${name} || '{' || nullif(${memberTexts(part)}, '') || '}'`;
  });
  return sql`concat_ws(',', ${join(parts, ', ')})`;
}

const isNative = (type: EsqlType): boolean => ['boolean', 'integer', 'long', 'unsigned_long', 'double'].includes(type);

function jsonOfTyped(name: string, type: EsqlType, { single, list }: TypedColumns): Sql | null {
  const v = ident('v');
  const scalar = (value: Sql): Sql => (isNative(type) ? value : toText(value, type));
  const several = (values: Sql): Sql =>
    isNative(type) ? values : sql`list_transform(${values}::${storageType(type)}[], lambda ${v}: ${toText(v, type)})`;
  return firstOf([
    ...(single ? [sql`to_json(${scalar(ident(columnOf(name, 'single')))})::VARCHAR`] : []),
    ...(list ? [sql`to_json(${several(ident(columnOf(name, 'list')))})::VARCHAR`] : []),
  ]);
}

function jsonOfDynamic(name: string, { columns }: DynamicColumns): Sql | null {
  return firstOf(
    [...columns].map((part) => {
      const column = ident(columnOf(name, part));
      return part === 'mixed[]' ? jsonOfTagged(column) : sql`to_json(${column})::VARCHAR`;
    }),
  );
}

/** Values behind the letters of their kinds, of which numbers are as they were written. */
function jsonOfTagged(values: Sql): Sql {
  const v = ident('v');
  const plain = sql`substring(${v}, 2)`;
  const one = sql`CASE WHEN ${v}[1] IN ('s', 't') THEN to_json(${plain})::VARCHAR ELSE ${plain} END`;
  const all = sql`list_transform(${values}, lambda ${v}: ${one})`;
  return sql`CASE WHEN len(${values}) = 1 THEN ${all}[1] ELSE '[' || array_to_string(${all}, ',') || ']' END`;
}

const firstOf = (parts: readonly Sql[]): Sql | null => (parts.length === 0 ? null : coalesce(parts));
