import type { ConstantScalar, ConstantValue } from '../plan/expression.ts';
import { type Sql, sql, text } from '../sql/sql.ts';
import { formatDate, formatDateNanos, parseDate, parseDateNanos } from '../values/date.ts';
import { formatIp, parseIp } from '../values/ip.ts';
import { javaDouble } from '../values/java-double.ts';
import type { EsqlType } from '../values/types.ts';
import type { CallOptions, ElementwiseFunction, Evaluation, ScalarFunction, TypeSet } from './definition.ts';
import { finite } from './sql-fragments.ts';
import { parseTimeSpan } from './time-spans.ts';
import * as types from './type-sets.ts';

/*
 * Conversions work on each value; one that cannot be converted is dropped with a warning.
 * The rules are those of shared facts on Elasticsearch's TO_ functions: whole numbers round half up,
 * unsigned longs truncate, and TO_BOOLEAN never fails.
 */

const INVALID = 'org.elasticsearch.xpack.esql.core.InvalidArgumentException';
const cannotParse = (value: Sql): Sql => sql`${text(`${INVALID}: Cannot parse number [`)} || ${value} || ']'`;
const outOfRange = (value: Sql, type: string): Sql =>
  sql`${text(`${INVALID}: [`)} || ${value} || ${text(`] out of [${type}] range`)}`;

/** A double's text as Java writes it. DuckDB agrees from 0.001 up to ten million; beyond that Java turns to exponents. */
export function doubleToText(value: Sql): Sql {
  return sql`CASE WHEN abs(${value}) >= 1e-3 AND abs(${value}) < 1e7 THEN (${value})::VARCHAR ELSE harrier_double_text(${value}) END`;
}

export function dateToText(value: Sql): Sql {
  const year = sql`year(${value})`;
  const sign = sql`(CASE WHEN ${year} < 0 THEN '-' WHEN ${year} > 9999 THEN '+' ELSE '' END)`;
  const digits = sql`lpad(abs(${year})::VARCHAR, greatest(4, length(abs(${year})::VARCHAR))::INTEGER, '0')`;
  return sql`(CASE WHEN ${year} BETWEEN 1000 AND 9999 THEN strftime(${value}, '%Y-%m-%dT%H:%M:%S.%gZ') ELSE ${sign} || ${digits} || strftime(${value}, '-%m-%dT%H:%M:%S.%gZ') END)`;
}

export const nanosToText = (value: Sql): Sql => sql`harrier_nanos_text(epoch_ns(${value}))`;

const epochMillis = (value: Sql): Sql => sql`epoch_ms(${value})`;

/** Java's syntax of a double: no underscores, no hexadecimal integers; NaN and infinities are refused. */
const parseDouble = (value: Sql): Sql =>
  finite(
    sql`TRY_CAST(CASE WHEN regexp_full_match(${value}, '\\s*[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?[dDfF]?\\s*') THEN rtrim(trim(${value}), 'dDfF') END AS DOUBLE)`,
  );

/** Java's Math.round: half up, towards positive infinity. */
const roundHalfUp = (value: Sql): Sql => sql`floor(${value} + 0.5e0)`;

interface WholeType {
  readonly type: 'integer' | 'long';
  readonly storage: Sql;
  /** Doubles from here up to there can be converted; bounds as they compare in Java. */
  readonly low: Sql;
  readonly high: Sql;
}
const integerType: WholeType = {
  type: 'integer',
  storage: sql`INTEGER`,
  low: sql`-2147483648e0`,
  high: sql`2147483647e0`,
};
const longType: WholeType = {
  type: 'long',
  storage: sql`BIGINT`,
  low: sql`-9223372036854775808e0`,
  high: sql`9223372036854774784e0`,
};

function toWhole({ type, storage, low, high }: WholeType, value: Sql, from: EsqlType): Evaluation | Sql {
  const fromDouble = (double: Sql): Sql =>
    sql`CASE WHEN ${double} BETWEEN ${low} AND ${high} THEN TRY_CAST(${roundHalfUp(double)} AS ${storage}) END`;
  switch (from) {
    case 'boolean':
      return sql`${value}::${storage}`;
    case 'integer':
      return sql`${value}::${storage}`;
    case 'long':
      if (type === 'long') return value;
      return {
        value: sql`TRY_CAST(${value} AS ${storage})`,
        failure: { when: sql`${value} IS NOT NULL`, reason: outOfRange(sql`(${value})::VARCHAR`, type) },
      };
    case 'unsigned_long':
      return {
        value: sql`TRY_CAST(${value} AS ${storage})`,
        failure: { when: sql`${value} IS NOT NULL`, reason: outOfRange(sql`(${value})::VARCHAR`, type) },
      };
    case 'double':
      return {
        value: fromDouble(value),
        failure: { when: sql`${value} IS NOT NULL`, reason: outOfRange(doubleToText(value), type) },
      };
    case 'date_nanos':
    case 'date': {
      const millis = from === 'date' ? epochMillis(value) : sql`epoch_ns(${value})`;
      if (type === 'long') return millis;
      return {
        value: sql`TRY_CAST(${millis} AS ${storage})`,
        failure: { when: sql`${value} IS NOT NULL`, reason: outOfRange(sql`(${millis})::VARCHAR`, type) },
      };
    }
    default: {
      const plain = sql`CASE WHEN regexp_full_match(${value}, '[+-]?[0-9]+') THEN TRY_CAST(${value} AS ${storage}) END`;
      return {
        value: sql`coalesce(${plain}, ${fromDouble(parseDouble(value))})`,
        failure: { when: sql`${value} IS NOT NULL`, reason: cannotParse(value) },
      };
    }
  }
}

function toUnsigned(value: Sql, from: EsqlType): Evaluation | Sql {
  const converted = (result: Sql, reason: Sql): Evaluation => ({
    value: result,
    failure: { when: sql`${value} IS NOT NULL`, reason },
  });
  const fromDouble = (double: Sql): Sql =>
    sql`CASE WHEN ${double} >= 0 AND ${double} < 18446744073709551616e0 THEN TRY_CAST(trunc(${double}) AS UBIGINT) END`;
  switch (from) {
    case 'unsigned_long':
      return value;
    case 'boolean':
      return sql`${value}::UBIGINT`;
    case 'integer':
    case 'long':
      return converted(sql`TRY_CAST(${value} AS UBIGINT)`, outOfRange(sql`(${value})::VARCHAR`, 'unsigned_long'));
    case 'date_nanos':
      return sql`epoch_ns(${value})::UBIGINT`;
    case 'date':
      return converted(
        sql`TRY_CAST(${epochMillis(value)} AS UBIGINT)`,
        outOfRange(sql`${epochMillis(value)}::VARCHAR`, 'unsigned_long'),
      );
    case 'double':
      return converted(fromDouble(value), outOfRange(doubleToText(value), 'unsigned_long'));
    default: {
      const plain = sql`CASE WHEN regexp_full_match(${value}, '[+]?[0-9]+') THEN TRY_CAST(${value} AS UBIGINT) END`;
      return converted(
        sql`coalesce(${plain}, ${fromDouble(parseDouble(value))})`,
        sql`CASE WHEN ${parseDouble(value)} IS NULL
          THEN 'java.lang.NumberFormatException: Character ' || left(${value}, 1) || ' is neither a decimal digit number, decimal point, nor "e" notation exponential mark.'
          ELSE ${outOfRange(value, 'unsigned_long')} END`,
      );
    }
  }
}

function toDouble(value: Sql, from: EsqlType): Evaluation | Sql {
  switch (from) {
    case 'double':
      return value;
    case 'boolean':
    case 'integer':
    case 'long':
    case 'unsigned_long':
      return sql`${value}::DOUBLE`;
    case 'date':
      return sql`${epochMillis(value)}::DOUBLE`;
    case 'date_nanos':
      return sql`epoch_ns(${value})::DOUBLE`;
    default:
      return { value: parseDouble(value), failure: { when: sql`${value} IS NOT NULL`, reason: cannotParse(value) } };
  }
}

function toBoolean(value: Sql, from: EsqlType): Sql {
  if (from === 'boolean') return value;
  return from === 'keyword' || from === 'text' ? sql`(lower(${value}) = 'true')` : sql`(${value} <> 0)`;
}

/** Any column value as text. */
export function toText(value: Sql, from: EsqlType): Sql {
  switch (from) {
    case 'keyword':
    case 'text':
    case 'version':
    case 'geo_point':
    case 'geo_shape':
    case 'cartesian_point':
    case 'cartesian_shape':
      return value;
    case 'double':
      return doubleToText(value);
    case 'date':
      return dateToText(value);
    case 'date_nanos':
      return nanosToText(value);
    case 'ip':
      return sql`harrier_ip_text(${value})`;
    default:
      return sql`(${value})::VARCHAR`;
  }
}

/** The forms of `strict_date_optional_time`; the fraction has one to nine digits and is cut to milliseconds. */
const dateForm = text(
  '[+-]?\\d{4,9}(-\\d{2}(-\\d{2})?)?(T\\d{2}(:\\d{2}(:\\d{2}([.,]\\d{1,9})?)?)?(Z|[+-]\\d{2}(:?\\d{2})?)?)?',
);

/** Nanoseconds since the epoch: dates before 1970 and after 2262 do not fit. */
function toDateNanos(value: Sql, from: EsqlType): Evaluation | Sql {
  const converted = (nanos: Sql, reason: Sql): Evaluation => ({
    value: sql`make_timestamp_ns(${nanos})`,
    failure: { when: sql`${value} IS NOT NULL`, reason },
  });
  const early = text(
    'java.lang.IllegalArgumentException: Nanosecond dates before 1970-01-01T00:00:00.000Z are not supported.',
  );
  switch (from) {
    case 'date_nanos':
      return value;
    case 'date': {
      const millis = epochMillis(value);
      return converted(
        sql`CASE WHEN ${millis} BETWEEN 0 AND 9223372036854 THEN ${millis} * 1000000 END`,
        sql`'java.lang.IllegalArgumentException: milliSeconds [' || ${millis}::VARCHAR || ']' || CASE WHEN ${millis} < 0 THEN ' are before the epoch in 1970 and cannot be converted to nanoseconds' ELSE ' are after 2262-04-11T23:47:16.854775807 and cannot be converted to nanoseconds' END`,
      );
    }
    case 'integer':
    case 'long':
    case 'unsigned_long':
    case 'double':
      return converted(
        sql`CASE WHEN ${value} >= 0 THEN TRY_CAST(${from === 'double' ? roundHalfUp(value) : value} AS BIGINT) END`,
        early,
      );
    default:
      return converted(
        sql`CASE WHEN regexp_full_match(${value}, ${dateForm}) THEN harrier_parse_date_nanos(${value}) END`,
        sql`'java.lang.IllegalArgumentException: ' || coalesce(${notInNanos(sql`harrier_parse_date(${value})`)}, 'failed to parse date field [' || ${value} || '] with format [strict_date_optional_time_nanos]')`,
      );
  }
}

/** Why a date has no nanoseconds; null for what is no date. */
function notInNanos(date: Sql): Sql {
  const instant = sql`replace(${dateToText(date)}, '.000Z', 'Z')`;
  return sql`('date[' || ${instant} || CASE WHEN ${date} < TIMESTAMP '1970-01-01' THEN '] is before the epoch in 1970' ELSE '] is after 2262-04-11T23:47:16.854775807' END || ' and cannot be stored in nanosecond resolution')`;
}

function toDate(value: Sql, from: EsqlType): Evaluation | Sql {
  switch (from) {
    case 'date':
      return value;
    case 'date_nanos':
      return sql`make_timestamp_ms(epoch_ns(${value}) // 1000000)`;
    case 'integer':
    case 'long':
    case 'unsigned_long':
    case 'double':
      return {
        value: sql`CASE WHEN ${value} BETWEEN -3100000000000000 AND 3100000000000000 THEN make_timestamp_ms((${from === 'double' ? roundHalfUp(value) : value})::BIGINT) END`,
        failure: { when: sql`${value} IS NOT NULL`, reason: outOfRange(sql`(${value})::VARCHAR`, 'long') },
      };
    default:
      return {
        value: sql`CASE WHEN regexp_full_match(${value}, ${dateForm}) THEN harrier_parse_date(${value}) END`,
        failure: {
          when: sql`${value} IS NOT NULL`,
          reason: sql`'java.lang.IllegalArgumentException: failed to parse date field [' || ${value} || '] with format [strict_date_optional_time]'`,
        },
      };
  }
}

function toIp(value: Sql, from: EsqlType, options?: CallOptions): Evaluation | Sql {
  if (from === 'ip') return value;
  const zeros = options?.get('leading_zeros');
  return {
    value:
      zeros === undefined
        ? sql`harrier_parse_ip(${value})`
        : sql`harrier_parse_ip_as(${value}, ${text(String(zeros))})`,
    failure: {
      when: sql`${value} IS NOT NULL`,
      reason: sql`'java.lang.IllegalArgumentException: ''' || ${value} || ''' is not an IP string literal.'`,
    },
  };
}

/** A constant as a whole number of so many bits; undefined where the engine has to say why it is none. */
function foldWhole(value: ConstantScalar, from: EsqlType, bits: 32 | 64): bigint | undefined {
  if (from === 'date_nanos') return undefined;
  let whole: bigint | undefined;
  if (typeof value === 'bigint') whole = value;
  else if (typeof value === 'boolean') whole = value ? 1n : 0n;
  else if (typeof value === 'string' && /^[+-]?\d+$/.test(value)) whole = BigInt(value.replace('+', ''));
  return whole !== undefined && whole === BigInt.asIntN(bits, whole) ? whole : undefined;
}

const accepts = (list: readonly EsqlType[], text: string): TypeSet => ({ types: [...list, 'null'], text });
const numbersAndText = accepts(
  ['boolean', 'date', 'date_nanos', 'double', 'integer', 'keyword', 'long', 'text', 'unsigned_long'],
  'boolean or counter_double or counter_integer or counter_long or datetime or numeric or string',
);

function conversion(
  name: string,
  aliases: readonly string[],
  type: EsqlType,
  from: TypeSet,
  convert: (value: Sql, from: EsqlType, options?: CallOptions) => Evaluation | Sql,
  example: string,
  fold?: (value: ConstantScalar, from: EsqlType) => ConstantScalar | undefined,
): ElementwiseFunction {
  return {
    kind: 'scalar',
    name,
    aliases,
    family: 'convert',
    parameters: [{ name: 'field', accepts: from }],
    multivalue: 'each',
    returns: () => type,
    ...(fold && {
      fold([value]: readonly ConstantValue[], { args }) {
        return value === null || typeof value === 'object' ? undefined : fold(value!, args[0]!.type);
      },
    }),
    duckdb: ([value], { args, options }) => convert(value!, args[0]!.type, options),
    doc: `Converts to ${type}.`,
    example,
  };
}

/** A constant as text; what the engine writes for a column, for constants. */
export function constantToText(value: ConstantScalar, from: EsqlType): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return javaDouble(value);
  if (typeof value === 'boolean') return String(value);
  if (from === 'date') return formatDate(value);
  if (from === 'date_nanos') return formatDateNanos(value);
  return from === 'ip' ? formatIp(value) : value.toString();
}

