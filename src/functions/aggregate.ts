import { storageType } from '../sql/duckdb/storage-type.ts';
import { number, type Sql, sql, text } from '../sql/sql.ts';
import { type EsqlType, isString, isWholeNumber } from '../values/types.ts';
import { comparable } from './comparison.ts';
import type { AggregateFunction, Representation } from './definition.ts';
import { fromList } from './sql-fragments.ts';
import * as types from './type-sets.ts';

/*
 * Aggregates see every value of a multivalue on its own; nulls do not count. Over no rows they are null, counts nought.
 */

const field = (accepts = types.any) => [{ name: 'field', accepts }];
const columnType = (type: EsqlType): EsqlType => (isString(type) ? 'keyword' : type);

/** All values of a row as one list; null where there is none. */
const everyValue = ({ single, list }: Representation): Sql =>
  sql`CASE WHEN ${list!} IS NOT NULL THEN ${list!} WHEN ${single} IS NOT NULL THEN [${single}] END`;

const count: AggregateFunction = {
  kind: 'aggregate',
  name: 'COUNT',
  family: 'aggregate',
  parameters: [{ name: 'field', accepts: types.any, optional: true }],
  returns: () => 'long',
  multi: false,
  duckdb([value], { filter }) {
    if (!value) return { single: sql`count(*)${filter}`, list: null };
    const singles = sql`count(${value.single})${filter}`;
    return {
      single: value.list ? sql`(${singles} + coalesce(sum(len(${value.list}))${filter}, 0))::BIGINT` : singles,
      list: null,
    };
  },
  doc: 'The number of rows, or of values of a field.',
  example: 'ROW a = [1, 2] | STATS n = COUNT(a)',
};

const countDistinct: AggregateFunction = {
  kind: 'aggregate',
  name: 'COUNT_DISTINCT',
  family: 'aggregate',
  parameters: [
    {
      name: 'field',
      accepts: {
        ...types.any,
        types: types.any.types.filter((type) => type !== 'unsigned_long'),
        text: 'any exact type except unsigned_long, _source, or counter types',
      },
    },
    { name: 'precision', accepts: types.wholeNumber, optional: true, constant: true },
  ],
  returns: () => 'long',
  multi: false,
  // Exact: Elasticsearch's sketch is exact too up to its threshold, apart from rare collisions.
  duckdb([value], { filter }) {
    if (!value!.list) return { single: sql`count(DISTINCT ${value!.single})${filter}`, list: null };
    return {
      single: sql`len(list_distinct(coalesce(flatten(list(${everyValue(value!)})${filter}), [])))::BIGINT`,
      list: null,
    };
  },
  doc: 'The number of different values.',
  example: 'ROW a = [1, 2, 2] | STATS n = COUNT_DISTINCT(a)',
};

/** Singles and lists are added up apart, for lists are rare. */
function totalSql(value: Representation, type: EsqlType, filter: Sql): Sql {
  const add = type === 'double' ? sql`fsum` : sql`sum`;
  const singles = sql`${add}(${value.single})${filter}`;
  if (!value.list) return singles;
  const lists = sql`${add}(list_sum(${value.list}))${filter}`;
  return sql`CASE WHEN ${lists} IS NULL THEN ${singles} ELSE coalesce(${singles}, 0) + ${lists} END`;
}

const sum: AggregateFunction = {
  kind: 'aggregate',
  name: 'SUM',
  family: 'aggregate',
  parameters: [{ name: 'number', accepts: types.summable }],
  returns: ([arg]) => (arg!.type === 'double' || arg!.type === 'null' ? arg!.type : 'long'),
  multi: false,
  duckdb([value], { args, type, filter }) {
    const total = totalSql(value!, args[0]!.type, filter);
    if (type === 'double') return { single: total, list: null };
    return {
      single: sql`TRY_CAST(${total} AS BIGINT)`,
      list: null,
      failure: { when: sql`(${total}) IS NOT NULL`, reason: text('java.lang.ArithmeticException: long overflow') },
    };
  },
  doc: 'The total of numbers.',
  example: 'ROW a = [1, 2, 3] | STATS total = SUM(a)',
};

const avg: AggregateFunction = {
  kind: 'aggregate',
  name: 'AVG',
  family: 'aggregate',
  parameters: [{ name: 'number', accepts: types.summable }],
  returns: () => 'double',
  multi: false,
  duckdb([value], context) {
    const { args, filter } = context;
    const n = count.duckdb([value!], { ...context, type: 'long' }).single;
    const total = totalSql(value!, args[0]!.type, filter);
    return { single: sql`(${total})::DOUBLE / nullif(${n}, 0)`, list: null };
  },
  doc: 'The mean of numbers.',
  example: 'ROW a = [1, 2, 4] | STATS mean = AVG(a)',
};

