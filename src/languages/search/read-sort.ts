import { booleanIn, type Json, objectIn, textIn } from './members.ts';
import { illegal, malformed } from './search-error.ts';
import type { SortField, SortMode } from './search-request.ts';

/*
 * `sort` of a search:
 * https://www.elastic.co/docs/reference/elasticsearch/rest-apis/sort-search-results
 */

const modes: readonly string[] = ['min', 'max', 'sum', 'avg', 'median'] satisfies SortMode[];

/** A key or a list of keys: names, or names with an order or with options. */
export function readSort(sort: unknown): SortField[] {
  return [sort ?? []]
    .flat()
    .flatMap((key) =>
      typeof key === 'string' ? [sortField(key, {})] : Object.entries(objectIn(key, 'sort')).map(readKey),
    );
}

const readKey = ([name, options]: readonly [string, unknown]): SortField =>
  sortField(name, typeof options === 'string' ? { order: options } : objectIn(options, name));

function sortField(name: string, options: Json): SortField {
  const descending = orderOf(options.order, name === '_score');
  if (name === '_score') return { kind: 'score', descending };
  if (name === '_doc' || name === '_shard_doc') return { kind: 'place', descending };
  if (name === '_script' || name === '_geo_distance') throw illegal(`sort by [${name}] is not supported`);
  const field: Mutable = {
    kind: 'field',
    field: name,
    descending,
    missing: 'last',
    mode: null,
    ignoresUnmapped: false,
    format: null,
  };
  for (const [key, value] of Object.entries(options)) readOption(field, key, value);
  return field;
}

type Mutable = {
  -readonly [K in keyof Extract<SortField, { kind: 'field' }>]: Extract<SortField, { kind: 'field' }>[K];
};

function readOption(field: Mutable, key: string, value: unknown): void {
  switch (key) {
    case 'order':
      return;
    case 'missing':
      field.missing = value === '_last' ? 'last' : value === '_first' ? 'first' : { value };
      return;
    case 'mode':
      if (!modes.includes(String(value).toLowerCase())) throw illegal(`Unknown SortMode [${String(value)}]`);
      field.mode = String(value).toLowerCase() as SortMode;
      return;
    case 'unmapped_type':
      field.ignoresUnmapped = true;
      return;
    case 'ignore_unmapped':
      field.ignoresUnmapped = booleanIn(value, 'ignore_unmapped');
      return;
    case 'format':
      field.format = textIn(value, 'format');
      return;
    // The numbers are compared as they are, whatever type they are said to have.
    case 'numeric_type':
      return;
    case 'nested':
    case 'nested_path':
    case 'nested_filter':
      throw illegal(`sort option [${key}] is not supported: there are no nested documents here`);
    default:
      throw malformed(`[field_sort] unknown field [${key}]`);
  }
}

function orderOf(order: unknown, otherwise: boolean): boolean {
  if (order === undefined || order === null) return otherwise;
  const word = String(order).toLowerCase();
  if (word !== 'asc' && word !== 'desc') throw illegal(`Unknown SortOrder [${String(order)}]`);
  return word === 'desc';
}
