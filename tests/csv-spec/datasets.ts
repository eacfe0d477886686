import { readFileSync } from 'node:fs';
import { splitList, unescaped } from './spec-file.ts';

/** A data set of the suite: an index, the files that it comes from, and what differs from them. */
export interface Dataset {
  readonly index: string;
  readonly mapping?: string;
  readonly data?: string;
  readonly lookup?: true;
  /** Types that replace those of the mapping. */
  readonly types?: Readonly<Record<string, string>>;
  /** Fields that the mapping loses; documents have them all the same. */
  readonly unmapped?: readonly string[];
}

const people = { mapping: 'mapping-default.json', data: 'employees.csv' };
const lookup = { lookup: true } as const;
const sample = (index: string, timestamp: string, more: object = {}): Dataset => ({
  ...{ index, mapping: 'mapping-sample_data.json', data: `${index.replace('__', '_').replace('_lookup', '')}.csv` },
  types: { '@timestamp': timestamp },
  ...more,
});

/** Indices that do not come from `mapping-INDEX.json` and `INDEX.csv`. */
const special: readonly Dataset[] = [
  { index: 'employees', ...people },
  { index: 'employees_incompatible', mapping: 'mapping-default-incompatible.json' },
  { index: 'employees_no_names', ...people, unmapped: ['first_name', 'last_name'] },
  { index: 'employees_no_gender', ...people, unmapped: ['gender'] },
  { index: 'employees_gender_text', ...people, types: { gender: 'text' } },
  { index: 'employees_no_mv', ...people, data: 'employees_no_mv.csv' },
  { index: 'all_types', mapping: 'mapping-all-types.json', data: 'all-types.csv' },
  { index: 'all_types_mv', mapping: 'mapping-all-types.json', data: 'all-types-mv.csv' },
  { index: 'all_types_no_short', mapping: 'mapping-all-types.json', data: 'all-types.csv', unmapped: ['short'] },
  {
    ...{ index: 'all_types_short_as_long', mapping: 'mapping-all-types.json', data: 'all-types.csv' },
    types: { short: 'long' },
  },
  {
    ...{ index: 'hosts_ip_is_kwd', mapping: 'mapping-hosts.json', data: 'hosts.csv' },
    types: { ip0: 'keyword', ip1: 'keyword' },
  },
  { index: 'apps_short', mapping: 'mapping-apps.json', data: 'apps.csv', types: { id: 'short' } },
  { index: 'languages_lookup', mapping: 'mapping-languages.json', data: 'languages.csv', ...lookup },
  {
    ...{ index: 'languages_lookup_non_unique_key', mapping: 'mapping-languages.json', ...lookup },
    data: 'languages_non_unique_key.csv',
  },
  { index: 'languages_nested_fields', ...lookup },
  { index: 'languages_mixed_numerics', ...lookup },
  { index: 'keyword_languages_lookup', ...lookup },
  { index: 'cloned_sample_data', mapping: 'mapping-sample_data.json', data: 'sample_data.csv' },
  {
    ...{ index: 'no_message_sample_data', mapping: 'mapping-sample_data.json', data: 'sample_data.csv' },
    unmapped: ['message'],
  },
  { index: 'partial_mapping_mv_sample_data', mapping: 'mapping-partial_mapping_sample_data.json' },
  {
    ...{ index: 'no_mapping_sample_data', mapping: 'mapping-no_mapping_sample_data.json' },
    data: 'partial_mapping_sample_data.csv',
  },
  { index: 'partial_mapping_no_source_sample_data', data: 'partial_mapping_sample_data.csv' },
  { index: 'partial_mapping_excluded_source_sample_data', data: 'partial_mapping_sample_data.csv' },
  {
    ...{ index: 'no_mapping_date_extract_fields', mapping: 'mapping-no_mapping_sample_data.json' },
    data: 'date_extract_fields.csv',
  },
  { index: 'partial_message_types_lookup', ...lookup },
  {
    ...{ index: 'sample_data_str', mapping: 'mapping-sample_data.json', data: 'sample_data.csv' },
    types: { client_ip: 'keyword' },
  },
  sample('sample_data_ts_long', 'long'),
  sample('sample_data_ts_nanos', 'date_nanos'),
  sample('sample__data_ts_nanos_lookup', 'date_nanos', lookup),
  { index: 'clientips_lookup', mapping: 'mapping-clientips.json', data: 'clientips.csv', ...lookup },
  { index: 'message_types_lookup', mapping: 'mapping-message_types.json', data: 'message_types.csv', ...lookup },
  ...['threat_list', 'service_owners', 'host_inventory', 'ownerships', 'host_threat_list', 'host_info_lookup'].map(
    (index) => ({ index, ...lookup }),
  ),
  ...['airport_city_boundaries', 'colors_cmyk', 'path_lookup', 'multi_column_joinable_lookup'].map((index) => ({
    ...{ index, ...lookup },
  })),
  { index: 'airports_mp', mapping: 'mapping-airports.json', ...lookup },
  ...['no_doc_values', 'not_indexed', 'not_indexed_nor_doc_values'].map((how) => ({
    ...{ index: `airports_${how}`, data: 'airports.csv' },
  })),
  { index: 'cartesian_multipolygons_no_doc_values', data: 'cartesian_multipolygons.csv' },
  {
    ...{ index: 'addresses_no_continent', mapping: 'mapping-addresses.json', data: 'addresses.csv' },
    unmapped: ['city.country.continent'],
  },
  { index: 'k8s', mapping: 'k8s-mappings.json' },
  { index: 'text_state_unmapped', mapping: 'mapping-text_state_mapped.json', unmapped: ['txt'] },
  { index: 'text_state_nonexistent', mapping: 'mapping-text_state_mapped.json', unmapped: ['txt'] },
];

