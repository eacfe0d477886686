import type { aggregates } from '../../../functions/aggregates.ts';
import { type EsqlType, isWholeNumber } from '../../../values/types.ts';
import { number, type Sql, sql, text } from '../../sql.ts';
import { fromList, type Representation, single } from '../representation.ts';
import { storageType } from '../storage-type.ts';
import { comparable } from './comparisons.ts';
import { type AggregateContext, type AggregateValue, type SqlFor, severalValues, unsupported } from './contract.ts';

/** All values of a row as one list; null where there is none. */
const everyValue = ({ single, list }: Representation): Sql =>
  sql`CASE WHEN ${list!} IS NOT NULL THEN ${list!} WHEN ${single} IS NOT NULL THEN [${single}] END`;

/** The values of rows as lists, alike ones once: what a field of several values holds is mostly there again and again. */
const everyDistinct = (value: Representation, filter: Sql): Sql => sql`list(DISTINCT ${everyValue(value)})${filter}`;

/** How many values there are. */
function counted(value: Representation, filter: Sql): Sql {
  const singles = sql`count(${value.single})${filter}`;
  return value.list ? sql`(${singles} + coalesce(sum(len(${value.list}))${filter}, 0))::BIGINT` : singles;
}

/** Singles and lists are added up apart, for lists are rare. */
function totalSql(value: Representation, type: EsqlType, filter: Sql): Sql {
  const add = type === 'double' ? sql`fsum` : sql`sum`;
  const singles = sql`${add}(${value.single})${filter}`;
  if (!value.list) return singles;
  const lists = sql`${add}(list_sum(${value.list}))${filter}`;
  return sql`CASE WHEN ${lists} IS NULL THEN ${singles} ELSE coalesce(${singles}, 0) + ${lists} END`;
}

/** A part of metrics that hold what numbers come to, as a double; null where one does not have it. */
const partOf = ({ single }: Representation, part: 'min' | 'max' | 'sum' | 'value_count'): Sql =>
  sql`(${single} ->> ${text(`$.${part}`)})::DOUBLE`;
const isMetric = (type: EsqlType | undefined): boolean => type === 'aggregate_metric_double';

/** How many numbers such metrics are of. */
const countedIn = (value: Representation, filter: Sql): Sql =>
  sql`coalesce(sum((${partOf(value, 'value_count')})::BIGINT)${filter}, 0)::BIGINT`;

const meanSql = (value: Representation, type: EsqlType, filter: Sql): AggregateValue =>
  single(sql`(${totalSql(value, type, filter)})::DOUBLE / nullif(${counted(value, filter)}, 0)`);

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

/** Values that SAMPLE keeps for each group without looking at all: the engine makes room for them beforehand. */
const mostKept = 1000n;

type OneField = (typeof aggregates)['MIN']['parameters'];
type One = readonly [Representation];

const extreme =
  (part: 'min' | 'max', aggregate: Sql, inList: Sql, choose: Sql, byKey: Sql) =>
  ([value]: One, { args: [{ type }], filter }: AggregateContext<OneField>): AggregateValue => {
    if (isMetric(type)) return single(sql`${aggregate}(${partOf(value, part)})${filter}`);
    if (type === 'version') {
      const one = value.list ? sql`coalesce(${value.single}, ${inList}(${value.list}))` : value.single;
      return single(sql`${byKey}(${one}, ${comparable(one, type)})${filter}`);
    }
    const singles = sql`${aggregate}(${value.single})${filter}`;
    if (!value.list) return single(singles);
    return single(sql`${choose}(${singles}, ${aggregate}(${inList}(${value.list}))${filter})`);
  };

const statistic =
  (name: string, ofColumn: Sql) =>
  ([value]: One, { filter }: Pick<AggregateContext, 'filter'>): AggregateValue =>
    single(
      overDoubles(
        value,
        filter,
        (column) => sql`${ofColumn}(${column})`,
        (list) => sql`list_aggregate(${list}, ${text(name)})`,
      ),
    );

