import { storageType } from '../sql/duckdb/storage-type.ts';
import { ident, type Sql, sql, text } from '../sql/sql.ts';
import { type EsqlType, isString, messageName } from '../values/types.ts';
import { comparable } from './comparison.ts';
import type {
  Argument,
  CustomEmit,
  CustomFunction,
  Parameter,
  Representation,
  ScalarFunction,
  TypeSet,
} from './definition.ts';
import { fromList, valuesOf } from './sql-fragments.ts';
import * as types from './type-sets.ts';

/*
 * Functions of all the values that a field has in a row. A column without several values in any row is read as such,
 * and no list is made of it.
 */

const field = (accepts: TypeSet = types.any, name = 'field'): Parameter => ({ name, accepts });
const columnType = (type: EsqlType): EsqlType => (isString(type) ? 'keyword' : type);
const sameAsFirst = ([first]: readonly Argument[]): EsqlType => columnType(first!.type);

interface Made {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly parameters: readonly Parameter[];
  readonly returns: CustomFunction['returns'];
  readonly multi?: (args: readonly Argument[]) => boolean;
  readonly duckdb: CustomFunction['duckdb'];
  readonly doc: string;
  readonly example: string;
}

const multivalue = ({ multi = () => false, ...made }: Made): CustomFunction => ({
  kind: 'scalar',
  family: 'multivalue',
  multivalue: 'custom',
  resultIsMulti: multi,
  ...made,
});

/** A value of a parameter that takes one value only: null and a warning where there are several. */
function one({ single, list }: Representation, { warn }: CustomEmit): Sql {
  const several = text('java.lang.IllegalArgumentException: single-value function encountered multi-value');
  return list ? sql`CASE WHEN ${list} IS NOT NULL THEN ${warn(several)} ELSE ${single} END` : single;
}

const single = (value: Sql): Representation => ({ single: value, list: null });

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

const reducing = (
  name: string,
  accepts: TypeSet,
  returns: Made['returns'],
  make: (list: Sql, type: EsqlType) => Sql,
  doc: string,
  example: string,
  ofOne?: (single: Sql) => Sql,
): CustomFunction =>
  multivalue({
    name,
    parameters: [field(accepts)],
    returns,
    duckdb: ([value], { args }) => reduced(value!, (list) => make(list, args[0]!.type), ofOne),
    doc,
    example,
  });

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
  return sql`list_transform([${list}], lambda ${all}: list_filter(${all}, lambda ${v}, ${i}: list_position(${all}, ${v}) = ${i}))[1]`;
};

const sum: CustomFunction = multivalue({
  name: 'MV_SUM',
  parameters: [field(types.numeric, 'number')],
  returns: sameAsFirst,
  duckdb([value], { type, warn }) {
    return reduced(value!, (list) => {
      if (type === 'double') return sql`list_aggregate(${list}, 'fsum')`;
      const total = sql`list_sum(${list})`;
      const overflow = warn(text(`java.lang.ArithmeticException: ${type} overflow`));
      return sql`coalesce(TRY_CAST(${total} AS ${storageType(type)}), ${overflow})`;
    });
  },
  doc: 'The total of the values.',
  example: 'ROW a = [3, 5, 6] | EVAL b = MV_SUM(a)',
});

/** The value at a part of the way through the sorted values; between two of them, in proportion. */
function quantile(list: Sql, percentile: Sql, type: EsqlType): Sql {
  if (type === 'double') return sql`list_aggregate(${list}, 'quantile_cont', ${percentile})`;
  const wide = sql`list_transform(list_sort(${list}), lambda v: v::HUGEINT)`;
  const rank = sql`(${percentile} * (len(${list}) - 1))`;
  const low = sql`${wide}[floor(${rank})::BIGINT + 1]`;
  const high = sql`${wide}[ceil(${rank})::BIGINT + 1]`;
  // Halves of whole numbers are cut, as Java's integer division does.
  return sql`(${low} + trunc((${rank} - floor(${rank})) * (${high} - ${low})::DOUBLE)::HUGEINT)::${storageType(type)}`;
}

function median(list: Sql, type: EsqlType): Sql {
  if (type === 'double') return sql`list_aggregate(${list}, 'quantile_cont', 0.5)`;
  const order = sql`list_sort(${list})`;
  const [low, high] = [sql`${order}[(len(${list}) + 1) // 2]`, sql`${order}[len(${list}) // 2 + 1]`];
  const both = sql`(${low}::HUGEINT + ${high}::HUGEINT)`;
  // Rounded down, below nought too.
  return sql`((${both} - (${both} % 2 + 2) % 2) // 2)::${storageType(type)}`;
}

