import { join, type Sql, sql, text } from '../sql/sql.ts';
import { type EsqlType, isDate, isNumeric, isSpatial, isString, isTimeSpan, messageName } from '../values/types.ts';
import type { Argument, CustomFunction, Representation, ScalarFunction, SingleValueFunction } from './definition.ts';
import { sides } from './operands.ts';
import * as types from './type-sets.ts';

type Domain = EsqlType | 'numeric' | 'string' | null;

function domain(type: EsqlType): Domain {
  if (isNumeric(type)) return 'numeric';
  if (isString(type)) return 'string';
  if (isDate(type)) return 'date';
  const alone = type === 'ip' || type === 'version' || type === 'boolean' || type === 'null' || isSpatial(type);
  return alone ? type : null;
}

const domainText = (type: EsqlType): string => (isNumeric(type) ? 'numeric' : messageName(type));

/** The error when two types cannot be compared, in Elasticsearch's words; null when they can. */
export function comparisonError(left: Argument, right: Argument, call: string): string | null {
  const [a, b] = [domain(left.type), domain(right.type)];
  if (a === 'null' || b === 'null') return null;
  if (a === null || a !== b) {
    return `first argument of [${call}] is [${domainText(left.type)}] so second argument must also be [${domainText(left.type)}] but was [${messageName(right.type)}]`;
  }
  if ((left.type === 'unsigned_long') !== (right.type === 'unsigned_long')) {
    return `first argument of [${call}] is [${left.type}] and second is [${right.type}]. [unsigned_long] can only be operated on together with another [unsigned_long]`;
  }
  return null;
}

/** Versions compare by their parts, not by their text. */
export const comparable = (value: Sql, type: EsqlType): Sql =>
  type === 'version' ? sql`harrier_version_key(${value})` : value;

/** Dates of both kinds as whole numbers that compare; milliseconds reach further than nanoseconds do. */
const nanoseconds = (date: Sql, type: EsqlType): Sql =>
  type === 'date_nanos' ? sql`epoch_ns(${date})::HUGEINT` : sql`(epoch_us(${date})::HUGEINT * 1000)`;

const orderedTypes = 'date_nanos, datetime, double, integer, ip, keyword, long, text, unsigned_long or version';
const everyType =
  'boolean, cartesian_point, cartesian_shape, date_nanos, datetime, double, geo_point, geo_shape, integer, ip, keyword, long, text, unsigned_long or version';