type Ordered = (typeof aggregates)['FIRST']['parameters'];

/**
 * The value, nulls and lists included, of the row that comes first or last. Rows without a place in the order come last:
 * where it is an order of times, at a time beyond all others, and else where no row has a place. DuckDB (1.5) takes much
 * longer for a structure and a second aggregate than for a plain value.
 */
const ofRow =
  (end: 'min' | 'max') =>
  (
    [value, order]: readonly [Representation, Representation],
    { args: [, { type: orderType }], filter }: AggregateContext<Ordered>,
  ): AggregateValue => {
    const [choose, inList, beyond] =
      end === 'min' ? [sql`arg_min`, sql`list_min`, sql`'infinity'`] : [sql`arg_max`, sql`list_max`, sql`'-infinity'`];
    const key = order.list ? sql`coalesce(${order.single}, ${inList}(${order.list}))` : order.single;
    const whole = value.list ? sql`{s: ${value.single}, l: ${value.list}}` : sql`{s: ${value.single}}`;
    if (orderType !== 'date') {
      const chosen = sql`coalesce(${choose}(${whole}, ${key})${filter}, any_value(${whole})${filter})`;
      return { single: sql`${chosen}.s`, list: value.list ? sql`${chosen}.l` : null };
    }
    const place = sql`coalesce(${key}, ${beyond}::TIMESTAMP)`;
    if (!value.list) return single(sql`${choose}_null(${value.single}, ${place})${filter}`);
    const chosen = sql`${choose}_null(${whole}, ${place})${filter}`;
    return { single: sql`(${chosen}).s`, list: sql`(${chosen}).l` };
  };

