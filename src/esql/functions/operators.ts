import { storageType } from '../../catalogue/storage-type.ts';
import { join, type Sql, sql, text } from '../../sql/sql.ts';
import { type EsqlType, isDate, isNumeric, isString, isTimeSpan, messageName } from '../../values/types.ts';
import type { ConstantValue, TimeSpan } from '../plan/expression.ts';
import type { Argument, Evaluation, ScalarFunction, SingleValueFunction } from './definition.ts';
import { finite, interval } from './sql-fragments.ts';
import * as types from './type-sets.ts';

const two = (name = 'value') => [
  { name: `left ${name}`, accepts: { ...types.any, types: [...types.any.types, ...types.timeSpan.types] } },
  { name: `right ${name}`, accepts: { ...types.any, types: [...types.any.types, ...types.timeSpan.types] } },
];

/** The wider of two numeric types, as arithmetic and comparisons see them; unsigned_long mixes with nothing. */
function wider(a: EsqlType, b: EsqlType): EsqlType | null {
  if (a === 'null') return b;
  if (b === 'null' || a === b) return a;
  if (a === 'unsigned_long' || b === 'unsigned_long') return null;
  if (a === 'double' || b === 'double') return 'double';
  return 'long';
}

// --- Arithmetic ------------------------------------------------------------------------------------------------------

const arithmeticText = { '+': 'date_nanos, datetime or numeric', '-': 'date_nanos, datetime or numeric' } as const;

function arithmeticType(operator: '+' | '-' | '*' | '/' | '%', args: readonly Argument[], call: string) {
  const [left, right] = args as [Argument, Argument];
  const spans = operator === '+' || operator === '-';
  const takes = (type: EsqlType): boolean =>
    isNumeric(type) || type === 'null' || (spans && (isDate(type) || isTimeSpan(type)));
  for (const [ordinal, arg] of [
    ['first', left],
    ['second', right],
  ] as const) {
    if (takes(arg.type)) continue;
    const wanted = spans ? arithmeticText[operator] : 'numeric';
    return {
      error: `${ordinal} argument of [${call}] must be [${wanted}], found value [${arg.text}] type [${messageName(arg.type)}]`,
    };
  }
  if (isTimeSpan(left.type) && isDate(right.type) && operator === '-') {
    return {
      error: `[-] arguments are in unsupported order: cannot subtract a [${messageName(right.type).toUpperCase()}] value [${right.text}] from a [${left.type.toUpperCase()}] amount [${left.text}]`,
    };
  }
  if (isTimeSpan(left.type) && left.type === right.type) return left.type;
  for (const [date, span] of [
    [left, right],
    [right, left],
  ] as const) {
    if ((isDate(date.type) || date.type === 'null') && isTimeSpan(span.type))
      return date.type === 'null' ? 'date' : date.type;
  }
  const numericOnly = [left, right].every((arg) => isNumeric(arg.type) || arg.type === 'null');
  const type = numericOnly ? wider(left.type, right.type) : null;
  if (type) return type === 'null' ? 'integer' : type;
  if ([left, right].some((arg) => isDate(arg.type)) && [left, right].some((arg) => arg.type === 'null')) return 'date';
  return {
    error: `[${operator}] has arguments with incompatible types [${messageName(left.type)}] and [${messageName(right.type)}]`,
  };
}

function arithmetic(
  operator: '+' | '-' | '*' | '/' | '%',
  doc: string,
  example: string,
  options: { exact(a: bigint, b: bigint): bigint | null; double(a: number, b: number): number },
): SingleValueFunction {
  return {
    kind: 'scalar',
    name: operator,
    family: 'operator',
    parameters: two(),
    multivalue: 'null-and-warn',
    returns: (args, call) => arithmeticType(operator, args, call),
    fold(values, { type }) {
      const [a, b] = values;
      if (isSpan(a) && isSpan(b)) return operator === '-' ? addSpans(a, negateSpan(b)) : addSpans(a, b);
      if (type === 'date') return foldDate(operator, a!, b!);
      if (typeof a === 'bigint' && typeof b === 'bigint' && (type === 'integer' || type === 'long')) {
        const result = options.exact(a, b);
        const fits = result !== null && result === BigInt.asIntN(type === 'integer' ? 32 : 64, result);
        return fits ? result : undefined;
      }
      if (type === 'double') {
        const result = options.double(Number(a), Number(b));
        return Number.isFinite(result) ? result : undefined;
      }
      return undefined;
    },
    duckdb(args, { type, args: [left, right] }) {
      const [a, b] = args as [Sql, Sql];
      if (type === 'date') return shiftDate(operator, a, b, left!, right!);
      return type === 'double' ? doubleArithmetic(operator, a, b) : wholeArithmetic(operator, a, b, type);
    },
    doc,
    example,
  };
}

