import { storageType } from '../../catalogue/storage-type.ts';
import { type Sql, sql, text } from '../../sql/sql.ts';
import { type EsqlType, isString } from '../../values/types.ts';
import { comparable } from './comparison.ts';
import type { AggregateFunction, Representation } from './definition.ts';
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
  returns: ([arg]) => (arg!.type === 'double' ? 'double' : 'long'),
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
  duckdb([value], { args, filter }) {
    const n = count.duckdb([value!], { args, type: 'long', filter }).single;
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

export const aggregates: readonly AggregateFunction[] = [
  count,
  countDistinct,
  sum,
  avg,
  extreme('MIN', 'The smallest value.'),
  extreme('MAX', 'The largest value.'),
  values,
];
