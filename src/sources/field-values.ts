import { storageType } from '../catalogue/storage-type.ts';
import { ident, join, number, type Sql, sql, text } from '../sql/sql.ts';
import type { EsqlType } from '../values/types.ts';
import type { Place } from './json-paths.ts';

/**
 * A field's columns in SQL: see catalogue/catalogue.ts for what they hold. They are made of steps that `withSteps` adds
 * to the relation beforehand, so that each value is read once. `bad` is true where a value does not fit, `lost` where the
 * columns do not hold every value, for whatever reason; both are null where that cannot be.
 */
export interface FieldColumns {
  readonly steps: readonly Sql[];
  readonly laterSteps: readonly Sql[];
  readonly single: Sql;
  /** Null where no event has several values. */
  readonly list: Sql | null;
  readonly bad: Sql | null;
  readonly lost: Sql | null;
}

/** A relation with the steps of fields as columns. */
export function withSteps(relation: Sql, fields: readonly FieldColumns[]): Sql {
  const add = (to: Sql, steps: readonly Sql[]): Sql =>
    steps.length === 0 ? to : sql`SELECT *, ${join(steps, ', ')} FROM (${to})`;
  return add(
    add(
      relation,
      fields.flatMap(({ steps }) => steps),
    ),
    fields.flatMap(({ laterSteps }) => laterSteps),
  );
}

/**
 * One JSON value as a value of a type; null where it does not fit. The coercions are Elasticsearch's: numbers in texts,
 * decimals cut to whole numbers, epoch milliseconds as dates, any scalar as a keyword.
 */
function convert(type: EsqlType, json: Sql): Sql {
  const raw = sql`${json}::VARCHAR`;
  // Most texts have no escapes, and taking off their quotes is faster than reading them as JSON again.
  const plain = sql`(CASE WHEN prefix(${raw}, '"') AND NOT contains(${raw}, '\\') THEN substring(${raw}, 2, length(${raw}) - 2) ELSE ${json} ->> '$' END)`;
  if (type === 'geo_point') return pointOfOne(json, plain);
  const isObject = sql`prefix(${raw}, '{')`;
  return type === 'keyword' || type === 'text' || type === 'version'
    ? sql`CASE WHEN ${isObject} THEN NULL ELSE ${plain} END`
    : convertText(type, plain);
}

const pointOfOne = (json: Sql, plain: Sql): Sql =>
  sql`CASE WHEN prefix(${json}::VARCHAR, '{') THEN 'POINT (' || (TRY_CAST(${json} ->> '$.lon' AS DOUBLE))::VARCHAR || ' ' || (TRY_CAST(${json} ->> '$.lat' AS DOUBLE))::VARCHAR || ')'
        WHEN contains(${plain}, ',') THEN 'POINT (' || (TRY_CAST(split_part(${plain}, ',', 2) AS DOUBLE))::VARCHAR || ' ' || (TRY_CAST(split_part(${plain}, ',', 1) AS DOUBLE))::VARCHAR || ')' END`;

/** The same for the text of a JSON scalar, without its quotes. */
function convertText(type: EsqlType, plain: Sql): Sql {
  const filled = sql`nullif(${plain}, '')`;
  switch (type) {
    case 'boolean':
      return sql`CASE ${plain} WHEN 'true' THEN true WHEN 'false' THEN false WHEN '' THEN false END`;
    case 'integer':
    case 'long':
    case 'unsigned_long': {
      const storage = storageType(type);
      return sql`CASE WHEN regexp_full_match(${plain}, '-?[0-9]{1,18}') THEN TRY_CAST(${plain} AS ${storage})
        ELSE coalesce(TRY_CAST(CASE WHEN regexp_full_match(${plain}, '\\+?-?[0-9]+') THEN ${plain} END AS ${storage}), TRY_CAST(trunc(TRY_CAST(${filled} AS DOUBLE)) AS ${storage})) END`;
    }
    case 'double': {
      const double = sql`TRY_CAST(${filled} AS DOUBLE)`;
      return sql`CASE WHEN isfinite(${double}) THEN ${double} END`;
    }
    case 'date':
      // DuckDB reads the common form fast; offsets and rarer forms take a slower way.
      return sql`date_trunc('millisecond', CASE
        WHEN suffix(${plain}, 'Z') THEN coalesce(TRY_CAST(${plain} AS TIMESTAMP), harrier_parse_date(${plain}))
        WHEN regexp_full_match(${plain}, '-?[0-9]{5,17}|-?[0-9]{1,3}|-[0-9]{4}') THEN make_timestamp_ms(${plain}::BIGINT)
        ELSE coalesce(harrier_parse_date(${plain}), TRY_CAST(${plain} AS TIMESTAMPTZ) AT TIME ZONE 'UTC') END)`;
    case 'date_nanos':
      return sql`make_timestamp_ns(CASE WHEN regexp_full_match(${plain}, '[0-9]{5,13}') THEN ${plain}::BIGINT * 1000000 ELSE harrier_parse_date_nanos(${plain}) END)`;
    case 'ip': {
      // 281470681743360 is ::ffff:0.0.0.0. A part beyond 255 is no number of a byte, and makes all of it null.
      const part = (n: number): Sql => sql`TRY_CAST(split_part(${plain}, '.', ${number(n)}) AS UTINYINT)::UINTEGER`;
      const v4 = sql`281470681743360::UHUGEINT + (${part(1)} * 16777216 + ${part(2)} * 65536 + ${part(3)} * 256 + ${part(4)})`;
      // Nearly every host names ::1 among its addresses.
      return sql`CASE WHEN ${plain} = '::1' THEN 1::UHUGEINT WHEN contains(${plain}, ':') THEN harrier_parse_ip(${plain}) WHEN regexp_full_match(${plain}, '(0|[1-9][0-9]*)(\\.(0|[1-9][0-9]*)){3}') THEN ${v4} END`;
    }
    default:
      return plain;
  }
}