function extreme(name: 'MIN' | 'MAX', doc: string): AggregateFunction {
  const [aggregate, inList, choose, byKey]: [Sql, Sql, Sql, Sql] =
    name === 'MIN'
      ? [sql`min`, sql`list_min`, sql`least`, sql`arg_min`]
      : [sql`max`, sql`list_max`, sql`greatest`, sql`arg_max`];
  return {
    kind: 'aggregate',
    name,
    family: 'aggregate',
    parameters: field(types.ordered),
    returns: ([arg]) => columnType(arg!.type),
    multi: false,
    duckdb([value], { args, filter }) {
      const type = args[0]!.type;
      if (type === 'version') {
        const key = (version: Sql): Sql => comparable(version, 'version');
        const single = value!.list ? sql`coalesce(${value!.single}, ${inList}(${value!.list}))` : value!.single;
        return { single: sql`${byKey}(${single}, ${key(single)})${filter}`, list: null };
      }
      const singles = sql`${aggregate}(${value!.single})${filter}`;
      if (!value!.list) return { single: singles, list: null };
      return { single: sql`${choose}(${singles}, ${aggregate}(${inList}(${value!.list}))${filter})`, list: null };
    },
    doc,
    example: `ROW a = [1, 2, 3] | STATS x = ${name}(a)`,
  };
}

const values: AggregateFunction = {
  kind: 'aggregate',
  name: 'VALUES',
  family: 'aggregate',
  parameters: field({
    types: types.any.types.filter((type) => type !== 'unsigned_long'),
    text: 'any type except unsigned_long and counter types',
  }),
  returns: ([arg]) => columnType(arg!.type),
  multi: true,
  // Elasticsearch leaves the order open; sorted, two runs can be compared.
  duckdb([value], { args, filter }) {
    const storage = storageType(args[0]!.type);
    const all = value!.list
      ? sql`list_sort(list_distinct(flatten(list(${everyValue(value!)})${filter})))`
      : sql`list_sort(list_filter(list(DISTINCT ${value!.single})${filter}, lambda v: v IS NOT NULL))`;
    return {
      single: sql`CASE WHEN len(${all}) = 1 THEN (${all})[1] END`,
      list: sql`CASE WHEN len(${all}) > 1 THEN (${all})::${storage}[] END`,
    };
  },
  doc: 'The different values, sorted.',
  example: 'ROW a = [2, 1, 2] | STATS v = VALUES(a)',
};

interface Made {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly parameters: AggregateFunction['parameters'];
  readonly returns: AggregateFunction['returns'];
  readonly multi?: boolean;
  readonly check?: NonNullable<AggregateFunction['check']>;
  readonly duckdb: AggregateFunction['duckdb'];
  readonly doc: string;
  readonly example: string;
}
const aggregate = ({ multi = false, ...made }: Made): AggregateFunction => ({
  kind: 'aggregate',
  family: 'aggregate',
  multi,
  ...made,
});

/** An aggregate of SQL over every value as a double; `inList` is its name for lists. */
function overDoubles(
  value: Representation,
  filter: Sql,
  ofColumn: (value: Sql) => Sql,
  ofList: (list: Sql) => Sql,
): Sql {
  if (!value.list) return sql`${ofColumn(sql`(${value.single})::DOUBLE`)}${filter}`;
  return ofList(sql`list_transform(flatten(list(${everyValue(value)})${filter}), lambda v: v::DOUBLE)`);
}

const plainNumber = { ...types.summable, text: 'numeric except unsigned_long or counter types' };
const numberParameter = { name: 'number', accepts: plainNumber };

function statistic(
  name: string,
  aliases: readonly string[],
  engine: 'median' | 'mad' | 'stddev_pop' | 'var_pop',
  doc: string,
): AggregateFunction {
  const ofColumn = { median: sql`median`, mad: sql`mad`, stddev_pop: sql`stddev_pop`, var_pop: sql`var_pop` }[engine];
  return aggregate({
    name,
    aliases,
    parameters: [numberParameter],
    returns: () => 'double',
    duckdb: ([value], { filter }) => ({
      single: overDoubles(
        value!,
        filter,
        (column) => sql`${ofColumn}(${column})`,
        (list) => sql`list_aggregate(${list}, ${text(engine)})`,
      ),
      list: null,
    }),
    doc,
    example: `ROW a = [1, 2, 4] | STATS b = ${name}(a)`,
  });
}

