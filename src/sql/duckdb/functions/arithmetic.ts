import type { arithmeticOperators } from '../../../functions/arithmetic.ts';
import type { Argument } from '../../../functions/definition.ts';
import { isSpan, negateSpan } from '../../../functions/time-spans.ts';
import type { TimeSpan } from '../../../plan/expression.ts';
import { type EsqlType, isDate, isTimeSpan } from '../../../values/types.ts';
import { number, type Sql, sql, text } from '../../sql.ts';
import { finite, interval } from '../fragments.ts';
import { storageType } from '../storage-type.ts';
import type { EmitContext, Evaluation, SqlFor } from './contract.ts';

type Operator = '+' | '-' | '*' | '/' | '%';
type Sides = (typeof arithmeticOperators)[Operator]['parameters'];

const arithmetic =
  (operator: Operator) =>
  ([a, b]: readonly [Sql, Sql], { type, args: [left, right] }: EmitContext<Sides>): Evaluation | Sql => {
    if (isDate(type)) return shiftDate(operator, a, b, left, right, type);
    const by = right.value;
    if ((operator === '/' || operator === '%') && (typeof by === 'bigint' || typeof by === 'number')) {
      const quotient = safeQuotient(operator, a, by, type);
      if (quotient) return quotient;
    }
    return type === 'double' ? doubleArithmetic(operator, a, b) : wholeArithmetic(operator, a, b, type);
  };

const operatorSql: Readonly<Record<Operator, Sql>> = {
  '+': sql`+`,
  '-': sql`-`,
  '*': sql`*`,
  '/': sql`//`,
  '%': sql`%`,
};
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
  // A division of 128 bits takes twenty times as long.
  const fits = type === 'unsigned_long' ? by > 0n && by < 1n << 64n : by >= -(1n << 63n) && by < 1n << 63n;
  const wide = !fits ? sql`HUGEINT` : type === 'unsigned_long' ? sql`UBIGINT` : sql`BIGINT`;
  return sql`(${a}::${wide} ${operatorSql[operator]} ${number(by)}::${wide})::${storageType(type)}`;
}

/** An overflow shows as null: of what is computed in a type that is wide enough for every result, or by an error. */
function wholeArithmetic(operator: Operator, a: Sql, b: Sql, type: EsqlType): Evaluation {
  const wide =
    type === 'integer' ? sql`BIGINT` : type === 'unsigned_long' && operator === '*' ? sql`UHUGEINT` : sql`HUGEINT`;
  if (operator === '/' || operator === '%') {
    const own = type === 'unsigned_long' ? sql`UBIGINT` : sql`BIGINT`;
    const quotient = sql`${a}::${own} ${operatorSql[operator]} nullif(${b}, 0)::${own}`;
    // The smallest number divided by -1 is itself, as Java has it.
    const byMinusOne =
      operator === '/'
        ? sql`coalesce(TRY_CAST(-(${a}::${wide}) AS ${storageType(type)}), ${a})`
        : sql`CASE WHEN ${a} IS NOT NULL THEN 0 END`;
    const value =
      type === 'unsigned_long' ? quotient : sql`CASE WHEN ${b} = -1 THEN ${byMinusOne} ELSE ${quotient} END`;
    return {
      value: sql`(${value})::${storageType(type)}`,
      failure: { when: sql`${b} = 0 AND ${a} IS NOT NULL`, reason: divisionByZero },
    };
  }
  const storage = storageType(type);
  // TRY would hide errors that the query is to end with.
  const mayEnd = [a, b].some((side) => /harrier_|error\(/.test(side));
  const result =
    type === 'integer' || mayEnd
      ? sql`TRY_CAST(${a}::${wide} ${operatorSql[operator]} ${b}::${wide} AS ${storage})`
      : sql`TRY(${a}::${storage} ${operatorSql[operator]} ${b}::${storage})`;
  return {
    value: result,
    failure: {
      when: sql`${a} IS NOT NULL AND ${b} IS NOT NULL`,
      reason: text(`java.lang.ArithmeticException: ${type} overflow`),
    },
  };
}

function doubleArithmetic(operator: Operator, a: Sql, b: Sql): Evaluation {
  const [x, y] = [sql`${a}::DOUBLE`, sql`${b}::DOUBLE`];
  const divides = operator === '/' || operator === '%';
  const result = operator === '/' ? sql`${x} / ${y}` : sql`${x} ${operatorSql[operator]} ${y}`;
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
    value: sql`make_timestamp_ns(CASE WHEN ${moved} BETWEEN 0 AND 9223372036854775806 THEN (${moved})::BIGINT END)`,
    failure: {
      when: sql`${date} IS NOT NULL`,
      reason: text('java.lang.ArithmeticException: long overflow'),
    },
  };
}

export const arithmeticSql: SqlFor<typeof arithmeticOperators> = {
  '+': arithmetic('+'),
  '-': arithmetic('-'),
  '*': arithmetic('*'),
  '/': arithmetic('/'),
  '%': arithmetic('%'),
  NEGATE([a], { type }) {
    if (type === 'double') return sql`-(${a})`;
    return {
      value: sql`TRY_CAST(-(${a}::HUGEINT) AS ${storageType(type)})`,
      failure: { when: sql`${a} IS NOT NULL`, reason: text(`java.lang.ArithmeticException: ${type} overflow`) },
    };
  },
};