const operatorSql: Record<string, Sql> = { '+': sql`+`, '-': sql`-`, '*': sql`*`, '/': sql`//`, '%': sql`%` };
const divisionByZero = text('java.lang.ArithmeticException: / by zero');

/** Computed in a type wide enough for every result, then cut back: an overflow shows as null. */
function wholeArithmetic(operator: '+' | '-' | '*' | '/' | '%', a: Sql, b: Sql, type: EsqlType): Evaluation {
  const wide =
    type === 'integer' ? sql`BIGINT` : type === 'unsigned_long' && operator === '*' ? sql`UHUGEINT` : sql`HUGEINT`;
  if (operator === '/' || operator === '%') {
    return {
      value: sql`(${a}::${wide} ${operatorSql[operator]!} nullif(${b}, 0))::${storageType(type)}`,
      failure: { when: sql`${b} = 0 AND ${a} IS NOT NULL`, reason: divisionByZero },
    };
  }
  return {
    value: sql`TRY_CAST(${a}::${wide} ${operatorSql[operator]!} ${b}::${wide} AS ${storageType(type)})`,
    failure: {
      when: sql`${a} IS NOT NULL AND ${b} IS NOT NULL`,
      reason: text(`java.lang.ArithmeticException: ${type} overflow`),
    },
  };
}

function doubleArithmetic(operator: '+' | '-' | '*' | '/' | '%', a: Sql, b: Sql): Evaluation {
  const [x, y] = [sql`${a}::DOUBLE`, sql`${b}::DOUBLE`];
  const divides = operator === '/' || operator === '%';
  const result = operator === '/' ? sql`${x} / ${y}` : sql`${x} ${operatorSql[operator]!} ${y}`;
  const reason = divides
    ? divisionByZero
    : sql`'java.lang.ArithmeticException: not a finite double number: ' || CASE WHEN isnan(${result}) THEN 'NaN' WHEN (${result}) > 0 THEN 'Infinity' ELSE '-Infinity' END`;
  return {
    value: finite(result),
    failure: { when: sql`${a} IS NOT NULL AND ${b} IS NOT NULL`, reason },
  };
}

function shiftDate(operator: string, a: Sql, b: Sql, left: Argument, right: Argument): Evaluation {
  const span = (isTimeSpan(left.type) ? left : right).value;
  const date = isTimeSpan(left.type) ? b : a;
  if (!isSpan(span)) return { value: sql`NULL::TIMESTAMP` };
  const amount = interval(operator === '-' ? negateSpan(span) : span);
  // DuckDB's timestamps end some 290,000 years from now; a date so far off is beyond any log.
  const near = sql`${date} BETWEEN TIMESTAMP '-100000-01-01' AND TIMESTAMP '100000-01-01'`;
  return {
    value: amount === null ? sql`NULL::TIMESTAMP` : sql`CASE WHEN ${near} THEN ${date} + ${amount} END`,
    failure: { when: sql`${date} IS NOT NULL`, reason: text('java.lang.ArithmeticException: long overflow') },
  };
}

// --- Time spans ------------------------------------------------------------------------------------------------------

export function isSpan(value: ConstantValue | undefined): value is TimeSpan {
  return typeof value === 'object' && value !== null && 'months' in value;
}

export function negateSpan(span: TimeSpan): TimeSpan {
  return { months: -span.months, days: -span.days, milliseconds: -span.milliseconds };
}

function addSpans(a: TimeSpan, b: TimeSpan): TimeSpan {
  return { months: a.months + b.months, days: a.days + b.days, milliseconds: a.milliseconds + b.milliseconds };
}

