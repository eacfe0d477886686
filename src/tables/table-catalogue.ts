import type { Catalogue, EnrichPolicy, Field, FieldVariant, IndexSummary } from '../catalogue/catalogue.ts';
import type { FieldTypes } from '../catalogue/field-types.ts';
import { storageType } from '../catalogue/storage-type.ts';
import { columnOf } from '../documents/columns.ts';
import type { EventRelation } from '../emit/event-relation.ts';
import { fromList } from '../esql/functions/sql-fragments.ts';
import type { MetadataField } from '../esql/plan/nodes.ts';
import { ident, join, type Sql, sql, text } from '../sql/sql.ts';
import type { EsqlType } from '../values/types.ts';
import { withMoreKeys } from './dynamic-field.ts';
import type { Index, IndexedTable, Place } from './indexed-table.ts';
import { typeOfAll } from './kinds.ts';
import type { FieldsByName, MappedField } from './mapped-field.ts';
import { storedField, typeOf } from './stored-field.ts';

/** A statement that shows more columns takes the engine seconds to plan. */
const mostShown = 1000;

export interface CatalogueOptions {
  /** Knows fields that no index maps; they then read as null instead of being unknown. */
  readonly unmapped?: FieldTypes | null;
  readonly enrichPolicies?: readonly EnrichPolicy[];
  /** Names beside those of the mappings in which near matches are looked for. */
  readonly otherNames?: readonly string[];
}

/**
 * What queries may know of tables of documents: the fields of their indices under their mappings, and for each query the
 * relation that reads just the fields it needs.
 */
export class TableCatalogue implements Catalogue {
  readonly indices: readonly IndexSummary[];
  readonly enrichPolicies: readonly EnrichPolicy[];
  readonly #byName: ReadonlyMap<string, Index>;
  readonly #unmapped: FieldTypes | null;
  readonly #otherNames: readonly string[];

  constructor(
    indices: readonly Index[],
    { unmapped = null, enrichPolicies = [], otherNames = [] }: CatalogueOptions = {},
  ) {
    this.#byName = new Map(indices.map((index) => [index.summary.name, index]));
    this.indices = indices.map(({ summary }) => summary);
    this.#unmapped = unmapped;
    this.enrichPolicies = enrichPolicies;
    this.#otherNames = otherNames;
  }