const percentile: AggregateFunction = aggregate({
  name: 'PERCENTILE',
  parameters: [
    { name: 'number', accepts: { ...plainNumber, text: 'numeric except unsigned_long' } },
    { name: 'percentile', accepts: plainNumber, constant: true },
  ],
  returns: () => 'double',
  // Elasticsearch's digest keeps every value up to some 20,000 of a group; this keeps them all.
  duckdb([value, percent], { args, filter }) {
    const asked = args[1]!.value;
    const part = Number(asked) / 100;
    if (asked === null || asked === undefined || !(part >= 0 && part <= 1))
      return { single: sql`CASE WHEN count(${percent!.single}) < 0 THEN 0e0 END`, list: null };
    const at = sql`${text(String(part))}::DOUBLE`;
    return {
      single: overDoubles(
        value!,
        filter,
        (column) => sql`quantile_cont(${column}, ${at})`,
        (list) => sql`list_aggregate(${list}, 'quantile_cont', ${at})`,
      ),
      list: null,
    };
  },
  doc: 'The value below which so many percent of the values lie.',
  example: 'ROW a = [1, 2, 4] | STATS b = PERCENTILE(a, 90)',
});

/** The first so many values of an order, in it; values that are equal all count. */
const top: AggregateFunction = aggregate({
  name: 'TOP',
  parameters: [
    {
      name: 'field',
      accepts: {
        types: [
          'boolean',
          'double',
          'integer',
          'long',
          'unsigned_long',
          'date',
          'date_nanos',
          'ip',
          'keyword',
          'text',
          'null',
        ],
        text: 'boolean, date, ip, string or numeric except unsigned_long or counter types',
      },
    },
    { name: 'limit', accepts: types.integer, constant: true },
    { name: 'order', accepts: types.string, optional: true, constant: true },
    { name: 'outputField', accepts: types.any, optional: true },
  ],
  returns: (args) => columnType((args[3] ?? args[0]!).type),
  multi: true,
  check([, limit, order], call) {
    if (typeof limit!.value !== 'bigint' || limit!.value <= 0n)
      return `Limit must be greater than 0 in [${call}], found [${limit!.value}]`;
    const asked = order?.value;
    if (typeof asked === 'string' && !/^(?:asc|desc)$/i.test(asked))
      return `Invalid order value in [${call}], expected [ASC, DESC] but got [${asked}]`;
    return null;
  },
  duckdb([value, , , output], { args, filter }) {
    const count = number(args[1]!.value as bigint);
    const descending = /^desc$/i.test(String(args[2]?.value ?? 'asc'));
    if (output) {
      const choose = descending ? sql`arg_max` : sql`arg_min`;
      return fromList(sql`${choose}(${output.single}, ${value!.single}, ${count})${filter}`);
    }
    if (!value!.list) return fromList(sql`${descending ? sql`max` : sql`min`}(${value!.single}, ${count})${filter}`);
    const sort = descending ? sql`list_reverse_sort` : sql`list_sort`;
    return fromList(sql`${sort}(flatten(list(${everyValue(value!)})${filter}))[:${count}]`);
  },
  doc: 'The largest or smallest values, in order; equal ones all count.',
  example: 'ROW a = [3, 1, 2] | STATS b = TOP(a, 2, "desc")',
});

/** The value, nulls and lists included, of the row that comes first or last. */
function ofRow(name: 'FIRST' | 'LAST', doc: string): AggregateFunction {
  const choose = name === 'FIRST' ? sql`arg_min` : sql`arg_max`;
  return aggregate({
    name,
    parameters: [
      { name: 'value', accepts: types.any },
      {
        name: 'sort',
        accepts: { types: ['long', 'integer', 'date', 'date_nanos', 'null'], text: 'long, date_nanos or datetime' },
      },
    ],
    returns: ([value]) => columnType(value!.type),
    multi: true,
    duckdb([value, order], { args, filter }) {
      const storage = storageType(args[0]!.type);
      const list = value!.list ?? sql`NULL::${storage}[]`;
      const whole = sql`{s: ${value!.single}, l: ${list}}`;
      const key = order!.list
        ? sql`coalesce(${order!.single}, ${name === 'FIRST' ? sql`list_min` : sql`list_max`}(${order!.list}))`
        : order!.single;
      // Rows without a place in the order come last.
      const chosen = sql`coalesce(${choose}(${whole}, ${key})${filter}, any_value(${whole})${filter})`;
      return { single: sql`${chosen}.s`, list: value!.list ? sql`${chosen}.l` : null };
    },
    doc,
    example: `ROW a = "x", t = 1 | STATS b = ${name}(a, t)`,
  });
}