const percentile: CustomFunction = multivalue({
  name: 'MV_PERCENTILE',
  parameters: [field(types.summable, 'number'), { name: 'percentile', accepts: types.summable }],
  returns: sameAsFirst,
  duckdb([value, at], emit) {
    const p = one(at!, emit);
    const asked = emit.args[1]!.value;
    const type = emit.args[0]!.type;
    const range = sql`${p} BETWEEN 0 AND 100`;
    const bad = emit.warn(
      sql`'java.lang.IllegalArgumentException: Percentile parameter must be a number between 0 and 100, found [' || ${p}::VARCHAR || ']'`,
    );
    const all = valuesOf(value!);
    // The engine takes a part that is known beforehand; others go through the list by hand.
    const known = typeof asked === 'bigint' || typeof asked === 'number';
    const made =
      type === 'double' && !known
        ? sql`list_sort(${all})[1 + round(${p} / 100.0 * (len(${all}) - 1))::BIGINT]`
        : quantile(all, sql`(${p} / 100e0)`, type);
    return single(sql`CASE WHEN ${all} IS NULL OR ${p} IS NULL THEN NULL WHEN ${range} THEN ${made} ELSE ${bad} END`);
  },
  doc: 'The value below which so many percent of the values lie.',
  example: 'ROW a = [5, 5, 10, 12, 5000] | EVAL b = MV_PERCENTILE(a, 50)',
});

