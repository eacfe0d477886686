import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageFolder } from '../package/package-folder.ts';
import { own } from '../values/own.ts';
import type { EsqlType } from '../values/types.ts';
import defend from './defend-fields.json' with { type: 'json' };
import { ecsFields } from './ecs-fields.ts';

/** How a field is known before any event is read. */
export interface KnownField {
  readonly type: EsqlType;
  /** For a multi-field: the field whose values it shows, and whether it shows them in lower case. */
  readonly of?: { readonly name: string; readonly lowerCase: boolean };
}

/** What ES|QL shows for a mapping type; objects have no values of their own. */
const columnTypes: Readonly<Record<string, EsqlType>> = {
  keyword: 'keyword',
  constant_keyword: 'keyword',
  wildcard: 'keyword',
  text: 'text',
  match_only_text: 'text',
  semantic_text: 'text',
  annotated_text: 'text',
  search_as_you_type: 'text',
  byte: 'integer',
  short: 'integer',
  integer: 'integer',
  token_count: 'integer',
  long: 'long',
  unsigned_long: 'unsigned_long',
  half_float: 'double',
  float: 'double',
  scaled_float: 'double',
  double: 'double',
  boolean: 'boolean',
  date: 'date',
  date_nanos: 'date_nanos',
  ip: 'ip',
  version: 'version',
  geo_point: 'geo_point',
};

/** The same for types whose values stand in documents alone: only an explicit mapping gives them to a field. */
const documentTypes: Readonly<Record<string, EsqlType>> = {
  flattened: 'flattened',
  binary: 'binary',
  date_range: 'date_range',
  double_range: 'double_range',
  aggregate_metric_double: 'aggregate_metric_double',
  geo_shape: 'geo_shape',
  point: 'cartesian_point',
  shape: 'cartesian_shape',
};

/** The type of the column that ES|QL shows for a mapping type; undefined where it shows none. */
export const columnTypeOf = (mappingType: string): EsqlType | undefined =>
  own(columnTypes, mappingType) ?? own(documentTypes, mappingType);

/** The types of fields that ECS, Elastic Defend and the mappings of the package define. */
export class FieldTypes {
  readonly #known = new Map<string, KnownField>();
  readonly #multi = new Map<string, string[]>();

  private constructor() {}

  static #loading: Promise<FieldTypes> | null = null;

  /** Reads the tables, once in a process; they are large, so this waits until files are read. */
  static load(): Promise<FieldTypes> {
    FieldTypes.#loading ??= FieldTypes.#read();
    return FieldTypes.#loading;
  }

  static async #read(): Promise<FieldTypes> {
    const types = new FieldTypes();
    const mapped = await readFile(join(packageFolder(), 'dist', 'mapped-fields.json'), 'utf8');
    for (const [name, type] of JSON.parse(mapped) as [string, string][]) types.#add(name, type);
    for (const { name, type, subfields } of await ecsFields()) {
      types.#add(name, type);
      for (const [sub, subType] of subfields) types.#addMulti(sub, name, subType);
    }
    for (const [type, names] of Object.entries(defend.types)) for (const name of names) types.#add(name, type);
    for (const name of defend.multiFields) types.#addMulti(name, name.slice(0, name.lastIndexOf('.')), 'text');
    return types;
  }

  /** The same, with fields beside them that neither defines. */
  with(others: ReadonlyMap<string, string>): FieldTypes {
    const types = new FieldTypes();
    for (const [name, type] of others) types.#add(name, type);
    for (const [name, known] of this.#known) types.#known.set(name, known);
    for (const [name, subs] of this.#multi) types.#multi.set(name, subs);
    return types;
  }

  /** The same, as if these fields were not known. */
  without(names: ReadonlySet<string>): FieldTypes {
    const types = new FieldTypes();
    for (const [name, known] of this.#known) if (!names.has(name)) types.#known.set(name, known);
    for (const [name, subs] of this.#multi) if (!names.has(name)) types.#multi.set(name, subs);
    return types;
  }

  #add(name: string, mappingType: string): void {
    const type = own(columnTypes, mappingType);
    if (type) this.#known.set(name, { type });
    else this.#known.delete(name);
  }

  #addMulti(name: string, of: string, mappingType: string): void {
    const lowerCase = name.endsWith('.caseless');
    this.#multi.set(of, [...new Set([...(this.#multi.get(of) ?? []), name])]);
    this.#known.set(name, {
      type: lowerCase ? 'keyword' : (own(columnTypes, mappingType) ?? 'text'),
      of: { name: of, lowerCase },
    });
  }

  get(name: string): KnownField | undefined {
    return this.#known.get(name);
  }

  /** The multi-fields of a field: names under which its values appear once more. */
  multiFieldsOf(name: string): readonly string[] {
    return this.#multi.get(name) ?? [];
  }

  /** Every known name. */
  get names(): readonly string[] {
    return [...this.#known.keys()];
  }
}
