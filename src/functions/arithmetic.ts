import type { ConstantValue, TimeSpan } from '../plan/expression.ts';
import { storageType } from '../sql/duckdb/storage-type.ts';
import { number, type Sql, sql, text } from '../sql/sql.ts';
import { type EsqlType, isDate, isNumeric, isTimeSpan, messageName } from '../values/types.ts';
import type { Argument, Evaluation, ScalarFunction, SingleValueFunction } from './definition.ts';
import { sides } from './operands.ts';
import { finite, interval } from './sql-fragments.ts';
import { addSpans, isSpan, negateSpan } from './time-spans.ts';

/** The wider of two numeric types, as arithmetic and comparisons see them; unsigned_long mixes with nothing. */
function wider(a: EsqlType, b: EsqlType): EsqlType | null {
  if (a === 'null') return b;
  if (b === 'null' || a === b) return a;
  if (a === 'unsigned_long' || b === 'unsigned_long') return null;
  if (a === 'double' || b === 'double') return 'double';
  return 'long';
}

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
      return date.type === 'null' ? span.type : date.type;
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
    parameters: sides(),
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
      if (isDate(type)) return shiftDate(operator, a, b, left!, right!, type);
      const by = right!.value;
      if ((operator === '/' || operator === '%') && (typeof by === 'bigint' || typeof by === 'number')) {
        const quotient = safeQuotient(operator, a, by, type);
        if (quotient) return quotient;
      }
      return type === 'double' ? doubleArithmetic(operator, a, b) : wholeArithmetic(operator, a, b, type);
    },
    doc,
    example,
  };
}

const operatorSql: Record<string, Sql> = { '+': sql`+`, '-': sql`-`, '*': sql`*`, '/': sql`//`, '%': sql`%` };
const divisionByZero = text('java.lang.ArithmeticException: / by zero');

/**
 * A division by a constant that cannot fail: not by nought, and of doubles not by what may carry beyond the largest one; null
 * for other constants. Each operator in a statement takes time to plan, and hunts divide by constants.
 */
function safeQuotient(operator: '/' | '%', a: Sql, by: bigint | number, type: EsqlType): Sql | null {
  if (type === 'double') {
    const divisor = Number(by);
    if (operator === '/' ? Math.abs(divisor) < 1 : divisor === 0) return null;
    return sql`${a}::DOUBLE ${operator === '/' ? sql`/` : sql`%`} ${text(String(divisor))}::DOUBLE`;
  }
  if (typeof by !== 'bigint' || by === 0n || by === -1n) return null;
  const wide = type === 'integer' ? sql`BIGINT` : sql`HUGEINT`;
  return sql`(${a}::${wide} ${operatorSql[operator]!} ${number(by)})::${storageType(type)}`;
}

/** Computed in a type wide enough for every result, then cut back: an overflow shows as null. */
function wholeArithmetic(operator: '+' | '-' | '*' | '/' | '%', a: Sql, b: Sql, type: EsqlType): Evaluation {
  const wide =
    type === 'integer' ? sql`BIGINT` : type === 'unsigned_long' && operator === '*' ? sql`UHUGEINT` : sql`HUGEINT`;
  if (operator === '/' || operator === '%') {
    const quotient = sql`${a}::${wide} ${operatorSql[operator]!} nullif(${b}, 0)`;
    // The smallest number divided by -1 is itself, as Java has it.
    const value =
      operator === '/' && type !== 'unsigned_long'
        ? sql`CASE WHEN ${b} = -1 THEN coalesce(TRY_CAST(-(${a}::${wide}) AS ${storageType(type)}), ${a}) ELSE ${quotient} END`
        : quotient;
    return {
      value: sql`(${value})::${storageType(type)}`,
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

function shiftDate(operator: string, a: Sql, b: Sql, left: Argument, right: Argument, type: EsqlType): Evaluation {
  const span = (isTimeSpan(left.type) ? left : right).value;
  const date = isTimeSpan(left.type) ? b : a;
  if (type === 'date_nanos') return shiftNanos(date, isSpan(span) ? span : null, operator === '-');
  if (!isSpan(span)) return { value: sql`NULL::TIMESTAMP` };
  const moved = operator === '-' ? negateSpan(span) : span;
  const amount = interval(moved);
  const years = Math.trunc(moved.months / 12);
  // DuckDB's timestamps end some 290,000 years from now; a date so far off is beyond any log.
  const near = sql`${date} BETWEEN TIMESTAMP '-100000-01-01' AND TIMESTAMP '100000-01-01'`;
  return {
    value: amount === null ? sql`NULL::TIMESTAMP` : sql`CASE WHEN ${near} THEN ${date} + ${amount} END`,
    failure: {
      when: sql`${date} IS NOT NULL`,
      reason:
        Math.abs(years) > 1_000_000_000
          ? sql`'java.time.DateTimeException: Invalid value for Year (valid values -999999999 - 999999999): ' || (year(${date}) + ${number(years)})::VARCHAR`
          : text('java.lang.ArithmeticException: long overflow'),
    },
  };
}

/** The engine moves dates by microseconds; what a date has beyond them is kept. */
function shiftNanos(date: Sql, span: TimeSpan | null, back: boolean): Evaluation | { value: Sql } {
  const amount = span && interval(back ? negateSpan(span) : span);
  if (!amount) return { value: sql`NULL::TIMESTAMP_NS` };
  const moved = sql`(epoch_us((${date})::TIMESTAMP + ${amount})::HUGEINT * 1000 + epoch_ns(${date}) % 1000)`;
  return {
    value: sql`make_timestamp_ns(CASE WHEN ${moved} BETWEEN 0 AND 9223372036854775807 THEN (${moved})::BIGINT END)`,
    failure: {
      when: sql`${date} IS NOT NULL`,
      reason: text('java.lang.ArithmeticException: long overflow'),
    },
  };
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
  fold([value], { type }) {
    if (isSpan(value)) return negateSpan(value);
    // The smallest whole number has no counterpart, and is left to the engine to warn of.
    if (typeof value === 'bigint' && -value === BigInt.asIntN(type === 'integer' ? 32 : 64, -value)) return -value;
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

const truncatedDivision = (a: bigint, b: bigint): bigint | null => (b === 0n ? null : a / b);

export const arithmeticOperators: readonly ScalarFunction[] = [
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
];
