import type { Catalogue, EnrichPolicy, Field, FieldVariant, IndexSummary } from '../catalogue/catalogue.ts';
import type { FieldTypes } from '../catalogue/field-types.ts';
import { storageType } from '../catalogue/storage-type.ts';
import type { EventRelation } from '../emit/event-relation.ts';
import { toText } from '../esql/functions/convert.ts';
import type { Representation } from '../esql/functions/definition.ts';
import { fromList } from '../esql/functions/sql-fragments.ts';
import type { MetadataField } from '../esql/plan/nodes.ts';
import { listColumn } from '../sources/event-row.ts';
import { ident, join, type Sql, sql, text } from '../sql/sql.ts';
import type { EsqlType } from '../values/types.ts';
import type { IndexSnapshot } from './index-table.ts';
import type { MappedField } from './mapping.ts';
import { refinement } from './stored-values.ts';
import { sourceOf } from './synthetic-source.ts';

/**
 * What queries may know of the store at one moment: the fields of its indices under their mappings, and for each query
 * the relation that reads just the fields it needs.
 */
export class StoreCatalogue implements Catalogue {
  readonly #byName: ReadonlyMap<string, IndexSnapshot>;
  readonly #columns = new Map<string, string>();

  /** `unmapped` knows fields that no index maps; they then read as null instead of being unknown. */
  constructor(
    tables: readonly IndexSnapshot[],
    readonly indices: readonly IndexSummary[],
    private readonly unmapped: FieldTypes | null = null,
    readonly enrichPolicies: readonly EnrichPolicy[] = [],
  ) {
    this.#byName = new Map(tables.map((table) => [table.name, table]));
    const names = [...new Set(tables.flatMap((table) => [...table.mapping.fields.keys()]))].sort();
    const taken = new Set<string>();
    for (const name of names) {
      // DuckDB does not tell `A` from `a`, and names of metadata are taken.
      let column = name.startsWith('_') ? `field ${name}` : name;
      for (let n = 2; taken.has(column.toLowerCase()); n++) column = `${name}#${n}`;
      taken.add(column.toLowerCase());
      this.#columns.set(name, column);
    }
  }

  #tables(indices: readonly string[] | null): IndexSnapshot[] {
    return (indices ?? [...this.#byName.keys()]).flatMap((name) => this.#byName.get(name) ?? []);
  }

  field(name: string, indices?: readonly string[]): Field | undefined {
    const found = this.#tables(indices ?? null).flatMap((table) => {
      const field = table.mapping.fields.get(name);
      return field ? [{ table, type: typeOf(table, field), value: stored(table, field) }] : [];
    });
    if (found.length === 0) {
      const known = this.unmapped?.get(name);
      return known && { name, type: known.type, column: null, listColumn: null };
    }
    const type = commonType(found.map((one) => one.type));
    const column = this.#columns.get(name)!;
    const place = (at: string, values: readonly (Representation | null)[]): Pick<Field, 'column' | 'listColumn'> => {
      if (values.every((value) => value === null)) return { column: null, listColumn: null };
      return { column: at, listColumn: values.some((value) => value?.list) ? listColumn(at) : null };
    };
    if (type !== 'unsupported')
      return {
        name,
        type,
        ...place(
          column,
          found.map(({ value }) => value),
        ),
      };
    const types = [...new Set(found.map((one) => one.type))].sort();
    const variants = types.map((variant): FieldVariant => {
      const own = found.filter((one) => one.type === variant);
      const at = `${column} (${variant})`;
      const values = own.map(({ value }) => value);
      return { field: { name, type: variant, ...place(at, values) }, indices: own.map(({ table }) => table.name) };
    });
    return { name, type, column: null, listColumn: null, ...(types.length > 1 && { variants }) };
  }

  fieldsOf(indices: readonly string[]): readonly Field[] {
    const names = new Set(this.#tables(indices).flatMap((table) => [...table.mapping.fields.keys()]));
    return [...names].sort().flatMap((name) => this.field(name, indices) ?? []);
  }

  get knownNames(): readonly string[] {
    return [...this.#columns.keys()];
  }

  /** The relation over the tables of these indices. */
  get relation(): EventRelation {
    return {
      metadata: storedMetadata,
      from: (indices, fields, metadata) => {
        const tables = this.#tables(indices);
        if (tables.length === 0) return sql`(${this.#nothing(fields)})`;
        const parts = tables.map((table) => this.#select(table, fields, metadata));
        return sql`(${parts.reduce((a, b) => sql`${a} UNION ALL ${b}`)})`;
      },
    };
  }

  #select(table: IndexSnapshot, fields: readonly Field[], wanted: readonly MetadataField[]): Sql {
    const items = fields.flatMap((field) => {
      if (field.column === null) return [];
      const mapped = table.mapping.fields.get(field.name);
      const own = mapped ? typeOf(table, mapped) : null;
      // A variant of a field is there in the indices of its type alone.
      const fits = own === field.type || (own === 'date' && field.type === 'date_nanos');
      const value = mapped && fits ? stored(table, mapped) : null;
      const type = storageType(field.type);
      const cast = (part: Sql | null, storage: Sql): Sql => (part ? sql`(${part})::${storage}` : sql`NULL::${storage}`);
      return [
        sql`${cast(value?.single ?? null, type)} AS ${ident(field.column)}`,
        ...(field.listColumn ? [sql`${cast(value?.list ?? null, sql`${type}[]`)} AS ${ident(field.listColumn)}`] : []),
      ];
    });
    const mode = table.settings.mode ?? 'standard';
    const metadata = [
      sql`${text(table.name)} AS "_index", ${text(mode)} AS "_index_mode"`,
      sql`"_id", "_version", "_ignored"`,
      ...(wanted.includes('_source') ? [sql`${sourceOf(table)} AS "_source"`] : []),
    ];
    return sql`SELECT ${join([...metadata, ...items], ', ')} FROM ${table.table}`;
  }

  #nothing(fields: readonly Field[]): Sql {
    const items = fields.flatMap(({ column, listColumn: lists, type }) => [
      ...(column ? [sql`NULL::${storageType(type)} AS ${ident(column)}`] : []),
      ...(lists ? [sql`NULL::${storageType(type)}[] AS ${ident(lists)}`] : []),
    ]);
    const texts = ['_index', '_index_mode', '_id', '_source'].map((name) => sql`NULL::VARCHAR AS ${ident(name)}`);
    const metadata = [...texts, sql`NULL::BIGINT AS "_version"`, sql`NULL::VARCHAR[] AS "_ignored"`];
    return sql`SELECT ${join([...metadata, ...items], ', ')} WHERE false`;
  }
}