const spanConversion = (name: string, type: 'date_period' | 'time_duration', from: TypeSet): ScalarFunction => ({
  kind: 'scalar',
  name,
  family: 'convert',
  parameters: [{ name: 'field', accepts: from, constant: true }],
  multivalue: 'null-and-warn',
  returns([arg]) {
    if (arg!.type === type || arg!.value === null) return type;
    const parsed = parseTimeSpan(String(arg!.value), type);
    return 'error' in parsed ? parsed : type;
  },
  fold([value]) {
    if (typeof value !== 'string') return value;
    const parsed = parseTimeSpan(value, type);
    return 'error' in parsed ? undefined : parsed.span;
  },
  duckdb: () => {
    throw new Error(`${name} is always constant`);
  },
  doc: `Converts a constant text to a ${type}.`,
  example: `ROW d = "2024-01-01"::date | EVAL e = d + ${name}("3 ${type === 'date_period' ? 'days' : 'hours'}")`,
});

export const conversions: readonly ScalarFunction[] = [
  conversion(
    'TO_INTEGER',
    ['TO_INT'],
    'integer',
    numbersAndText,
    (v, from) => toWhole(integerType, v, from),
    'ROW a = TO_INTEGER("5")',
    (value, from) => foldWhole(value, from, 32),
  ),
  conversion(
    'TO_LONG',
    [],
    'long',
    numbersAndText,
    (v, from) => toWhole(longType, v, from),
    'ROW a = TO_LONG("5")',
    (value, from) => foldWhole(value, from, 64),
  ),
  conversion(
    'TO_UNSIGNED_LONG',
    ['TO_ULONG', 'TO_UL'],
    'unsigned_long',
    numbersAndText,
    toUnsigned,
    'ROW a = TO_UNSIGNED_LONG("5")',
  ),
  conversion('TO_DOUBLE', ['TO_DBL'], 'double', numbersAndText, toDouble, 'ROW a = TO_DOUBLE("5.5")', (value) =>
    typeof value === 'bigint' ? Number(value) : typeof value === 'number' ? value : undefined,
  ),
  conversion(
    'TO_BOOLEAN',
    ['TO_BOOL'],
    'boolean',
    accepts(
      ['boolean', 'double', 'integer', 'keyword', 'long', 'text', 'unsigned_long'],
      'boolean or numeric or string',
    ),
    toBoolean,
    'ROW a = TO_BOOLEAN("true")',
  ),
  conversion('TO_TEXT', [], 'text', types.any, toText, 'ROW a = TO_TEXT(5)', constantToText),
  conversion('TO_STRING', ['TO_STR'], 'keyword', types.any, toText, 'ROW a = TO_STRING(5)', constantToText),
  conversion(
    'TO_DATETIME',
    ['TO_DT'],
    'date',
    accepts(
      ['date', 'date_nanos', 'double', 'integer', 'keyword', 'long', 'text', 'unsigned_long'],
      'date_nanos or datetime or numeric or string',
    ),
    toDate,
    'ROW a = TO_DATETIME("2026-03-10T12:00:00Z")',
    (value, from) =>
      typeof value === 'string'
        ? (parseDate(value) ?? undefined)
        : typeof value === 'bigint' && from !== 'date_nanos'
          ? value
          : undefined,
  ),
  conversion(
    'TO_DATE_NANOS',
    ['TO_DATENANOS'],
    'date_nanos',
    accepts(
      ['date', 'date_nanos', 'double', 'integer', 'keyword', 'long', 'text', 'unsigned_long'],
      'date_nanos or datetime or numeric or string',
    ),
    toDateNanos,
    'ROW a = TO_DATE_NANOS("2026-03-10T12:00:00.123456789Z")',
    (value) => (typeof value === 'string' ? (parseDateNanos(value) ?? undefined) : undefined),
  ),
  {
    ...conversion(
      'TO_IP',
      [],
      'ip',
      accepts(['ip', 'keyword', 'text'], 'ip or string'),
      toIp,
      'ROW a = TO_IP("10.0.0.1")',
      (value) => (typeof value === 'string' ? (parseIp(value) ?? undefined) : value),
    ),
    options: [
      {
        name: 'leading_zeros',
        type: 'text',
        doc: 'What 010 means in an address: reject (the default), octal or decimal.',
      },
    ],
  },
  conversion(
    'TO_VERSION',
    ['TO_VER'],
    'version',
    accepts(['version', 'keyword', 'text'], 'string or version'),
    (v) => v,
    'ROW a = TO_VERSION("1.2.3")',
  ),
  spanConversion('TO_DATEPERIOD', 'date_period', types.datePeriod),
  spanConversion('TO_TIMEDURATION', 'time_duration', types.timeDuration),
];

/** The conversion that `::type` stands for, by the type's names. */
export const castTargets: Readonly<Record<string, string>> = {
  boolean: 'TO_BOOLEAN',
  bool: 'TO_BOOLEAN',
  integer: 'TO_INTEGER',
  int: 'TO_INTEGER',
  long: 'TO_LONG',
  unsigned_long: 'TO_UNSIGNED_LONG',
  double: 'TO_DOUBLE',
  keyword: 'TO_STRING',
  text: 'TO_STRING',
  string: 'TO_STRING',
  date: 'TO_DATETIME',
  datetime: 'TO_DATETIME',
  date_nanos: 'TO_DATE_NANOS',
  ip: 'TO_IP',
  geo_point: 'TO_GEOPOINT',
  geo_shape: 'TO_GEOSHAPE',
  cartesian_point: 'TO_CARTESIANPOINT',
  cartesian_shape: 'TO_CARTESIANSHAPE',
  version: 'TO_VERSION',
  date_period: 'TO_DATEPERIOD',
  time_duration: 'TO_TIMEDURATION',
};
