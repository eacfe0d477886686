import type { multivalues } from '../../../functions/multivalues.ts';
import type { EsqlType } from '../../../values/types.ts';
import { ident, type Sql, sql, text, withName } from '../../sql.ts';
import { fromList, type Representation, single, valuesOf } from '../representation.ts';
import { storageType } from '../storage-type.ts';
import { comparable } from './comparisons.ts';
import { type CustomContext, oneOf, type SqlFor } from './contract.ts';
import { doubleToText } from './texts.ts';

/* A column without several values in any row is read as such, and no list is made of it. */

/** One value of all: what `make` does with the list, or the value itself where there is one. */
function reduced(
  value: Representation,
  make: (list: Sql) => Sql,
  ofOne: (single: Sql) => Sql = (only) => only,
): Representation {
  if (!value.list) return single(ofOne(value.single));
  return single(sql`CASE WHEN ${value.list} IS NOT NULL THEN ${make(value.list)} ELSE ${ofOne(value.single)} END`);
}

/** All values in another order or number; a single value stays what it is. */
const rearranged = (value: Representation, make: (list: Sql) => Sql): Representation =>
  value.list ? fromList(make(valuesOf(value))) : value;

type OneField = (typeof multivalues)['MV_MIN']['parameters'];

const reducing =
  (make: (list: Sql, type: EsqlType) => Sql, ofOne?: (single: Sql) => Sql) =>
  ([value]: readonly [Representation], { args: [{ type }] }: CustomContext<OneField>): Representation =>
    reduced(value, (list) => make(list, type), ofOne);

/** The same of what is null for no list; a list that is made of one value too is read as it is. */
const reducingAll =
  (make: (list: Sql) => Sql, ofOne?: (single: Sql) => Sql) =>
  ([value]: readonly [Representation]): Representation =>
    value.all ? single(make(value.all)) : reduced(value, make, ofOne);

/** Sorts a list as values of a type order. */
function sorted(list: Sql, type: EsqlType, descending = false): Sql {
  const sort = descending ? sql`list_reverse_sort` : sql`list_sort`;
  // Of a list that is null beforehand DuckDB forgets the type.
  if (type !== 'version') return sql`${sort}(${list})::${storageType(type)}[]`;
  const v = ident('v');
  const keyed = sql`list_transform(${list}, lambda ${v}: {k: ${comparable(v, type)}, v: ${v}})`;
  return sql`list_transform(${sort}(${keyed}), lambda ${v}: ${v}.v)`;
}

const smallest = (list: Sql, type: EsqlType): Sql =>
  type === 'version' ? sql`${sorted(list, type)}[1]` : sql`list_min(${list})`;
const largest = (list: Sql, type: EsqlType): Sql =>
  type === 'version' ? sql`${sorted(list, type, true)}[1]` : sql`list_max(${list})`;

/** The values of a list, each at its first place. */
const deduplicated = (list: Sql): Sql => {
  const [v, i] = [ident('v'), ident('i')];
  const all = ident('all');
  // Bound to a name: DuckDB (1.5) reads conditions that a lambda takes from outside at the wrong rows.
  return withName(all, list, sql`list_filter(${all}, lambda ${v}, ${i}: list_position(${all}, ${v}) = ${i})`);
};

/** The value at a part of the way, from 0 to 100, through the values; between two of them, in proportion. */
function percentile(list: Sql, part: Sql, type: EsqlType): Sql {
  const [all, at] = [ident('all'), ident('at')];
  const stored = storageType(type);
  const rank = sql`(${part} / 100e0 * (len(${list}) - 1))::DOUBLE`;
  // Each with its type, which DuckDB forgets where a list is null beforehand.
  const sort = sql`{o: ${sorted(list, type)}, r: ${rank}}::STRUCT(o ${stored}[], r DOUBLE)`;
  const place = sql`floor(${all}.r)::BIGINT`;
  const around = sql`{low: ${all}.o[${place} + 1], high: ${all}.o[least(${place} + 2, len(${all}.o))], f: ${all}.r - ${place}, "end": ${all}.r = 0 OR ${all}.r = len(${all}.o) - 1}::STRUCT(low ${stored}, high ${stored}, f DOUBLE, "end" BOOLEAN)`;
  const [low, high, f] = [sql`${at}.low`, sql`${at}.high`, sql`${at}.f`];
  const [wideLow, wideDistance] = [sql`${low}::HUGEINT`, sql`(${high}::HUGEINT - ${low}::HUGEINT)`];
  // What lies between whole numbers is cut: added to the lower one, or as a sum where a double is not exact.
  const scale = sql`(1::HUGEINT << 62)`;
  const exact = sql`(${wideLow} * ${scale} + (${f} * ${scale})::HUGEINT * ${wideDistance}) // ${scale}`;
  const near = sql`${wideLow} + trunc(${f} * ${wideDistance}::DOUBLE)::HUGEINT`;
  const isExact = sql`${high} < 4503599627370496 AND ${low} > -4503599627370496`;
  const between = {
    // The first and the last are themselves, -0.0 among them. The distance of two values on either side of 0 may be more than
    // a double holds.
    double: sql`CASE WHEN ${at}."end" THEN ${low} WHEN ${low} < 0 AND ${high} > 0 THEN (${low} + ${f} * ${high}) - ${f} * ${low} ELSE ${low} + ${f} * (${high} - ${low}) END`,
    long: sql`(CASE WHEN ${isExact} THEN ${near} ELSE ${exact} END)::BIGINT`,
    integer: sql`(${near})::INTEGER`,
  };
  const value = type === 'double' || type === 'long' ? between[type] : between.integer;
  return withName(all, sort, withName(at, around, value));
}