function storedMetadata(field: MetadataField): Representation {
  if (field === '_score') return { single: sql`0::DOUBLE`, list: null };
  return field === '_ignored' ? fromList(ident('_ignored')) : { single: ident(field), list: null };
}

/** The type of a field in several indices: where they differ, queries cannot use it. */
function commonType(types: readonly EsqlType[]): EsqlType {
  const distinct = new Set(types);
  if (distinct.size === 1) return types[0]!;
  if (distinct.size === 2 && distinct.has('date') && distinct.has('date_nanos')) return 'date_nanos';
  return 'unsupported';
}

/** An alias has the type of what it stands for. */
function typeOf(table: IndexSnapshot, field: MappedField): EsqlType {
  const target = field.mappingType === 'alias' ? table.mapping.fields.get(field.of!) : undefined;
  return target && target.mappingType !== 'alias' ? typeOf(table, target) : field.type;
}

/** The SQL of a field in its table, with a list only where some document has several values; null for no values. */
function stored(table: IndexSnapshot, field: MappedField): Representation | null {
  if (field.of !== null) {
    const target = table.mapping.fields.get(field.of);
    if (!target || target.mappingType === 'alias') return null;
    const value = stored(table, target);
    return value && field.mappingType !== 'alias' ? derived(field, target, value) : value;
  }
  const known = table.columns.get(field.name);
  if (!known) return null;
  const single = ident(known.column);
  if (field.mappingType === 'constant_keyword' && typeof field.property.value === 'string')
    return { single: sql`coalesce(${single}, ${text(field.property.value)})`, list: null };
  return { single, list: known.several ? ident(listColumn(known.column)) : null };
}

const numeric: readonly EsqlType[] = ['integer', 'long', 'unsigned_long', 'double'];

/** A multi-field shows the values of another field once more, kept in its own way. */
function derived(field: MappedField, of: MappedField, { single, list }: Representation): Representation | null {
  const refine = refinement(field);
  const type = storageType(field.type);
  const bothNumbers = numeric.includes(field.type) && numeric.includes(of.type);
  const asText = field.type === 'keyword' || field.type === 'text';
  if (!bothNumbers && !asText) return null;
  // Whole numbers are what stands before the point.
  const cut = of.type === 'double' && field.type !== 'double';
  const one = (value: Sql): Sql => {
    const own = asText ? toText(value, of.type) : sql`TRY_CAST(${cut ? sql`trunc(${value})` : value} AS ${type})`;
    return refine ? refine(own) : own;
  };
  if (!list) return { single: one(single), list: null };
  const v = ident('v');
  const kept = sql`list_filter(list_transform(${list}, lambda ${v}: ${one(v)}), lambda ${v}: ${v} IS NOT NULL)`;
  const several = field.type === 'keyword' ? sql`list_sort(list_distinct(${kept}))` : kept;
  return {
    single: sql`CASE WHEN ${list} IS NULL THEN ${one(single)} WHEN len(${several}) = 1 THEN (${several})[1] END`,
    list: sql`CASE WHEN len(${several}) > 1 THEN ${several} END`,
  };
}
