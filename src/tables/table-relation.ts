import type { Field } from '../catalogue/catalogue.ts';
import { columnOf } from '../documents/columns.ts';
import type { EventMark } from '../plan/nodes.ts';
import { inNanos } from '../sql/duckdb/in-nanos.ts';
import { fromList } from '../sql/duckdb/representation.ts';
import { storageType } from '../sql/duckdb/storage-type.ts';
import { ident, join, type Sql, sql, text, unionAll } from '../sql/sql.ts';
import { withMore } from './dynamic-field.ts';
import { type FieldColumns, mergeColumns } from './field-columns.ts';
import type { Index, IndexedTable, Place } from './indexed-table.ts';
import type { FieldsByName, MappedField } from './mapped-field.ts';
import { storedField, typeOf } from './stored-field.ts';

/** A table with those of its indices that are wanted, which are read in one way. */
interface Part {
  readonly table: IndexedTable;
  readonly mode: string;
  readonly names: string[];
  readonly fields: FieldsByName[];
  readonly columns: ReadonlyMap<string, FieldColumns>[];
}

/**
 * The documents of some indices with some fields, table by table. `held`: how many indices stand in a table; where all are
 * wanted, its rows need not be looked at for their index.
 */
export function relationOf(
  indices: readonly Index[],
  fields: readonly Field[],
  marks: readonly EventMark[],
  held: (table: Sql) => number,
): Sql {
  const selects = relationsOf(indices, fields, marks, held);
  return selects.length === 0 ? nothing(fields) : unionAll(selects);
}

/** The same with each table by itself. */
export const relationsOf = (
  indices: readonly Index[],
  fields: readonly Field[],
  marks: readonly EventMark[],
  held: (table: Sql) => number,
): Sql[] => partsOf(indices).map((part) => selectOf(part, fields, marks, part.names.length === held(part.table.table)));

/** How many tables documents of some indices are read from. */
export const tablesOf = (indices: readonly Index[]): number => partsOf(indices).length;

/** One part for each table: a column that an index of several in it has no values in is null there as it is. */
function partsOf(indices: readonly Index[]): Part[] {
  const parts = new Map<string, Part>();
  for (const { summary, fields, tables } of indices)
    for (const table of tables) {
      const mode = summary.mode ?? 'standard';
      const key = `${table.table}\n${mode}\n${table.isShared ? '' : summary.name}`;
      const part = parts.get(key) ?? { table, mode, names: [], fields: [], columns: [] };
      parts.set(key, part);
      part.names.push(summary.name);
      part.fields.push(fields);
      part.columns.push(table.columns);
    }
  return [...parts.values()];
}

function selectOf(part: Part, fields: readonly Field[], wanted: readonly EventMark[], isWhole: boolean): Sql {
  const { table, names, mode } = part;
  const mapping = allOf(part.fields, (_, other) => other);
  const columns = allOf(part.columns, mergeColumns);
  const read = new Set<string>();
  const items = fields.flatMap((field) => {
    if (field.column === null) return [];
    const mapped = mapping.get(field.name);
    const value = mapped ? valueIn(mapping, columns, mapped, field) : null;
    if (value && mapped) read.add(sourceOf(mapping, mapped));
    const type = storageType(field.type);
    const cast = (item: Sql | null, storage: Sql): Sql => (item ? sql`(${item})::${storage}` : sql`NULL::${storage}`);
    return [
      sql`${cast(value?.single ?? null, type)} AS ${ident(field.column)}`,
      ...(field.listColumn ? [sql`${cast(value?.list ?? null, sql`${type}[]`)} AS ${ident(field.listColumn)}`] : []),
    ];
  });
  const always: readonly EventMark[] = ['_id', '_version', '_ignored'];
  const others = wanted.filter((name) => name === '_source' || name === '_score' || name === '_place');
  const index = table.isShared ? ident('_index') : text(names[0]!);
  const own = [
    named(index, '_index'),
    sql`${text(mode)} AS "_index_mode"`,
    ...[...always, ...others].map((name) => named(table.mark(name), name)),
  ];
  const from = withMore(table.table, columns, read);
  const select = sql`SELECT ${join([...own, ...items], ', ')} FROM ${from}`;
  return table.isShared && !isWhole ? sql`${select} WHERE "_index" IN (${join(names.map(text), ', ')})` : select;
}

/** The field whose columns hold the values of a field, as an alias or a multi-field names it. */
function sourceOf(mapping: FieldsByName, { name, of }: MappedField): string {
  const source = of === null ? undefined : mapping.get(of);
  return source ? sourceOf(mapping, source) : name;
}

/** What any of several maps has; most indices of a table are alike, and share theirs. */
function allOf<T>(maps: readonly ReadonlyMap<string, T>[], merge: (a: T, b: T) => T): ReadonlyMap<string, T> {
  const [first, ...others] = new Set(maps);
  if (others.length === 0) return first!;
  const all = new Map(first);
  for (const map of others)
    for (const [name, value] of map) {
      const known = all.get(name);
      all.set(name, known === undefined ? value : merge(known, value));
    }
  return all;
}

/** An expression under a name, which is said once where it is the expression. */
const named = (value: Sql, name: string): Sql => (value === ident(name) ? value : sql`${value} AS ${ident(name)}`);

/** The values of a field in a table, null where the table has none of the field's type. */
function valueIn(
  mapping: FieldsByName,
  columns: ReadonlyMap<string, FieldColumns>,
  own: MappedField,
  field: Field,
): Place {
  const type = typeOf(mapping, own);
  const isVariant = field.column !== columnOf(field.name, 'single');
  // A variant of a field is there in the indices of its type alone.
  if (isVariant) return type === field.type ? storedField(mapping, columns, own) : null;
  if (own.dynamic) return storedField(mapping, columns, { ...own, type: field.type });
  if (type === 'date' && field.type === 'date_nanos') return nanosOf(storedField(mapping, columns, own));
  return type === field.type ? storedField(mapping, columns, own) : null;
}

/** Dates where others of the field have nanoseconds: those beyond what these reach are none. */
function nanosOf(place: Place): Place {
  if (place === null) return null;
  const single = inNanos(place.single);
  if (place.list === null) return { single, list: null };
  const reached = fromList(sql`[${inNanos(sql`one`)} FOR one IN ${place.list} IF ${inNanos(sql`one`)} IS NOT NULL]`);
  return { single: sql`coalesce(${single}, ${reached.single})`, list: reached.list };
}

function nothing(fields: readonly Field[]): Sql {
  const items = fields.flatMap(({ column, listColumn, type }) => [
    ...(column ? [sql`NULL::${storageType(type)} AS ${ident(column)}`] : []),
    ...(listColumn ? [sql`NULL::${storageType(type)}[] AS ${ident(listColumn)}`] : []),
  ]);
  const texts = ['_index', '_index_mode', '_id', '_source'].map((name) => sql`NULL::VARCHAR AS ${ident(name)}`);
  const others = [
    sql`NULL::BIGINT AS "_version"`,
    sql`NULL::BIGINT AS "_place"`,
    sql`NULL::DOUBLE AS "_score"`,
    sql`NULL::VARCHAR[] AS "_ignored"`,
  ];
  return sql`SELECT ${join([...texts, ...others, ...items], ', ')} WHERE false`;
}
