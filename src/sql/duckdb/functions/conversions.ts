import type { conversions } from '../../../functions/conversions.ts';
import { type CallOptions, optionOf } from '../../../plan/expression.ts';
import type { RangeType } from '../../../values/range-texts.ts';
import { type EsqlType, isGrid, isSpatial } from '../../../values/types.ts';
import { ident, type Sql, sql, text, withName } from '../../sql.ts';
import { finite } from '../fragments.ts';
import type { Representation } from '../representation.ts';
import { v4Number } from '../v4-texts.ts';
import { type EmitContext, type Evaluation, type SqlFor, unsupported } from './contract.ts';
import { coordinate, pointText } from './points.ts';
import { dateToText, doubleToText, toText } from './texts.ts';

const INVALID = 'org.elasticsearch.xpack.esql.core.InvalidArgumentException';
const cannotParse = (value: Sql): Sql => sql`${text(`${INVALID}: Cannot parse number [`)} || ${value} || ']'`;
const outOfRange = (value: Sql, type: string): Sql =>
  sql`${text(`${INVALID}: [`)} || ${value} || ${text(`] out of [${type}] range`)}`;

const epochMillis = (value: Sql): Sql => sql`epoch_ms(${value})`;

/** Java's syntax of a double: no underscores, no hexadecimal integers; infinity where it is too large. */
const readDouble = (value: Sql): Sql =>
  sql`TRY_CAST(CASE WHEN regexp_full_match(${value}, '\\s*[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?[dDfF]?\\s*') THEN rtrim(trim(${value}), 'dDfF') END AS DOUBLE)`;

/** The same without infinities, which are refused. */
const parseDouble = (value: Sql): Sql => finite(readDouble(value));

/**
 * What is made of the double in a text. It stands in a CASE, for the engine works out for all rows what an expression
 * outside of one repeats; few texts get that far.
 */
const ofDouble = (value: Sql, made: (double: Sql) => Sql): Sql =>
  sql`CASE WHEN ${value} IS NOT NULL THEN ${withName(ident('double'), readDouble(value), made(ident('double')))} END`;

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
    case 'geohash':
    case 'geotile':
    case 'geohex':
      return value;
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
      // To trim digits instead takes three times as long, and longer still where a column has few texts.
      const plain = sql`CASE WHEN regexp_full_match(${value}, '[+-]?[0-9]+') THEN TRY_CAST(${value} AS ${storage}) END`;
      return {
        value: sql`coalesce(${plain}, ${ofDouble(value, fromDouble)})`,
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
        sql`coalesce(${plain}, ${ofDouble(value, fromDouble)})`,
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
      return {
        value: sql`coalesce(CASE WHEN strlen(${value}) < 300 AND regexp_full_match(${value}, '[0-9]+(?:\\.[0-9]*)?') THEN TRY_CAST(${value} AS DOUBLE) END, ${ofDouble(value, finite)})`,
        failure: { when: sql`${value} IS NOT NULL`, reason: cannotParse(value) },
      };
  }
}

function toBoolean(value: Sql, from: EsqlType): Sql {
  if (from === 'boolean') return value;
  return from === 'keyword' || from === 'text' ? sql`(lower(${value}) = 'true')` : sql`(${value} <> 0)`;
}

/** The forms of `strict_date_optional_time`; the fraction has one to nine digits and is cut to milliseconds. */
const dateForm = text(
  '[+-]?\\d{4,9}(-\\d{2}(-\\d{2})?)?(T\\d{2}(:\\d{2}(:\\d{2}([.,]\\d{1,9})?)?)?(Z|[+-]\\d{2}(:?\\d{2})?)?)?',
);

/** How dates are mostly written, which the engine reads itself. */
const commonDate = text(
  '[1-9][0-9]{3}-(?:0[1-9]|1[0-2])-[0-3][0-9]T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{3})?Z',
);