function foldDate(operator: string, a: ConstantValue, b: ConstantValue): ConstantValue | undefined {
  if (a === null || b === null) return null;
  const [date, span] = isSpan(a) ? [b, a] : [a, b];
  if (typeof date !== 'bigint' || !isSpan(span)) return undefined;
  const moved = operator === '-' ? negateSpan(span) : span;
  const at = new Date(Number(date));
  const day = at.getUTCDate();
  at.setUTCDate(1);
  at.setUTCMonth(at.getUTCMonth() + moved.months);
  const lastDay = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)).getUTCDate();
  // The 31st plus a month is the end of that month, as java.time has it.
  at.setUTCDate(Math.min(day, lastDay) + moved.days);
  const result = at.getTime() + moved.milliseconds;
  return Number.isSafeInteger(result) ? BigInt(result) : undefined;
}

// --- Comparison ------------------------------------------------------------------------------------------------------

type Domain = 'numeric' | 'string' | 'date' | 'ip' | 'version' | 'boolean' | 'geo_point' | 'null' | null;

function domain(type: EsqlType): Domain {
  if (isNumeric(type)) return 'numeric';
  if (isString(type)) return 'string';
  if (isDate(type)) return 'date';
  return type === 'ip' || type === 'version' || type === 'boolean' || type === 'geo_point' || type === 'null'
    ? type
    : null;
}

const domainText = (type: EsqlType): string => {
  const found = domain(type);
  return found === 'date' ? 'datetime' : (found ?? messageName(type));
};

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
    parameters: two(),
    multivalue: 'null-and-warn',
    returns(args, call) {
      const [left, right] = args as [Argument, Argument];
      const error = comparisonError(left, right, call);
      if (error) return { error };
      const unordered = [left, right].find((arg) => arg.type === 'boolean' || arg.type === 'geo_point');
      if (!equality && unordered) {
        return {
          error: `first argument of [${call}] must be [date_nanos, datetime, ip, numeric, string or version], found value [${unordered.text}] type [${unordered.type}]`,
        };
      }
      return 'boolean';
    },
    fold([a, b], { args }) {
      if (args.some((arg) => arg.type === 'version') || typeof a !== typeof b || a === null || b === null)
        return undefined;
      if (typeof a === 'string' && typeof b === 'string') return holds(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      if (typeof a === 'object' || typeof b === 'object') return undefined;
      return holds(a! < b! ? -1 : a! > b! ? 1 : 0);
    },
    duckdb(args, { args: [left, right] }) {
      const type = left!.type === 'null' ? right!.type : left!.type;
      return equality
        ? sql`${args[0]!} ${symbol} ${args[1]!}`
        : sql`${comparable(args[0]!, type)} ${symbol} ${comparable(args[1]!, type)}`;
    },
    doc,
    example: `ROW a = 1 | WHERE a ${operator} 1`,
  };
}

// --- Logic -----------------------------------------------------------------------------------------------------------

const logic = (
  name: 'AND' | 'OR',
  doc: string,
  fold: (values: readonly ConstantValue[]) => ConstantValue,
): SingleValueFunction => ({
  kind: 'scalar',
  name,
  family: 'operator',
  parameters: [
    { name: 'left', accepts: types.boolean },
    { name: 'right', accepts: types.boolean },
  ],
  multivalue: 'null-and-warn',
  keepsNulls: true,
  returns: () => 'boolean',
  fold,
  duckdb: ([a, b]) => (name === 'AND' ? sql`${a!} AND ${b!}` : sql`${a!} OR ${b!}`),
  doc,
  example: `ROW a = true | WHERE a ${name} false`,
});

const not: SingleValueFunction = {
  kind: 'scalar',
  name: 'NOT',
  family: 'operator',
  parameters: [{ name: 'condition', accepts: types.boolean }],
  multivalue: 'null-and-warn',
  returns: () => 'boolean',
  fold: ([value]) => (value === null ? null : !value),
  duckdb: ([a]) => sql`NOT ${a!}`,
  doc: 'The opposite of a condition; null stays null.',
  example: 'ROW a = true | WHERE NOT a',
};

const negate: SingleValueFunction = {
  kind: 'scalar',
  name: 'NEGATE',
  family: 'operator',
  parameters: [
    {
      name: 'number',
      accepts: {
        types: ['integer', 'long', 'double', 'null', 'date_period', 'time_duration'],
        text: 'numeric, date_period or time_duration',
      },
    },
  ],
  multivalue: 'null-and-warn',
  returns: ([arg]) => (arg!.type === 'null' ? 'integer' : arg!.type),
  fold([value]) {
    if (isSpan(value)) return negateSpan(value);
    return typeof value === 'number' ? -value : undefined;
  },
  duckdb([a], { type }) {
    if (type === 'double') return sql`-(${a!})`;
    return {
      value: sql`TRY_CAST(-(${a!}::HUGEINT) AS ${storageType(type)})`,
      failure: { when: sql`${a!} IS NOT NULL`, reason: text(`java.lang.ArithmeticException: ${type} overflow`) },
    };
  },
  doc: 'The negative of a number or of a time span.',
  example: 'ROW a = 5 | EVAL b = -a',
};