const element = ident('e');
const isArray = (json: Sql): Sql => sql`prefix(${json}::VARCHAR, '[')`;

/** The elements of a JSON array as a list, arrays inside it opened, nulls left out. */
function elements(array: Sql): Sql {
  const inner = sql`flatten(list_transform(json_extract(${array}, '$[*]'), lambda ${element}: CASE WHEN ${isArray(element)} THEN json_extract(${element}, '$[*]') ELSE [${element}] END))`;
  return sql`list_filter(${inner}, lambda ${element}: ${element} IS NOT NULL AND ${element}::VARCHAR <> 'null')`;
}

const isKeywordLike = (type: EsqlType): boolean => type === 'keyword' || type === 'ip' || type === 'version';

/** Values as the store keeps several: keywords and addresses once each, in order; numbers in order; texts as they came. */
function arranged(type: EsqlType, values: Sql): Sql {
  if (isKeywordLike(type)) return sql`list_sort(list_distinct(${values}))`;
  return type === 'text' || type === 'geo_point' ? values : sql`list_sort(${values})`;
}

/**
 * The SQL of a field from the places where its values stand; null when no place is known. `position` sets its steps apart
 * from those of other fields; `refine` changes each value that fits the type, or makes it null.
 */
export function fieldColumns(
  type: EsqlType,
  places: readonly Place[],
  position: number,
  refine?: (value: Sql) => Sql,
): FieldColumns | null {
  const [first] = places;
  if (!first) return null;
  const only = places.length === 1 && first.kind !== 'list' ? first : null;
  const isText = type === 'keyword' || type === 'text';
  if (only && (only.kind === 'scalar' || type === 'geo_point')) {
    const raw = ident(`raw ${position}`);
    const value = refine ? ident(`value ${position}`) : raw;
    const { value: json } = only;
    const read = type === 'geo_point' ? point(json) : convert(type, json);
    const bad = isText ? null : sql`(${json} IS NOT NULL AND ${value} IS NULL AND ${json}::VARCHAR <> '""')`;
    const list = type === 'geo_point' ? sql`NULL::VARCHAR[]` : null;
    const laterSteps = refine ? [sql`${refine(raw)} AS ${value}`] : [];
    const lost = isText && !refine ? null : sql`(${json} IS NOT NULL AND ${value} IS NULL)`;
    return { steps: [sql`${read} AS ${raw}`], laterSteps, single: value, list, bad, lost };
  }
  // All values first, null for those that do not fit; then several of them in the store's order.
  const all = ident(`values ${position}`);
  const several = ident(`several ${position}`);
  const refined = (value: Sql): Sql => (refine ? refine(value) : value);
  const one = (json: Sql): Sql => refined(convert(type, json));
  const ofText = (plain: Sql): Sql => refined(convertText(type, plain));
  const read = only ? valuesAtOnePlace(only.value, one, ofText) : valuesAtPlaces(places, one);
  const fitting = sql`list_filter(${all}, lambda ${element}: ${element} IS NOT NULL)`;
  const empty = only ? sql`${only.value}::VARCHAR <> '""'` : sql`true`;
  return {
    steps: [sql`${read} AS ${all}`],
    laterSteps: [sql`CASE WHEN len(${all}) > 1 THEN ${arranged(type, fitting)} END AS ${several}`],
    single: sql`CASE WHEN len(${all}) = 1 THEN ${all}[1] WHEN len(${several}) = 1 THEN ${several}[1] END`,
    list: sql`CASE WHEN len(${several}) > 1 THEN ${several} END`,
    bad: isText
      ? null
      : sql`(CASE WHEN len(${all}) = 1 THEN ${all}[1] IS NULL AND ${empty} ELSE list_count(${all}) < len(${all}) END)`,
    lost: isText && !refine ? null : sql`(list_count(${all}) < len(${all}))`,
  };
}