function median(list: Sql, type: EsqlType): Sql {
  if (type === 'double') return sql`list_aggregate(${list}, 'quantile_cont', 0.5)`;
  const order = sql`list_sort(${list})`;
  const [low, high] = [sql`${order}[(len(${list}) + 1) // 2]`, sql`${order}[len(${list}) // 2 + 1]`];
  const both = sql`(${low}::HUGEINT + ${high}::HUGEINT)`;
  // Rounded down, below nought too.
  return sql`((${both} - (${both} % 2 + 2) % 2) // 2)::${storageType(type)}`;
}

type TwoFields = (typeof multivalues)['MV_UNION']['parameters'];

/** Two sets of values of one type. */
const sets =
  (make: (a: Sql, b: Sql) => Representation) =>
  ([a, b]: readonly [Representation, Representation], { args }: CustomContext<TwoFields>): Representation => {
    const type = args[0].type === 'null' ? args[1].type : args[0].type;
    const none = sql`[]::${storageType(type)}[]`;
    return make(sql`coalesce(${valuesOf(a)}, ${none})`, sql`coalesce(${valuesOf(b)}, ${none})`);
  };

type SetSql = ReturnType<typeof sets>;

/** Whether a set has one value, which no list need be made for; otherwise as `ofSets` has it. */
const hasOne =
  (result: (found: Sql, wanted: Sql) => Sql, ofSets: SetSql): SetSql =>
  (values, context) => {
    const [{ single: only, list }, wanted] = values;
    if (wanted.list || wanted.all || values[0].all || context.args.some(({ type }) => type === 'null'))
      return ofSets(values, context);
    const inList = list ? sql` OR (${list} IS NOT NULL AND list_contains(${list}, ${wanted.single}))` : sql``;
    return single(result(sql`coalesce(${only} = ${wanted.single}${inList}, false)`, wanted.single));
  };

