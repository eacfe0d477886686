import { columnOf } from '../documents/columns.ts';
import { toText } from '../sql/duckdb/functions/texts.ts';
import { fromList } from '../sql/duckdb/representation.ts';
import { storageType } from '../sql/duckdb/storage-type.ts';
import { ident, number, type Sql, sql, text } from '../sql/sql.ts';
import { type EsqlType, isInDocument, isRange, isSpatial } from '../values/types.ts';
import { dynamicField } from './dynamic-field.ts';
import type { FieldColumns } from './field-columns.ts';
import type { Place } from './indexed-table.ts';
import type { FieldsByName, MappedField } from './mapped-field.ts';
import { valueOfField } from './plan-field.ts';
import { keepsWhole, refinement } from './refinement.ts';
import { arranged } from './values.ts';

/** The type of a field; an alias has that of what it stands for. */
export function typeOf(fields: FieldsByName, field: MappedField): EsqlType {
  const target = field.mappingType === 'alias' ? fields.get(field.of!) : undefined;
  return target && target.mappingType !== 'alias' ? typeOf(fields, target) : field.type;
}

/** The SQL of a field in a table, with a list only where some document has several values; null for no values. */
export function storedField(
  fields: FieldsByName,
  columns: ReadonlyMap<string, FieldColumns>,
  field: MappedField,
): Place {
  const target = field.of === null ? undefined : fields.get(field.of);
  if (field.of !== null && (!target || target.mappingType === 'alias')) return null;
  if (target && field.mappingType === 'alias') return storedField(fields, columns, target);
  if (field.of === null && isInDocument(field.type)) return inDocument(field);
  const own = target ?? field;
  const kept = columns.get(own.name);
  const value = kept ? keptValue(own, kept) : null;
  const shown = value && (target || keepsWhole(field)) ? derived(field, own, value) : value;
  const constant = field.mappingType === 'constant_keyword' ? field.property.value : undefined;
  if (typeof constant !== 'string') return shown;
  return { single: shown ? sql`coalesce(${shown.single}, ${text(constant)})` : text(constant), list: null };
}

/** The values of a field that stand in the documents alone. These are kept whole where they have any. */
function inDocument({ name, type, property }: MappedField): NonNullable<Place> {
  const document = ident('_source');
  if (isRange(type))
    return fromList(sql`from_json(harrier_ranges_of(${document}, ${text(name)}, ${text(type)}), '["VARCHAR"]')`);
  if (isSpatial(type))
    return fromList(sql`from_json(harrier_geometries(${document}, ${text(name)}, ${text(type)}), '["VARCHAR"]')`);
  if (type === 'binary')
    return fromList(sql`from_json(harrier_source_values(${document}, ${text(name)}), '["VARCHAR"]')`);
  if (type === 'aggregate_metric_double')
    return { single: sql`harrier_metric(${document}, ${text(name)})`, list: null };
  const longest = property.ignore_above === undefined ? sql`-1` : number(property.ignore_above);
  return { single: sql`harrier_flattened(${document}, ${text(name)}, ${longest}::INTEGER)`, list: null };
}

/** The values of a field as its columns hold them. */
function keptValue({ name, type }: MappedField, columns: FieldColumns): Place {
  if (columns.kind === 'dynamic') return dynamicField(name, type, columns);
  const { single, list } = columns;
  if (!single && !list) return null;
  return {
    single: single ? ident(columnOf(name, 'single')) : sql`NULL::${storageType(type)}`,
    list: list ? ident(columnOf(name, 'list')) : null,
  };
}

const numeric: readonly EsqlType[] = ['integer', 'long', 'unsigned_long', 'double'];

/** The values of a field, shown once more in the way of another, or of the field itself where that keeps more. */
function derived(field: MappedField, of: MappedField, { single, list }: NonNullable<Place>): Place {
  const refine = refinement(field);
  const type = storageType(field.type);
  const bothNumbers = numeric.includes(field.type) && numeric.includes(of.type);
  const asText = field.type === 'keyword' || field.type === 'text';
  if (field.type === 'unsupported' || field.type === 'geo_point') return null;
  // Whole numbers are what stands before the point.
  const cut = of.type === 'double' && field.type !== 'double';
  const one = (value: Sql): Sql => {
    const cast = (): Sql => sql`TRY_CAST(${cut ? sql`trunc(${value})` : value} AS ${type})`;
    const plain = toText(value, of.type);
    const own = asText ? plain : bothNumbers ? cast() : valueOfField(field, plain);
    return refine ? refine(own) : own;
  };
  if (!list) return { single: one(single), list: null };
  const v = ident('v');
  const typed = sql`${list}::${storageType(of.type)}[]`;
  const kept = sql`list_filter(list_transform(${typed}, lambda ${v}: ${one(v)}), lambda ${v}: ${v} IS NOT NULL)`;
  const several = arranged(field.type, kept);
  return {
    single: sql`CASE WHEN ${list} IS NULL THEN ${one(single)} WHEN len(${several}) = 1 THEN (${several})[1] END`,
    list: sql`CASE WHEN len(${several}) > 1 THEN ${several} END`,
  };
}