export const aggregateSql: SqlFor<typeof aggregates> = {
  MEDIAN: statistic('median', sql`median`),
  // Elasticsearch's digest keeps every value up to some 20,000 of a group; this keeps them all.
  PERCENTILE([value, percent], { args: [, { value: asked }], filter }) {
    const part = Number(asked) / 100;
    if (asked === null || asked === undefined || !(part >= 0 && part <= 1))
      return single(sql`CASE WHEN count(${percent.single}) < 0 THEN 0e0 END`);
    const at = sql`${text(String(part))}::DOUBLE`;
    return single(
      overDoubles(
        value,
        filter,
        (column) => sql`quantile_cont(${column}, ${at})`,
        (list) => sql`list_aggregate(${list}, 'quantile_cont', ${at})`,
      ),
    );
  },
  MEDIAN_ABSOLUTE_DEVIATION: statistic('mad', sql`mad`),
  STD_DEV: statistic('stddev_pop', sql`stddev_pop`),
  VARIANCE: statistic('var_pop', sql`var_pop`),
  TOP([value, , , output], { args: [, limit, order], filter }) {
    const count = number(limit.value as bigint);
    const descending = /^desc$/i.test(String(order?.value ?? 'asc'));
    if (output) {
      const choose = descending ? sql`arg_max` : sql`arg_min`;
      return fromList(sql`${choose}(${output.single}, ${value.single}, ${count})${filter}`);
    }
    if (!value.list) return fromList(sql`${descending ? sql`max` : sql`min`}(${value.single}, ${count})${filter}`);
    const sort = descending ? sql`list_reverse_sort` : sql`list_sort`;
    return fromList(sql`${sort}(flatten(list(${everyValue(value)})${filter}))[:${count}]`);
  },
  FIRST: ofRow('min'),
  LAST: ofRow('max'),
  WEIGHTED_AVG([value, weight], { args, filter, warn }) {
    const overflow = text('java.lang.ArithmeticException: long overflow');
    // A weight that is the same in every row weighs nothing: the mean of all values, those of lists included, of which
    // the total must be a long where they are whole.
    if (args[1].value !== undefined && !Array.isArray(args[1].value)) {
      const [{ type }] = args;
      if (!isWholeNumber(type)) return meanSql(value, type, filter);
      const sum = totalSql(value, type, filter);
      return {
        single: sql`TRY_CAST(${sum} AS BIGINT)::DOUBLE / nullif(${counted(value, filter)}, 0)`,
        list: null,
        failure: { when: sql`(${sum}) IS NOT NULL`, reason: overflow },
      };
    }
    const whole = args.every(({ type }) => isWholeNumber(type));
    const own = whole ? sql`HUGEINT` : sql`DOUBLE`;
    const one = ({ single: only, list }: Representation): Sql =>
      sql`(${list ? sql`CASE WHEN ${list} IS NOT NULL THEN ${warn(severalValues, own)} ELSE ${only} END` : only})::${own}`;
    const [v, w] = [one(value), one(weight)];
    const weights = sql`sum(CASE WHEN ${v} IS NOT NULL THEN ${w} END)${filter}`;
    // Products and totals of whole numbers are longs, as those of SUM are.
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
  SPARKLINE: unsupported('STATS makes other aggregates of it'),
  SAMPLE([value], { args: [, limit], filter }) {
    const wanted = limit.value as bigint;
    // The engine keeps as many values as are wanted, and none that is null.
    if (!value.list && wanted > 0n && wanted <= mostKept)
      return fromList(sql`arg_min(${value.single}, random(), ${number(wanted)})${filter}`);
    const all = value.list
      ? sql`flatten(list(${everyValue(value)} ORDER BY random())${filter})`
      : sql`list_filter(list(${value.single} ORDER BY random())${filter}, lambda v: v IS NOT NULL)`;
    return fromList(sql`(${all})[:${number(wanted)}]`);
  },
  PRESENT: ([value], { filter }) => single(sql`(${counted(value, filter)} > 0)`),
  ABSENT: ([value], { filter }) => single(sql`(${counted(value, filter)} = 0)`),
  COUNT([value], { args: [arg], filter }) {
    if (!value) return single(sql`count(*)${filter}`);
    return single(isMetric(arg?.type) ? countedIn(value, filter) : counted(value, filter));
  },
  // Exact: Elasticsearch's sketch is exact too up to its threshold, apart from rare collisions.
  COUNT_DISTINCT([value], { filter }) {
    if (!value.list) return single(sql`count(DISTINCT ${value.single})${filter}`);
    return single(sql`len(list_distinct(coalesce(flatten(${everyDistinct(value, filter)}), [])))::BIGINT`);
  },
  SUM([value], { args: [{ type: given }], type, filter }) {
    if (isMetric(given)) return single(sql`fsum(${partOf(value, 'sum')})${filter}`);
    const total = totalSql(value, given, filter);
    if (type === 'double') return single(total);
    return {
      single: sql`TRY_CAST(${total} AS BIGINT)`,
      list: null,
      failure: { when: sql`(${total}) IS NOT NULL`, reason: text('java.lang.ArithmeticException: long overflow') },
    };
  },
  AVG([value], { args: [{ type }], filter }) {
    if (!isMetric(type)) return meanSql(value, type, filter);
    return single(sql`fsum(${partOf(value, 'sum')})${filter} / nullif(${countedIn(value, filter)}, 0)`);
  },
  MIN: extreme('min', sql`min`, sql`list_min`, sql`least`, sql`arg_min`),
  MAX: extreme('max', sql`max`, sql`list_max`, sql`greatest`, sql`arg_max`),
  // Elasticsearch leaves the order open; sorted, two runs can be compared.
  VALUES([value], { args: [{ type }], filter }) {
    const all = value.list
      ? sql`list_sort(list_distinct(flatten(${everyDistinct(value, filter)})))`
      : sql`list_sort(list_filter(list(DISTINCT ${value.single})${filter}, lambda v: v IS NOT NULL))`;
    return {
      single: sql`CASE WHEN len(${all}) = 1 THEN (${all})[1] END`,
      list: sql`CASE WHEN len(${all}) > 1 THEN (${all})::${storageType(type)}[] END`,
    };
  },
};