/** Nanoseconds since the epoch: dates before 1970 and after 2262 do not fit. */
/** A date with nanoseconds; null where these cannot hold it. */
export const withNanos = (date: Sql): Sql => sql`make_timestamp_ns(${nanosOf(date)})`;

const nanosOf = (date: Sql): Sql => {
  const millis = epochMillis(date);
  return sql`CASE WHEN ${millis} BETWEEN 0 AND 9223372036854 THEN ${millis} * 1000000 END`;
};

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
        nanosOf(value),
        sql`'java.lang.IllegalArgumentException: milliSeconds [' || ${millis}::VARCHAR || ']' || CASE WHEN ${millis} < 0 THEN ' are before the epoch in 1970 and cannot be converted to nanoseconds' ELSE ' are after 2262-04-11T23:47:16.854775807 and cannot be converted to nanoseconds' END`,
      );
    }
    case 'integer':
    case 'long':
    case 'unsigned_long':
    case 'double':
      // The last nanosecond of 64 bits is infinity to the engine.
      return converted(
        sql`CASE WHEN ${value} >= 0 THEN nullif(TRY_CAST(${from === 'double' ? roundHalfUp(value) : value} AS BIGINT), 9223372036854775807) END`,
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
        value: sql`CASE WHEN regexp_full_match(${value}, ${commonDate}) THEN coalesce(TRY_CAST(${value} AS TIMESTAMP), harrier_parse_date(${value})) WHEN regexp_full_match(${value}, ${dateForm}) THEN harrier_parse_date(${value}) END`,
        failure: {
          when: sql`${value} IS NOT NULL`,
          reason: sql`'java.lang.IllegalArgumentException: failed to parse date field [' || ${value} || '] with format [strict_date_optional_time]'`,
        },
      };
  }
}

function toIp(value: Sql, from: EsqlType, options?: CallOptions): Evaluation | Sql {
  if (from === 'ip') return value;
  const zeros = optionOf(options, 'leading_zeros');
  return {
    value:
      zeros === undefined
        ? sql`coalesce((281470681743360 + ${v4Number(value)})::UHUGEINT, CASE WHEN contains(${value}, ':') THEN harrier_parse_ip(${value}) END)`
        : sql`harrier_parse_ip_as(${value}, ${text(String(zeros))})`,
    failure: {
      when: sql`${value} IS NOT NULL`,
      reason: sql`'java.lang.IllegalArgumentException: ''' || ${value} || ''' is not an IP string literal.'`,
    },
  };
}

const toRange =
  (type: RangeType): Convert =>
  (value, from) => {
    if (from === type) return value;
    const read = sql`harrier_range(${value}, ${text(type)})`;
    const failed = sql`starts_with(${read}, '!')`;
    return {
      value: sql`CASE WHEN NOT ${failed} THEN ${read} END`,
      failure: { when: failed, reason: sql`${read}[2:]` },
    };
  };

/** Bytes from their Base64, in which the signs at the end that fill it up may be missing. */
function toBinary(value: Sql, from: EsqlType): Evaluation | Sql {
  if (from === 'binary') return value;
  const digits = sql`rtrim(${value}, '=')`;
  const isWhole = sql`regexp_full_match(${value}, '[A-Za-z0-9+/]*={0,2}') AND len(${digits}) % 4 <> 1 AND (len(${value}) = len(${digits}) OR len(${value}) % 4 = 0)`;
  return {
    value: sql`CASE WHEN ${isWhole} THEN rpad(${digits}, (4 * ceil(len(${digits}) / 4))::INTEGER, '=') END`,
    failure: {
      when: sql`${value} IS NOT NULL`,
      reason: sql`'java.lang.IllegalArgumentException: [' || ${value} || '] is not Base64'`,
    },
  };
}

const notWellKnown = (value: Sql, globe: Sql) => ({
  when: sql`${value} IS NOT NULL`,
  reason: sql`${text('java.lang.IllegalArgumentException: Failed to parse WKT: ')} || coalesce(harrier_geometry_error(${value}, ${globe}), ${value})`,
});