const deviation: CustomFunction = multivalue({
  name: 'MV_MEDIAN_ABSOLUTE_DEVIATION',
  parameters: [field(types.numeric, 'number')],
  returns: sameAsFirst,
  duckdb([value], { type }) {
    return reduced(
      value!,
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
  doc: 'The median of the distances from the median.',
  example: 'ROW a = [0, 2, 5, 6] | EVAL b = MV_MEDIAN_ABSOLUTE_DEVIATION(a)',
});

const append: CustomFunction = multivalue({
  name: 'MV_APPEND',
  parameters: [field(types.any, 'field1'), field(types.any, 'field2')],
  returns([a, b], call) {
    if (a!.type === 'null') return columnType(b!.type);
    const same = b!.type === 'null' || columnType(a!.type) === columnType(b!.type);
    return same ? columnType(a!.type) : sameTypeError(a!, b!, call);
  },
  multi: () => true,
  duckdb: ([a, b]) =>
    fromList(
      sql`CASE WHEN ${valuesOf(a!)} IS NOT NULL AND ${valuesOf(b!)} IS NOT NULL THEN list_concat(${valuesOf(a!)}, ${valuesOf(b!)}) END`,
    ),
  doc: 'The values of both; null if either is null.',
  example: 'ROW a = [1, 2], b = 3 | EVAL c = MV_APPEND(a, b)',
});

const sameTypeError = (a: Argument, b: Argument, call: string): { error: string } => ({
  error: `second argument of [${call}] must be [${messageName(columnType(a.type))}], found value [${b.text}] type [${messageName(b.type)}]`,
});

/** Two sets of values of one type. */
const sets = (
  name: string,
  returns: EsqlType | 'same',
  make: (a: Sql, b: Sql) => Representation,
  doc: string,
  example: string,
): CustomFunction =>
  multivalue({
    name,
    parameters: [field(types.any, 'field1'), field(types.any, 'field2')],
    returns([a, b], call) {
      const [left, right] = [columnType(a!.type), columnType(b!.type)];
      if (left !== 'null' && right !== 'null' && left !== right) return sameTypeError(a!, b!, call);
      return returns === 'same' ? (left === 'null' ? right : left) : returns;
    },
    multi: () => returns === 'same',
    duckdb: ([a, b], { args }) => {
      const type = args[0]!.type === 'null' ? args[1]!.type : args[0]!.type;
      const none = sql`[]::${storageType(type)}[]`;
      return make(sql`coalesce(${valuesOf(a!)}, ${none})`, sql`coalesce(${valuesOf(b!)}, ${none})`);
    },
    doc,
    example,
  });

const slice: CustomFunction = multivalue({
  name: 'MV_SLICE',
  parameters: [
    field(),
    { name: 'start', accepts: types.integer },
    { name: 'end', accepts: types.integer, optional: true },
  ],
  returns(args, call) {
    const [, start, end] = args;
    const [from, to] = [start?.value, end?.value];
    if (typeof from === 'bigint' && typeof to === 'bigint' && from > to && from >= 0n === to >= 0n)
      return { error: `Start offset is greater than end offset in [${call}]` };
    return sameAsFirst(args);
  },
  multi: ([value]) => value!.multi,
  duckdb([value, start, end], emit) {
    const from = one(start!, emit);
    const to = end ? one(end, emit) : from;
    const all = valuesOf(value!);
    const count = sql`len(${all})`;
    const placed = (at: Sql): Sql => sql`(CASE WHEN ${at} < 0 THEN ${count} + ${at} ELSE ${at} END)`;
    const [low, high] = [sql`greatest(${placed(from)}, 0)`, placed(to)];
    return fromList(
      sql`CASE WHEN ${from} IS NOT NULL AND ${to} IS NOT NULL AND ${high} >= 0 THEN list_slice(${all}, ${low} + 1, ${high} + 1) END`,
    );
  },
  doc: 'The values from one place to another, both included; places count from 0, and negative ones from the end.',
  example: 'ROW a = [1, 2, 2, 3] | EVAL b = MV_SLICE(a, 1, 2)',
});

const sort: CustomFunction = multivalue({
  name: 'MV_SORT',
  parameters: [field(types.ordered), { name: 'order', accepts: types.string, optional: true, constant: true }],
  returns([value, order], call) {
    const asked = order?.value;
    if (typeof asked === 'string' && !/^(asc|desc)$/i.test(asked))
      return {
        error: `Invalid order value in [${call}], expected one of [ASC, DESC] but got [${asked}]`,
      };
    return columnType(value!.type);
  },
  multi: ([value]) => value!.multi,
  duckdb: ([value], { args }) =>
    rearranged(value!, (list) => sorted(list, args[0]!.type, /^desc$/i.test(String(args[1]?.value ?? 'asc')))),
  doc: 'The values in order.',
  example: 'ROW a = [4, 2, -3, 2] | EVAL b = MV_SORT(a, "desc")',
});

const concat: CustomFunction = multivalue({
  name: 'MV_CONCAT',
  parameters: [field(types.string, 'string'), field(types.string, 'delim')],
  returns: () => 'keyword',
  duckdb([value, delimiter], emit) {
    const between = one(delimiter!, emit);
    if (!value!.list) return single(sql`CASE WHEN ${between} IS NOT NULL THEN ${value!.single} END`);
    const all = valuesOf(value!);
    if (typeof emit.args[1]!.value === 'string') return single(sql`array_to_string(${all}, ${between})`);
    const [a, b] = [ident('a'), ident('b')];
    return single(
      sql`CASE WHEN ${between} IS NOT NULL THEN list_reduce(${all}, lambda ${a}, ${b}: ${a} || ${between} || ${b}) END`,
    );
  },
  doc: 'The values as one text, with a delimiter between them.',
  example: 'ROW a = ["x", "y"] | EVAL b = MV_CONCAT(a, ", ")',
});

const zip: CustomFunction = multivalue({
  name: 'MV_ZIP',
  parameters: [
    field(types.string, 'string1'),
    field(types.string, 'string2'),
    { name: 'delim', accepts: types.string, optional: true },
  ],
  returns: () => 'keyword',
  multi: ([a, b]) => a!.multi || b!.multi,
  duckdb([a, b, delimiter], emit) {
    const between = delimiter ? one(delimiter, emit) : sql`','`;
    const [left, right] = [valuesOf(a!), valuesOf(b!)];
    const p = ident('p');
    const pairs = sql`list_transform(list_zip(coalesce(${left}, []::VARCHAR[]), coalesce(${right}, []::VARCHAR[])), lambda ${p}: CASE WHEN ${p}[1] IS NULL THEN ${p}[2] WHEN ${p}[2] IS NULL THEN ${p}[1] ELSE ${p}[1] || ${between} || ${p}[2] END)`;
    return fromList(sql`CASE WHEN ${between} IS NOT NULL THEN ${pairs} END`);
  },
  doc: 'Pairs the values of two fields; what is left of the longer one stands alone.',
  example: 'ROW a = ["x", "y", "z"], b = ["1", "2"] | EVAL c = MV_ZIP(a, b, "-")',
});

const weighted: CustomFunction = multivalue({
  name: 'MV_PSERIES_WEIGHTED_SUM',
  parameters: [
    field({ types: ['double', 'null'], text: 'double' }, 'number'),
    { name: 'p', accepts: { types: ['double', 'null'], text: 'double' }, constant: true },
  ],
  returns: () => 'double',
  duckdb([value, p]) {
    const [v, i] = [ident('v'), ident('i')];
    return reduced(
      value!,
      (list) =>
        sql`list_aggregate(list_transform(${list}, lambda ${v}, ${i}: ${v} / pow(${i}::DOUBLE, ${p!.single})), 'fsum')`,
    );
  },
  doc: 'The sum of the values, each divided by its place to the power of p.',
  example: 'ROW a = [70.0, 45.0, 21.0] | EVAL b = MV_PSERIES_WEIGHTED_SUM(a, 1.5)',
});

const double = (value: Sql): Sql => sql`(${value})::DOUBLE`;

export const multivalues: readonly ScalarFunction[] = [
  reducing(
    'MV_COUNT',
    types.any,
    () => 'integer',
    (list) => sql`len(${list})::INTEGER`,
    'The number of values.',
    'ROW a = ["x", "y"] | EVAL n = MV_COUNT(a)',
    (only) => sql`CASE WHEN ${only} IS NOT NULL THEN 1::INTEGER END`,
  ),
  sum,
  reducing(
    'MV_AVG',
    types.numeric,
    () => 'double',
    (list) => sql`(list_aggregate(list_transform(${list}, lambda v: v::DOUBLE), 'fsum') / len(${list}))`,
    'The mean of the values.',
    'ROW a = [3, 5, 6] | EVAL b = MV_AVG(a)',
    double,
  ),
  reducing(
    'MV_MEDIAN',
    types.numeric,
    sameAsFirst,
    median,
    'The median of the values.',
    'ROW a = [3, 7, 1, 6] | EVAL b = MV_MEDIAN(a)',
  ),
  percentile,
  deviation,
  reducing(
    'MV_MIN',
    types.ordered,
    sameAsFirst,
    smallest,
    'The smallest value.',
    'ROW a = [2, 1] | EVAL b = MV_MIN(a)',
  ),
  reducing('MV_MAX', types.ordered, sameAsFirst, largest, 'The largest value.', 'ROW a = [2, 1] | EVAL b = MV_MAX(a)'),
  reducing(
    'MV_FIRST',
    types.any,
    sameAsFirst,
    (list) => sql`${list}[1]`,
    'The first value.',
    'ROW a = [2, 1] | EVAL b = MV_FIRST(a)',
  ),
  reducing(
    'MV_LAST',
    types.any,
    sameAsFirst,
    (list) => sql`${list}[-1]`,
    'The last value.',
    'ROW a = [2, 1] | EVAL b = MV_LAST(a)',
  ),
  concat,
  multivalue({
    name: 'MV_DEDUPE',
    parameters: [field()],
    returns: sameAsFirst,
    multi: ([value]) => value!.multi,
    duckdb: ([value]) => rearranged(value!, deduplicated),
    doc: 'The different values.',
    example: 'ROW a = [2, 1, 2] | EVAL b = MV_DEDUPE(a)',
  }),
  sort,
  slice,
  append,
  zip,
  weighted,
  sets(
    'MV_CONTAINS',
    'boolean',
    (a, b) => single(sql`list_has_all(${a}, ${b})`),
    'True when the first holds every value of the second; null holds nothing.',
    'ROW a = ["x", "y"] | EVAL b = MV_CONTAINS(a, "x")',
  ),
  sets(
    'MV_INTERSECTS',
    'boolean',
    (a, b) => single(sql`list_has_any(${a}, ${b})`),
    'True when both have a value in common.',
    'ROW a = ["x", "y"] | EVAL b = MV_INTERSECTS(a, ["y", "z"])',
  ),
  sets(
    'MV_INTERSECTION',
    'same',
    (a, b) => fromList(sql`list_filter(${deduplicated(a)}, lambda w: list_contains(${b}, w))`),
    'The values that both have.',
    'ROW a = ["x", "y"] | EVAL b = MV_INTERSECTION(a, ["y", "z"])',
  ),
  sets(
    'MV_UNION',
    'same',
    (a, b) => fromList(deduplicated(sql`list_concat(${a}, ${b})`)),
    'The different values of both.',
    'ROW a = ["x", "y"] | EVAL b = MV_UNION(a, ["y", "z"])',
  ),
];