export const multivalueSql: SqlFor<typeof multivalues> = {
  MV_COUNT: reducingAll(
    (list) => sql`len(${list})::INTEGER`,
    (only) => sql`CASE WHEN ${only} IS NOT NULL THEN 1::INTEGER END`,
  ),
  MV_SUM([value], { type, warn }) {
    return reduced(value, (list) => {
      if (type === 'double') return sql`list_aggregate(${list}, 'fsum')`;
      const total = sql`list_sum(${list})`;
      const overflow = warn(text(`java.lang.ArithmeticException: ${type} overflow`));
      return sql`coalesce(TRY_CAST(${total} AS ${storageType(type)}), ${overflow})`;
    });
  },
  MV_AVG: reducing(
    (list) => sql`(list_aggregate(list_transform(${list}, lambda v: v::DOUBLE), 'fsum') / len(${list}))`,
    (only) => sql`(${only})::DOUBLE`,
  ),
  MV_MEDIAN: reducing(median),
  MV_PERCENTILE([value, at], { args: [{ type }, { type: typeOfPart }], warn }) {
    const p = sql`${oneOf(at, typeOfPart, warn)}::DOUBLE`;
    const bad = warn(
      sql`'java.lang.IllegalArgumentException: Percentile parameter must be a number between 0 and 100, found [' || ${doubleToText(p)} || ']'`,
    );
    const all = valuesOf(value);
    const made = percentile(all, sql`least(greatest(${p}, 0), 100)`, type);
    return single(
      sql`CASE WHEN ${all} IS NULL OR ${p} IS NULL THEN NULL WHEN ${p} BETWEEN 0 AND 100 THEN ${made} ELSE ${bad} END`,
    );
  },
  MV_MEDIAN_ABSOLUTE_DEVIATION([value], { type }) {
    return reduced(
      value,
      (list) => {
        const middle = median(list, type);
        const v = ident('v');
        const wide = type === 'double' ? sql`DOUBLE` : sql`HUGEINT`;
        const far = sql`list_transform(${list}, lambda ${v}: abs(${v}::${wide} - ${middle}::${wide}))`;
        return sql`(${median(far, type)})::${storageType(type)}`;
      },
      (only) => sql`CASE WHEN ${only} IS NOT NULL THEN 0::${storageType(type)} END`,
    );
  },
  MV_MIN: reducing(smallest),
  MV_MAX: reducing(largest),
  MV_FIRST: reducingAll((list) => sql`${list}[1]`),
  MV_LAST: reducingAll((list) => sql`${list}[-1]`),
  MV_CONCAT([value, delimiter], { args: [, { value: known }], warn }) {
    const between = oneOf(delimiter, 'keyword', warn);
    if (!value.list) return single(sql`CASE WHEN ${between} IS NOT NULL THEN ${value.single} END`);
    const all = valuesOf(value);
    if (typeof known === 'string') return single(sql`array_to_string(${all}, ${between})`);
    const [a, b] = [ident('a'), ident('b')];
    return single(
      sql`CASE WHEN ${between} IS NOT NULL THEN list_reduce(${all}, lambda ${a}, ${b}: ${a} || ${between} || ${b}) END`,
    );
  },
  MV_DEDUPE: ([value]) => rearranged(value, deduplicated),
  MV_SORT: ([value], { args: [{ type }, order] }) =>
    rearranged(value, (list) => sorted(list, type, /^desc$/i.test(String(order?.value ?? 'asc')))),
  MV_SLICE([value, start, end], { type, warn }) {
    const from = oneOf(start, 'integer', warn);
    const to = end ? oneOf(end, 'integer', warn) : from;
    const all = valuesOf(value);
    const offset = (wrong: string): Sql =>
      sql`CASE WHEN ${from} IS NOT NULL THEN ${text(`org.elasticsearch.xpack.esql.core.InvalidArgumentException: ${wrong}`)} END`;
    const list = sql`${storageType(type)}[]`;
    const count = sql`len(${all})`;
    const placed = (at: Sql): Sql => sql`(CASE WHEN ${at} < 0 THEN ${count} + ${at} ELSE ${at} END)`;
    const [low, high] = [sql`greatest(${placed(from)}, 0)`, placed(to)];
    const slice = sql`CASE WHEN ${from} IS NOT NULL AND ${to} IS NOT NULL AND ${high} >= 0 THEN list_slice(${all}, ${low} + 1, ${high} + 1) END`;
    if (!end) return fromList(slice);
    return fromList(
      sql`CASE WHEN ${all} IS NOT NULL AND ${from} > ${to} THEN ${warn(offset('Start offset is greater than end offset'), 'null', list)} WHEN ${all} IS NOT NULL AND ${from} < 0 AND ${to} >= 0 THEN ${warn(offset('Start and end offset have different signs'), 'null', list)} ELSE ${slice} END`,
    );
  },
  MV_APPEND([a, b]) {
    const [left, right] = [valuesOf(a), valuesOf(b)];
    return fromList(
      sql`CASE WHEN ${left} IS NOT NULL AND ${right} IS NOT NULL THEN list_concat(${left}, ${right}) END`,
    );
  },
  MV_ZIP([a, b, delimiter], { warn }) {
    const between = delimiter ? oneOf(delimiter, 'keyword', warn) : sql`','`;
    const [left, right] = [valuesOf(a), valuesOf(b)];
    const p = ident('p');
    const pairs = sql`list_transform(list_zip(coalesce(${left}, []::VARCHAR[]), coalesce(${right}, []::VARCHAR[])), lambda ${p}: CASE WHEN ${p}[1] IS NULL THEN ${p}[2] WHEN ${p}[2] IS NULL THEN ${p}[1] ELSE ${p}[1] || ${between} || ${p}[2] END)`;
    return fromList(sql`CASE WHEN ${between} IS NOT NULL THEN ${pairs} END`);
  },
  MV_PSERIES_WEIGHTED_SUM([value, p]) {
    const [v, i] = [ident('v'), ident('i')];
    const weighted = (list: Sql): Sql =>
      sql`list_aggregate(list_transform(${list}, lambda ${v}, ${i}: ${v} / pow(${i}::DOUBLE, ${p.single})), 'fsum')`;
    return reduced(value, weighted);
  },
  MV_CONTAINS: hasOne(
    (found, wanted) => sql`(${wanted} IS NULL OR ${found})`,
    sets((a, b) => single(sql`list_has_all(${a}, ${b})`)),
  ),
  MV_INTERSECTS: hasOne(
    (found) => found,
    sets((a, b) => single(sql`list_has_any(${a}, ${b})`)),
  ),
  MV_INTERSECTION: sets((a, b) => fromList(sql`list_filter(${deduplicated(a)}, lambda w: list_contains(${b}, w))`)),
  MV_DIFFERENCE: sets((a, b) => fromList(sql`list_filter(${a}, lambda w: NOT list_contains(${b}, w))`)),
  MV_UNION: sets((a, b) => fromList(deduplicated(sql`list_concat(${a}, ${b})`))),
};