function toPoint(value: Sql, within: (x: Sql, y: Sql) => Sql, globe: Sql) {
  const [x, y] = [coordinate(sql`upper(${value})`, 1), coordinate(sql`upper(${value})`, 2)];
  return { value: sql`CASE WHEN ${within(x, y)} THEN ${pointText(x, y)} END`, failure: notWellKnown(value, globe) };
}

const toShape = (globe: Sql) => (value: Sql) => ({
  value: sql`harrier_geometry(${value}, ${globe})`,
  failure: notWellKnown(value, globe),
});

type Convert = (value: Sql, from: EsqlType, options?: CallOptions) => Evaluation | Sql;
type Field = (typeof conversions)['TO_LONG']['parameters'];

/** From the type of the argument. */
const from =
  (convert: Convert) =>
  ([value]: readonly [Sql], { args: [{ type }], options }: EmitContext<Field>): Evaluation | Sql =>
    convert(value, type, options);

/** From text; what is a geometry already stays what it is. */
const geometry = (convert: (value: Sql) => Evaluation | Sql) =>
  from((value, type) => {
    if (isGrid(type)) return sql`harrier_grid_outline(${text(type)}, ${value})`;
    return isSpatial(type) ? value : convert(value);
  });

/** What the numbers of a row come to, as text. */
function metricOf({ single, list }: Representation, type: EsqlType): Sql {
  if (type === 'aggregate_metric_double') return single;
  const shown = (least: Sql, most: Sql, sum: Sql, count: Sql): Sql =>
    sql`'{"min":' || ${doubleToText(least)} || ',"max":' || ${doubleToText(most)} || ',"sum":' || ${doubleToText(sum)} || ',"value_count":' || ${count} || '}'`;
  const double = sql`(${single})::DOUBLE`;
  const one = shown(double, double, double, sql`1`);
  if (!list) return one;
  const doubles = sql`list_transform(${list}, lambda v: v::DOUBLE)`;
  const all = shown(sql`list_min(${doubles})`, sql`list_max(${doubles})`, sql`list_sum(${doubles})`, sql`len(${list})`);
  return sql`CASE WHEN ${list} IS NOT NULL THEN ${all} ELSE ${one} END`;
}

const constant = unsupported('spans of time are constant');

export const conversionSql: SqlFor<typeof conversions> = {
  TO_INTEGER: from((value, type) => toWhole(integerType, value, type)),
  TO_LONG: from((value, type) => toWhole(longType, value, type)),
  TO_UNSIGNED_LONG: from(toUnsigned),
  TO_DOUBLE: from(toDouble),
  TO_BOOLEAN: from(toBoolean),
  TO_TEXT: from(toText),
  TO_STRING: from(toText),
  TO_DATETIME: from(toDate),
  TO_DATE_NANOS: from(toDateNanos),
  TO_DATE_RANGE: from(toRange('date_range')),
  TO_BINARY: from(toBinary),
  TO_GAUGE: ([value]) => value,
  TO_COUNTER: ([value]) => value,
  TO_AGGREGATE_METRIC_DOUBLE: ([value], { args: [{ type }] }) => ({ single: metricOf(value, type), list: null }),
  TO_DOUBLE_RANGE: from(toRange('double_range')),
  TO_IP: from(toIp),
  TO_VERSION: ([value]) => value,
  TO_DATEPERIOD: constant,
  TO_TIMEDURATION: constant,
  TO_GEOPOINT: geometry((value) =>
    toPoint(value, (x, y) => sql`${x} BETWEEN -180 AND 180 AND ${y} BETWEEN -90 AND 90`, sql`true`),
  ),
  TO_GEOSHAPE: geometry(toShape(sql`true`)),
  TO_CARTESIANPOINT: geometry((value) =>
    toPoint(value, (x, y) => sql`${x} IS NOT NULL AND ${y} IS NOT NULL`, sql`false`),
  ),
  TO_CARTESIANSHAPE: geometry(toShape(sql`false`)),
};