  #among(names: readonly string[] | null): Index[] {
    return (names ?? [...this.#byName.keys()]).flatMap((name) => this.#byName.get(name) ?? []);
  }

  field(name: string, indices?: readonly string[]): Field | undefined {
    const found = this.#among(indices ?? null).flatMap(({ summary, fields, tables }) => {
      const field = fields.get(name);
      if (!field) return [];
      return [{ index: summary.name, type: typeOf(fields, field), field, fields, tables }];
    });
    if (found.length === 0) {
      const known = this.#unmapped?.get(name);
      return known && { name, type: known.type, column: null, listColumn: null };
    }
    const type = commonType(found);
    const column = columnOf(name, 'single');
    const placesOf = ({ fields, field, tables }: (typeof found)[number], as: EsqlType): Place[] =>
      tables.map(({ columns }) => storedField(fields, columns, field.dynamic ? { ...field, type: as } : field));
    if (type !== 'unsupported')
      return {
        name,
        type,
        ...placed(
          column,
          found.flatMap((one) => placesOf(one, type)),
        ),
      };
    const types = [...new Set(found.map((one) => one.type))].sort();
    const variants = types.map((variant): FieldVariant => {
      const own = found.filter((one) => one.type === variant);
      const places = own.flatMap((one) => placesOf(one, variant));
      return {
        field: { name, type: variant, ...placed(`${column} (${variant})`, places) },
        indices: own.map(({ index }) => index),
      };
    });
    return { name, type, column: null, listColumn: null, ...(types.length > 1 && { variants }) };
  }

  fieldsOf(indices: readonly string[]): readonly Field[] {
    return this.#names(indices).shown.flatMap((name) => this.field(name, indices) ?? []);
  }

  hiddenFields(indices: readonly string[]): number {
    return this.#names(indices).hidden;
  }

  /** The names of fields in order. Of those that no mapping knows, only the first are shown; the others can be named. */
  #names(indices: readonly string[]): { readonly shown: readonly string[]; readonly hidden: number } {
    const mapped = new Set<string>();
    const dynamic = new Set<string>();
    const seen = new Set<FieldsByName>();
    for (const { fields } of this.#among(indices)) {
      if (seen.has(fields)) continue;
      seen.add(fields);
      for (const [name, field] of fields) if (!field.isEmpty) (field.dynamic ? dynamic : mapped).add(name);
    }
    for (const name of mapped) dynamic.delete(name);
    const sorted = [...dynamic].sort();
    return {
      shown: [...mapped, ...sorted.slice(0, mostShown)].sort(),
      hidden: Math.max(0, sorted.length - mostShown),
    };
  }

  get knownNames(): readonly string[] {
    const own = this.#among(null).flatMap(({ fields }) => [...fields.keys()]);
    return [...new Set([...own, ...this.#otherNames])];
  }

  /** The relation over the tables of these indices. */
  get relation(): EventRelation {
    return {
      metadata: (field) => (field === '_ignored' ? fromList(ident(field)) : { single: ident(field), list: null }),
      from: (names, fields, metadata) => {
        const parts = this.#parts(this.#among(names), fields, metadata);
        if (parts.length === 0) return sql`(${nothing(fields)})`;
        return sql`(${parts.reduce((a, b) => sql`${a} UNION ALL ${b}`)})`;
      },
    };
  }

  /** One part for each table and each way of reading it: most indices of a table are read in the same way. */
  #parts(indices: readonly Index[], fields: readonly Field[], wanted: readonly MetadataField[]): Sql[] {
    const groups = new Map<string, { select: Sql; table: IndexedTable; mode: Sql; names: string[] }>();
    for (const { summary, fields: mapping, tables } of indices)
      for (const table of tables) {
        const mode = text(summary.mode ?? 'standard');
        const select = selectOf(mapping, table, fields, wanted);
        const key = `${table.table}\n${mode}\n${table.isShared ? '' : summary.name}\n${select}`;
        const group = groups.get(key);
        if (group) group.names.push(summary.name);
        else groups.set(key, { select, table, mode, names: [summary.name] });
      }
    return [...groups.values()].map(({ select, table, mode, names }) => {
      const index = table.isShared ? ident('_index') : text(names[0]!);
      const from = withMoreKeys(table.table, table.columns);
      const items = sql`SELECT ${named(index, '_index')}, ${mode} AS "_index_mode", ${select} FROM ${from}`;
      if (!table.isShared || this.#holdsOnly(table, names)) return items;
      return sql`${items} WHERE "_index" IN (${join(names.map(text), ', ')})`;
    });
  }

  /** Whether a table holds no other indices than these. */
  #holdsOnly({ table }: IndexedTable, names: readonly string[]): boolean {
    let held = 0;
    for (const { tables } of this.#byName.values()) if (tables.some((other) => other.table === table)) held += 1;
    return held === names.length;
  }
}

/** Where a field stands in the relation that queries read. */
function placed(column: string, places: readonly Place[]): Pick<Field, 'column' | 'listColumn'> {
  if (places.every((place) => place === null)) return { column: null, listColumn: null };
  return { column, listColumn: places.some((place) => place?.list) ? `${column}[]` : null };
}

function selectOf(
  mapping: FieldsByName,
  { columns, metadata }: IndexedTable,
  fields: readonly Field[],
  wanted: readonly MetadataField[],
): Sql {
  const items = fields.flatMap((field) => {
    if (field.column === null) return [];
    const mapped = mapping.get(field.name);
    const value = mapped ? valueIn(mapping, columns, mapped, field) : null;
    const type = storageType(field.type);
    const cast = (part: Sql | null, storage: Sql): Sql => (part ? sql`(${part})::${storage}` : sql`NULL::${storage}`);
    return [
      sql`${cast(value?.single ?? null, type)} AS ${ident(field.column)}`,
      ...(field.listColumn ? [sql`${cast(value?.list ?? null, sql`${type}[]`)} AS ${ident(field.listColumn)}`] : []),
    ];
  });
  const always: readonly MetadataField[] = ['_id', '_version', '_ignored'];
  const others = wanted.filter((name) => name === '_source' || name === '_score');
  const more = [...always, ...others].map((name) => named(metadata(name), name));
  return join([...more, ...items], ', ');
}

/** An expression under a name, which is said once where it is the expression. */
const named = (value: Sql, name: string): Sql => (value === ident(name) ? value : sql`${value} AS ${ident(name)}`);

/** The values of a field in a table, null where the table has none of the field's type. */
function valueIn(mapping: FieldsByName, columns: IndexedTable['columns'], own: MappedField, field: Field): Place {
  const type = typeOf(mapping, own);
  const isVariant = field.column !== columnOf(field.name, 'single');
  // A variant of a field is there in the indices of its type alone.
  if (type === field.type || (type === 'date' && field.type === 'date_nanos'))
    return storedField(mapping, columns, own);
  return own.dynamic && !isVariant ? storedField(mapping, columns, { ...own, type: field.type }) : null;
}

function nothing(fields: readonly Field[]): Sql {
  const items = fields.flatMap(({ column, listColumn, type }) => [
    ...(column ? [sql`NULL::${storageType(type)} AS ${ident(column)}`] : []),
    ...(listColumn ? [sql`NULL::${storageType(type)}[] AS ${ident(listColumn)}`] : []),
  ]);
  const texts = ['_index', '_index_mode', '_id', '_source'].map((name) => sql`NULL::VARCHAR AS ${ident(name)}`);
  const others = [sql`NULL::BIGINT AS "_version"`, sql`NULL::DOUBLE AS "_score"`, sql`NULL::VARCHAR[] AS "_ignored"`];
  return sql`SELECT ${join([...texts, ...others, ...items], ', ')} WHERE false`;
}

/**
 * The type of a field in several indices. Where mappings differ, queries cannot use it; where no mapping knows it, its type
 * follows from the values in all of these.
 */
function commonType(found: readonly { readonly type: EsqlType; readonly field: MappedField }[]): EsqlType {
  const distinct = new Set(found.map(({ type }) => type));
  if (distinct.size === 1) return found[0]!.type;
  const dynamic = found.flatMap(({ field }) => field.dynamic ?? []);
  if (dynamic.length === found.length) return typeOfAll(dynamic);
  if (distinct.size === 2 && distinct.has('date') && distinct.has('date_nanos')) return 'date_nanos';
  return 'unsupported';
}
