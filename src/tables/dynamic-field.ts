import { columnOf, type KindWithColumn, listOf, moreKey, ownColumns } from '../documents/columns.ts';
import type { Representation } from '../sql/duckdb/representation.ts';
import { storageType } from '../sql/duckdb/storage-type.ts';
import { coalesce, ident, join, number, type Sql, sql, text } from '../sql/sql.ts';
import type { EsqlType } from '../values/types.ts';
import type { DynamicColumns, FieldColumns } from './field-columns.ts';
import { arranged, dateOfText, eachOf, element, valueOfText } from './values.ts';

const columnKinds: readonly KindWithColumn[] = ['whole', 'decimal', 'boolean', 'date', 'text'];

/** The types whose lists the reader has put in order already, kind by kind. */
const natural: Readonly<Partial<Record<KindWithColumn, readonly EsqlType[]>>> = {
  whole: ['long', 'double', 'unsigned_long'],
  decimal: ['double'],
  boolean: ['boolean'],
  text: ['keyword', 'text'],
};

/** A field that no mapping knows, in SQL: the columns of its kinds as values of the type that follows from them all. */
export function dynamicField(name: string, type: EsqlType, filled: DynamicColumns): Representation {
  const singles: Sql[] = [];
  /** Lists that are in order and hold two values at least, and lists that may hold any number in any order. */
  const inOrder: Sql[] = [];
  const others: Sql[] = [];
  for (const kind of columnKinds) {
    if (filled.columns.has(kind)) singles.push(valueOfKind(kind, type, ident(columnOf(name, kind))));
    if (!filled.columns.has(listOf(kind))) continue;
    const values = ident(columnOf(name, listOf(kind)));
    const isNatural = natural[kind]?.includes(type) ?? false;
    const converted = sql`list_transform(${values}, lambda ${element}: ${valueOfKind(kind, type, element)})`;
    if (isNatural) inOrder.push(isStoredAs(kind, type) ? values : converted);
    else others.push(converted);
  }
  const plain = (tagged: Sql): Sql => sql`substring(${tagged}, 2)`;
  const ofTagged = (tagged: Sql): Sql => eachOf(tagged, (value) => valueOfWritten(type, plain(value)));
  if (filled.columns.has('mixed[]')) others.push(ofTagged(ident(columnOf(name, 'mixed[]'))));
  if (filled.more.size > 0) {
    if (filled.moreHasLists) others.push(ofTagged(inMore(name)));
    else singles.push(valueOfWritten(type, inMore(name)));
  }
  if (others.length === 0) {
    const none = sql`NULL`;
    return {
      single: singles.length > 0 ? coalesce(singles) : none,
      list: inOrder.length > 0 ? coalesce(inOrder) : null,
    };
  }
  const all = arranged(type, coalesce(others));
  return {
    single: coalesce([...singles, sql`CASE WHEN len(${all}) = 1 THEN (${all})[1] END`]),
    list: coalesce([...inOrder, sql`CASE WHEN len(${all}) > 1 THEN ${all} END`]),
  };
}

/** The fields to which the values in `_more` belong, each as it is named there. */
const moreKeys = ident('_more_keys');

/** The column of a step with what a document says of a field that has no columns of its own. */
const inMore = (name: string): Sql => ident(`${columnOf(name, 'single')}:more`);

/**
 * Rows with what documents say of those fields to be read that have no columns of their own: a text as it was written, or
 * tagged ones. In steps of their own, for the engine (DuckDB 1.5) plans expressions that repeat their parts in quadratic
 * time: 28 s for a thousand such fields, against 0.1 s.
 */
export function withMore(rows: Sql, columns: ReadonlyMap<string, FieldColumns>, read: Iterable<string>): Sql {
  const values = [...read].flatMap((name) => {
    const own = columns.get(name);
    if (own?.kind !== 'dynamic' || own.more.size === 0) return [];
    return [sql`${own.moreHasLists ? valuesInMore(name) : valueInMore(name)} AS ${inMore(name)}`];
  });
  if (values.length === 0) return rows;
  const keys = sql`list_transform(${ident(ownColumns.more)}, lambda ${element}: split_part(${element}, chr(0), 1))`;
  return sql`(SELECT *, ${join(values, ', ')} FROM (SELECT *, ${keys} AS ${moreKeys} FROM ${rows}))`;
}

/** The key of a field in `_more`, without what ends it; and the place of a value behind key, end and letter. */
const keyInMore = (name: string): string => moreKey(name).slice(0, -1);

/** The only value that a document has of a field among those that have no columns, as it was written. */
function valueInMore(name: string): Sql {
  const key = keyInMore(name);
  const at = sql`list_position(${moreKeys}, ${text(key)})`;
  return sql`substring(${ident(ownColumns.more)}[${at}], ${number([...key].length + 3)})`;
}

/** All values that a document has of such a field: tagged texts, null where it has none. */
function valuesInMore(name: string): Sql {
  const key = keyInMore(name);
  const pairs = sql`list_zip(${moreKeys}, ${ident(ownColumns.more)})`;
  const own = sql`list_filter(${pairs}, lambda ${element}: ${element}[1] = ${text(key)})`;
  const cut = sql`list_transform(${own}, lambda ${element}: substring(${element}[2], ${number([...key].length + 2)}))`;
  return sql`(CASE WHEN list_contains(${moreKeys}, ${text(key)}) THEN ${cut} END)`;
}

/** Whether the column of a kind has values of the type itself, where it is their natural one. */
const isStoredAs = (kind: KindWithColumn, type: EsqlType): boolean => kind !== 'whole' || type === 'long';

/** A value from the column of its kind. */
function valueOfKind(kind: KindWithColumn, type: EsqlType, value: Sql): Sql {
  switch (type) {
    case 'date':
      return dateOfText(value);
    case 'double':
      return kind === 'whole' ? sql`${value}::DOUBLE` : value;
    case 'unsigned_long':
      return sql`${value}::UBIGINT`;
    case 'long':
    case 'boolean':
      return value;
    default:
      return kind === 'text' || kind === 'date' ? value : sql`${value}::VARCHAR`;
  }
}

/** A value as it was written, of a kind that its type takes: short, for there may be thousands of such fields. */
function valueOfWritten(type: EsqlType, written: Sql): Sql {
  switch (type) {
    case 'date':
      return dateOfText(written);
    case 'boolean':
      return sql`(${written} = 'true')`;
    case 'long':
    case 'unsigned_long':
      return sql`TRY_CAST(${written} AS ${storageType(type)})`;
    default:
      return valueOfText(type, written);
  }
}