const weightedAverage: AggregateFunction = aggregate({
  name: 'WEIGHTED_AVG',
  parameters: [numberParameter, { name: 'weight', accepts: types.summable }],
  returns: () => 'double',
  check([, weight], call) {
    const { type, value, text: written } = weight!;
    const isNought = (typeof value === 'number' || typeof value === 'bigint') && Number(value) === 0;
    if (type !== 'null' && value !== null && !isNought) return null;
    return `SECOND argument of [${call}] cannot be null or 0, received [${isNought ? written : 'null'}]`;
  },
  duckdb([value, weight], { args, filter, warn }) {
    // Values that are the same in every row weigh the same too.
    if (Array.isArray(args[0]!.value))
      return { single: sql`CASE WHEN count(*)${filter} > 0 THEN list_avg(${value!.list!}) END`, list: null };
    const several = text('java.lang.IllegalArgumentException: single-value function encountered multi-value');
    const whole = args.every(({ type }) => isWholeNumber(type));
    const own = whole ? sql`HUGEINT` : sql`DOUBLE`;
    const one = ({ single, list }: Representation): Sql =>
      sql`(${list ? sql`CASE WHEN ${list} IS NOT NULL THEN ${warn(several, own)} ELSE ${single} END` : single})::${own}`;
    const [v, w] = [one(value!), one(weight!)];
    const weights = sql`sum(CASE WHEN ${v} IS NOT NULL THEN ${w} END)${filter}`;
    // Products and totals of whole numbers are longs, as those of SUM are.
    const overflow = text('java.lang.ArithmeticException: long overflow');
    const long = (sum: Sql): Sql => (whole ? sql`TRY_CAST(${sum} AS BIGINT)` : sum);
    const product = sql`${v} * ${w}`;
    const total = whole
      ? sql`sum(coalesce(${long(product)}, CASE WHEN (${product}) IS NOT NULL THEN ${warn(overflow, sql`BIGINT`)} END))${filter}`
      : sql`sum(${product})${filter}`;
    return {
      single: sql`(${long(total)}::DOUBLE / nullif(${long(weights)}, 0))`,
      list: null,
      failure: {
        when: sql`${total} IS NOT NULL`,
        reason: sql`CASE WHEN ${weights} = 0 THEN 'java.lang.ArithmeticException: / by zero' ELSE ${overflow} END`,
      },
    };
  },
  doc: 'The mean of numbers, each with its weight.',
  example: 'ROW a = 3, w = 2 | STATS b = WEIGHTED_AVG(a, w)',
});

const sample: AggregateFunction = aggregate({
  name: 'SAMPLE',
  parameters: [
    { name: 'field', accepts: types.any },
    { name: 'limit', accepts: types.integer, constant: true },
  ],
  returns: ([value]) => columnType(value!.type),
  multi: true,
  check: ([, limit], call) =>
    typeof limit!.value === 'bigint' && limit!.value > 0n
      ? null
      : `Limit must be greater than 0 in [${call}], found [${limit!.value}]`,
  duckdb([value], { args, filter }) {
    const all = value!.list
      ? sql`flatten(list(${everyValue(value!)} ORDER BY random())${filter})`
      : sql`list_filter(list(${value!.single} ORDER BY random())${filter}, lambda v: v IS NOT NULL)`;
    return fromList(sql`(${all})[:${number(args[1]!.value as bigint)}]`);
  },
  doc: 'So many values, chosen by chance.',
  example: 'ROW a = [3, 1, 2] | STATS b = SAMPLE(a, 2)',
});

const presence = (name: 'PRESENT' | 'ABSENT', doc: string): AggregateFunction =>
  aggregate({
    name,
    parameters: field(),
    returns: () => 'boolean',
    duckdb([value], context) {
      const n = count.duckdb([value!], { ...context, type: 'long' }).single;
      return { single: name === 'PRESENT' ? sql`(${n} > 0)` : sql`(${n} = 0)`, list: null };
    },
    doc,
    example: `ROW a = 1 | STATS b = ${name}(a)`,
  });

export const aggregates: readonly AggregateFunction[] = [
  statistic('MEDIAN', [], 'median', 'The median of numbers.'),
  percentile,
  statistic('MEDIAN_ABSOLUTE_DEVIATION', [], 'mad', 'The median of the distances from the median.'),
  statistic('STD_DEV', [], 'stddev_pop', 'The standard deviation of all the numbers.'),
  statistic('VARIANCE', ['STD_VAR'], 'var_pop', 'The variance of all the numbers.'),
  top,
  ofRow('FIRST', 'The value of the row that comes first in an order.'),
  ofRow('LAST', 'The value of the row that comes last in an order.'),
  weightedAverage,
  sample,
  presence('PRESENT', 'Whether there is any value.'),
  presence('ABSENT', 'Whether there is no value.'),
  count,
  countDistinct,
  sum,
  avg,
  extreme('MIN', 'The smallest value.'),
  extreme('MAX', 'The largest value.'),
  values,
];