/** How to make an index that a query names, from the files there are; null when they are not there. */
export function datasetOf(index: string, files: ReadonlyMap<string, string>): LoadedDataset | null {
  const known = special.find((one) => one.index === index);
  const mapping = files.get(known?.mapping ?? `mapping-${index}.json`);
  if (mapping === undefined) return null;
  const data = files.get(known?.data ?? `${index}.csv`);
  const { mappings, fields } = mappingOf(JSON.parse(readFileSync(mapping, 'utf8')), known);
  const documents = data === undefined ? [] : readData(readFileSync(data, 'utf8'), fields);
  const mode = known?.lookup
    ? 'lookup'
    : JSON.stringify(mappings).includes('time_series_dimension')
      ? 'time_series'
      : null;
  return { index, mappings, mode, documents };
}

export interface LoadedDataset {
  readonly index: string;
  readonly mappings: Mapping;
  /** `index.mode`; null where nothing is to be said of it. */
  readonly mode: string | null;
  readonly documents: readonly { readonly id: string | null; readonly source: unknown }[];
}

interface Mapping {
  properties?: Record<string, Mapping>;
  fields?: Record<string, Mapping>;
  type?: string;
  dynamic?: string;
  [other: string]: unknown;
}

function mappingOf(mappings: Mapping, dataset: Dataset | undefined): { mappings: Mapping; fields: Set<string> } {
  for (const path of dataset?.unmapped ?? []) {
    const parent = find(mappings, path.split('.').slice(0, -1));
    if (parent?.properties) delete parent.properties[path.split('.').at(-1)!];
  }
  if (dataset?.unmapped) mappings.dynamic = 'false';
  for (const [path, type] of Object.entries(dataset?.types ?? {})) {
    const parent = find(mappings, path.split('.').slice(0, -1));
    if (parent?.properties) parent.properties[path.split('.').at(-1)!] = { type };
  }
  return { mappings, fields: new Set(multiFields(mappings, '')) };
}

const find = (mapping: Mapping, path: readonly string[]): Mapping | undefined =>
  path.reduce<Mapping | undefined>((node, name) => node?.properties?.[name], mapping);

/** Fields that come from others: no document has them itself. */
function multiFields({ properties = {} }: Mapping, prefix: string): string[] {
  return Object.entries(properties).flatMap(([name, child]) => [
    ...Object.keys(child.fields ?? {}).map((sub) => `${prefix}${name}.${sub}`),
    ...multiFields(child, `${prefix}${name}.`),
  ]);
}

/** The documents of a data file. Cells are divided by commas, lists stand in brackets, what is empty is left out. */
function readData(text: string, derived: ReadonlySet<string>): { id: string | null; source: unknown }[] {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !/^\s*(?:\/\/|#)/.test(line));
  const [header = '', ...rows] = lines;
  const columns = splitData(header).map((cell) => {
    const [name = '', type = ''] = cell.split(/:(?=[^:]*$)/);
    return { name: name.trim(), type: type.trim().toLowerCase() };
  });
  const isKey = (name: string): boolean => name === '_id' || name === 'id_';
  return rows.map((row) => {
    const cells = splitData(row);
    const source: [string, unknown][] = [];
    let id: string | null = null;
    for (const [i, { name, type }] of columns.entries()) {
      const cell = cells[i] ?? '';
      if (cell === '') continue;
      if (isKey(name)) id = cell;
      else if (!derived.has(name)) source.push([name, valueIn(cell, type)]);
    }
    return { id, source: nested(source) };
  });
}

/** The cells of a line of data: commas in brackets, quotes and behind backslashes divide nothing. */
function splitData(line: string): string[] {
  const cells: string[] = [];
  let cell = '';
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const char = line[i]!;
    if (char === '\\') cell += char + (line[++i] ?? '');
    else if (char === '"' && quoted && line[i + 1] === '"') cell += line[++i];
    else if (char === '"') quoted = !quoted;
    else if (char === ',' && !quoted && depth === 0) {
      cells.push(cell.trim());
      cell = '';
    } else {
      if (!quoted && char === '[') depth += 1;
      if (!quoted && char === ']') depth -= 1;
      cell += char;
    }
  }
  return [...cells, cell.trim()];
}

function valueIn(cell: string, type: string): unknown {
  if (/^\[.*\]$/.test(cell)) return splitList(cell.slice(1, -1)).map((one) => valueIn(unescaped(one), type));
  const value = unescaped(cell);
  if (/^(?:flattened|object)$/.test(type) || (/range|histogram/.test(type) && value.startsWith('{')))
    return JSON.parse(value);
  return type === 'boolean' || type === 'bool' ? value === 'true' : value;
}

/** Dotted names as objects. */
function nested(pairs: readonly (readonly [string, unknown])[]): unknown {
  const root = new Map<string, unknown>();
  for (const [path, value] of pairs) {
    const names = path.split('.');
    let node = root;
    for (const name of names.slice(0, -1)) {
      const below = node.get(name);
      const next = below instanceof Map ? below : new Map<string, unknown>();
      node.set(name, next);
      node = next;
    }
    node.set(names.at(-1)!, value);
  }
  const plain = (value: unknown): unknown =>
    value instanceof Map ? Object.fromEntries([...value].map(([name, inner]) => [name, plain(inner)])) : value;
  return plain(root);
}