function comparison(
  operator: '==' | '!=' | '<' | '<=' | '>' | '>=',
  symbol: Sql,
  doc: string,
  holds: (order: number) => boolean,
): SingleValueFunction {
  const equality = operator === '==' || operator === '!=';
  return {
    kind: 'scalar',
    name: operator,
    family: 'operator',
    parameters: sides(),
    multivalue: 'null-and-warn',
    returns(args, call) {
      const [left, right] = args as [Argument, Argument];
      const span = args.findIndex((arg) => isTimeSpan(arg.type));
      if (span >= 0) {
        const { text: written, type } = args[span]!;
        return {
          error: `${span === 0 ? 'first' : 'second'} argument of [${call}] must be [${equality ? everyType : orderedTypes}], found value [${written}] type [${type}]`,
        };
      }
      const error = comparisonError(left, right, call);
      if (error) return { error };
      const unordered = [left, right].find((arg) => arg.type === 'boolean' || isSpatial(arg.type));
      if (!equality && unordered) {
        return {
          error: `first argument of [${call}] must be [date_nanos, datetime, ip, numeric, string or version], found value [${unordered.text}] type [${unordered.type}]`,
        };
      }
      return 'boolean';
    },
    fold([a, b], { args }) {
      if (
        args.some((arg) => arg.type === 'version') ||
        (args[0]!.type !== args[1]!.type && args.some((arg) => isDate(arg.type))) ||
        typeof a !== typeof b ||
        a === null ||
        b === null
      )
        return undefined;
      if (typeof a === 'string' && typeof b === 'string') return holds(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      if (typeof a === 'object' || typeof b === 'object') return undefined;
      return holds(a! < b! ? -1 : a! > b! ? 1 : 0);
    },
    duckdb(args, { args: [left, right] }) {
      const type = left!.type === 'null' ? right!.type : left!.type;
      if (left!.type !== right!.type && isDate(left!.type) && isDate(right!.type))
        return sql`${nanoseconds(args[0]!, left!.type)} ${symbol} ${nanoseconds(args[1]!, right!.type)}`;
      return equality
        ? sql`${args[0]!} ${symbol} ${args[1]!}`
        : sql`${comparable(args[0]!, type)} ${symbol} ${comparable(args[1]!, type)}`;
    },
    doc,
    example: `ROW a = 1 | WHERE a ${operator} 1`,
  };
}

const ordinal = (n: number): string => {
  const tail = n % 100 > 10 && n % 100 < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th');
  return `${n}${tail}`;
};

const membership: CustomFunction = {
  kind: 'scalar',
  name: 'IN',
  family: 'operator',
  parameters: [
    { name: 'value', accepts: types.any },
    {
      name: 'list',
      accepts: { ...types.any, types: [...types.any.types, 'date_period', 'time_duration'] },
      variadic: true,
    },
  ],
  multivalue: 'custom',
  keepsNulls: true,
  resultIsMulti: () => false,
  returns(args, call) {
    const [value, ...list] = args as [Argument, ...Argument[]];
    for (const [i, item] of list.entries()) {
      if (item.type === 'null' || value.type === 'null') continue;
      const fits =
        domain(item.type) === domain(value.type) &&
        domain(value.type) !== null &&
        (item.type === 'unsigned_long') === (value.type === 'unsigned_long');
      if (!fits) {
        return {
          error: `${ordinal(i + 1)} argument of [${call}] must be [${messageName(value.type)}], found value [${item.text}] type [${messageName(item.type)}]`,
        };
      }
    }
    return 'boolean';
  },
  // An element of several values counts as null; another may still be the one.
  duckdb([left, ...elements], { args, warn }) {
    const several = text('java.lang.IllegalArgumentException: single-value function encountered multi-value');
    const one = ({ single, list }: Representation): Sql =>
      list ? sql`CASE WHEN ${list} IS NULL THEN ${single} WHEN ${warn(several)} THEN NULL END` : single;
    const [value, list] = [left!.single, elements.map(one)];
    const found = (test: Sql): Representation => ({
      single: left!.list
        ? sql`(CASE WHEN ${left!.list} IS NOT NULL THEN ${warn(several)} ELSE ${test} END)`
        : sql`(${test})`,
      list: null,
    });
    const dates = args.filter((arg) => isDate(arg.type));
    if (dates.some((arg) => arg.type !== dates[0]!.type)) {
      const all = [value, ...list].map((date, i) =>
        isDate(args[i]!.type) ? nanoseconds(date, args[i]!.type) : sql`NULL::HUGEINT`,
      );
      return found(sql`${all[0]!} IN (${join(all.slice(1), ', ')})`);
    }
    return found(sql`${value} IN (${join(list, ', ')})`);
  },
  doc: 'True when the value equals one of a list; null when it does not and the list holds a null.',
  example: 'ROW a = 3 | WHERE a IN (1, 2, 3)',
};

const symbols = {
  eq: sql`=`,
  ne: sql`<>`,
  lt: sql`<`,
  le: sql`<=`,
  gt: sql`>`,
  ge: sql`>=`,
};

export const comparisons: readonly ScalarFunction[] = [
  comparison('==', symbols.eq, 'True when two values are equal.', (order) => order === 0),
  comparison('!=', symbols.ne, 'True when two values differ.', (order) => order !== 0),
  comparison('<', symbols.lt, 'True when the first value is the smaller.', (order) => order < 0),
  comparison('<=', symbols.le, 'True when the first value is the smaller or equal.', (order) => order <= 0),
  comparison('>', symbols.gt, 'True when the first value is the larger.', (order) => order > 0),
  comparison('>=', symbols.ge, 'True when the first value is the larger or equal.', (order) => order >= 0),
  membership,
];