// --- Null tests ------------------------------------------------------------------------------------------------------

const nullTest = (name: 'IS NULL' | 'IS NOT NULL', doc: string): ScalarFunction => ({
  kind: 'scalar',
  name,
  family: 'operator',
  parameters: [{ name: 'value', accepts: types.any }],
  multivalue: 'custom',
  returns: () => 'boolean',
  resultIsMulti: () => false,
  fold: ([value]) => (value === null) === (name === 'IS NULL'),
  duckdb([value]) {
    const { single, list } = value!;
    if (name === 'IS NULL') {
      return { single: list ? sql`(${single} IS NULL AND ${list} IS NULL)` : sql`(${single} IS NULL)`, list: null };
    }
    return {
      single: list ? sql`(${single} IS NOT NULL OR ${list} IS NOT NULL)` : sql`(${single} IS NOT NULL)`,
      list: null,
    };
  },
  doc,
  example: `ROW a = null | WHERE a ${name}`,
});

// --- IN --------------------------------------------------------------------------------------------------------------

const ordinal = (n: number): string => {
  const tail = n % 100 > 10 && n % 100 < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th');
  return `${n}${tail}`;
};

const membership: SingleValueFunction = {
  kind: 'scalar',
  name: 'IN',
  family: 'operator',
  parameters: [
    { name: 'value', accepts: types.any },
    { name: 'list', accepts: types.any, variadic: true },
  ],
  multivalue: 'null-and-warn',
  keepsNulls: true,
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
  duckdb([value, ...list]) {
    return sql`${value!} IN (${join(list, ', ')})`;
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

const truncatedDivision = (a: bigint, b: bigint): bigint | null => (b === 0n ? null : a / b);

export const operators: readonly ScalarFunction[] = [
  arithmetic('+', 'The sum of two numbers, or a date moved by a time span.', 'ROW a = 1 | EVAL b = a + 1', {
    exact: (a, b) => a + b,
    double: (a, b) => a + b,
  }),
  arithmetic('-', 'The difference of two numbers, or a date moved back by a time span.', 'ROW a = 1 | EVAL b = a - 1', {
    exact: (a, b) => a - b,
    double: (a, b) => a - b,
  }),
  arithmetic('*', 'The product of two numbers.', 'ROW a = 2 | EVAL b = a * 3', {
    exact: (a, b) => a * b,
    double: (a, b) => a * b,
  }),
  arithmetic('/', 'The quotient of two numbers; of whole numbers, cut towards zero.', 'ROW a = 7 | EVAL b = a / 2', {
    exact: truncatedDivision,
    double: (a, b) => a / b,
  }),
  arithmetic('%', 'The remainder of a division, with the sign of the dividend.', 'ROW a = 7 | EVAL b = a % 2', {
    exact: (a, b) => (b === 0n ? null : a % b),
    double: (a, b) => a % b,
  }),
  negate,
  comparison('==', symbols.eq, 'True when two values are equal.', (order) => order === 0),
  comparison('!=', symbols.ne, 'True when two values differ.', (order) => order !== 0),
  comparison('<', symbols.lt, 'True when the first value is the smaller.', (order) => order < 0),
  comparison('<=', symbols.le, 'True when the first value is the smaller or equal.', (order) => order <= 0),
  comparison('>', symbols.gt, 'True when the first value is the larger.', (order) => order > 0),
  comparison('>=', symbols.ge, 'True when the first value is the larger or equal.', (order) => order >= 0),
  logic('AND', 'True when both conditions are; false when either is.', ([a, b]) =>
    a === false || b === false ? false : a === null || b === null ? null : true,
  ),
  logic('OR', 'True when either condition is; false when both are.', ([a, b]) =>
    a === true || b === true ? true : a === null || b === null ? null : false,
  ),
  not,
  nullTest('IS NULL', 'True when there is no value.'),
  nullTest('IS NOT NULL', 'True when there is a value, or several.'),
  membership,
];