/** A point as an object, a text, or an array of two numbers. */
function point(json: Sql): Sql {
  return sql`CASE WHEN ${isArray(json)} AND NOT contains(${json}::VARCHAR, '{') THEN 'POINT (' || (TRY_CAST(${json} ->> '$[0]' AS DOUBLE))::VARCHAR || ' ' || (TRY_CAST(${json} ->> '$[1]' AS DOUBLE))::VARCHAR || ')' ELSE ${convert('geo_point', json)} END`;
}

/**
 * Often: one JSON value, mostly no array, and of arrays mostly such with one plain text, or with nothing but scalars,
 * which are read without looking at each of them as JSON.
 */
function valuesAtOnePlace(json: Sql, one: (json: Sql) => Sql, ofText: (plain: Sql) => Sql): Sql {
  const raw = sql`${json}::VARCHAR`;
  const loneText = sql`prefix(${raw}, '["') AND NOT contains(${raw}, ',') AND NOT contains(${raw}, '\\')`;
  const lone = ofText(sql`substring(${raw}, 3, length(${raw}) - 4)`);
  const scalars = sql`NOT contains(${raw}, '{') AND NOT contains(${raw}, 'null') AND NOT contains(substring(${raw}, 2), '[')`;
  const texts = sql`list_transform(json_extract_string(${json}, '$[*]'), lambda ${element}: ${ofText(element)})`;
  return sql`CASE WHEN ${json} IS NULL THEN NULL WHEN NOT ${isArray(json)} THEN [${one(json)}] WHEN ${loneText} THEN [${lone}] WHEN ${scalars} THEN ${texts} ELSE list_transform(${elements(json)}, lambda ${element}: ${one(element)}) END`;
}

/** Values from several places, or from inside arrays of objects. */
function valuesAtPlaces(places: readonly Place[], one: (json: Sql) => Sql): Sql {
  const lists = places.map(({ kind, value }) =>
    kind !== 'list'
      ? sql`(CASE WHEN ${value} IS NULL THEN [] WHEN ${isArray(value)} THEN ${elements(value)} ELSE [${value}] END)`
      : sql`flatten(list_transform(${value}, lambda ${element}: CASE WHEN ${isArray(element)} THEN ${elementsOfElement()} ELSE [${element}] END))`,
  );
  const all = sql`list_filter(flatten([${join(lists, ', ')}]), lambda ${element}: ${element} IS NOT NULL AND ${element}::VARCHAR <> 'null')`;
  return sql`list_transform(${all}, lambda ${element}: ${one(element)})`;
}

const elementsOfElement = (): Sql => sql`json_extract(${element}, '$[*]')`;

/** The kinds of JSON values that decide the type of a field that no mapping knows. */
export type ValueKind = 'boolean' | 'whole' | 'unsigned' | 'decimal' | 'date' | 'text';

/** SQL for the kind of one JSON value; null for objects. */
export function kindSql(json: Sql): Sql {
  const isDate = sql`regexp_full_match(${json} ->> '$', '[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]{1,9})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?)?')`;
  return sql`CASE json_type(${json}) WHEN 'BOOLEAN' THEN 'boolean' WHEN 'BIGINT' THEN 'whole' WHEN 'DOUBLE' THEN 'decimal'
    WHEN 'UBIGINT' THEN CASE WHEN TRY_CAST(${json}::VARCHAR AS BIGINT) IS NULL THEN 'unsigned' ELSE 'whole' END
    WHEN 'VARCHAR' THEN CASE WHEN ${isDate} THEN 'date' ELSE 'text' END END`;
}

/** The type that fits all kinds of values seen. */
export function typeOfKinds(kinds: ReadonlySet<ValueKind>): EsqlType {
  const only = (...allowed: ValueKind[]): boolean => [...kinds].every((kind) => allowed.includes(kind));
  if (kinds.size === 0) return 'keyword';
  if (only('boolean')) return 'boolean';
  if (only('whole')) return 'long';
  if (only('whole', 'unsigned')) return 'unsigned_long';
  if (only('whole', 'unsigned', 'decimal')) return 'double';
  return only('date') ? 'date' : 'keyword';
}

/** SQL for the kinds of a field's values, as a list. */
export function kindsSql(places: readonly Place[]): Sql {
  const lists = places.map(({ kind, value }) =>
    kind !== 'list'
      ? sql`(CASE WHEN ${value} IS NULL THEN [] WHEN ${isArray(value)} THEN ${elements(value)} ELSE [${value}] END)`
      : value,
  );
  const all = sql`flatten([${join(lists, ', ')}])`;
  return sql`list_distinct(list_transform(${all}, lambda ${element}: ${kindSql(element)}))`;
}

/** A plain text for messages about a value that does not fit. */
export const rawText = (places: readonly Place[]): Sql =>
  sql`coalesce(${join(
    places.map(({ value }) => sql`${value}::VARCHAR`),
    ', ',
  )}, ${text('')})`;
