import { storageType } from '../sql/duckdb/storage-type.ts';
import { ident, number, type Sql, sql, withName } from '../sql/sql.ts';
import type { EsqlType } from '../values/types.ts';

/*
 * Values as tables hold them, made of texts: what the document reader leaves to the engine because it is seldom.
 */

/**
 * A JSON scalar without its quotes as a value of a type; null where it does not fit. The coercions are Elasticsearch's:
 * numbers in texts, decimals cut to whole numbers, epoch milliseconds as dates, any scalar as a keyword.
 */
export function valueOfText(type: EsqlType, plain: Sql): Sql {
  const filled = sql`nullif(${plain}, '')`;
  switch (type) {
    case 'boolean':
      return sql`CASE ${plain} WHEN 'true' THEN true WHEN 'false' THEN false WHEN '' THEN false END`;
    case 'integer':
    case 'long':
    case 'unsigned_long': {
      const storage = storageType(type);
      return sql`CASE WHEN regexp_full_match(${plain}, '-?[0-9]{1,18}') THEN TRY_CAST(${plain} AS ${storage})
        ELSE coalesce(TRY_CAST(CASE WHEN regexp_full_match(${plain}, '\\+?-?[0-9]+') THEN ${plain} END AS ${storage}), TRY_CAST(trunc(TRY_CAST(${filled} AS DOUBLE)) AS ${storage})) END`;
    }
    case 'double': {
      const double = sql`TRY_CAST(${filled} AS DOUBLE)`;
      return sql`CASE WHEN isfinite(${double}) THEN ${double} END`;
    }
    case 'date':
      // DuckDB reads the common form fast; offsets and rarer forms take a slower way. Milliseconds reach as far as JavaScript's.
      return sql`date_trunc('millisecond', CASE
        WHEN suffix(${plain}, 'Z') THEN coalesce(TRY_CAST(${plain} AS TIMESTAMP), harrier_parse_date(${plain}))
        WHEN regexp_full_match(${plain}, '-?[0-9]{5,16}|-?[0-9]{1,3}|-[0-9]{4}') THEN CASE WHEN abs(${plain}::BIGINT) <= 8640000000000000 THEN make_timestamp_ms(${plain}::BIGINT) END
        ELSE coalesce(harrier_parse_date(${plain}), TRY_CAST(${plain} AS TIMESTAMPTZ) AT TIME ZONE 'UTC') END)`;
    case 'date_nanos':
      return sql`make_timestamp_ns(CASE WHEN regexp_full_match(${plain}, '[0-9]{5,13}') THEN ${plain}::BIGINT * 1000000 ELSE harrier_parse_date_nanos(${plain}) END)`;
    case 'ip': {
      // 281470681743360 is ::ffff:0.0.0.0. Nearly every host names ::1 among its addresses.
      return sql`CASE WHEN ${plain} = '::1' THEN 1::UHUGEINT WHEN contains(${plain}, ':') THEN harrier_parse_ip(${plain}) ELSE 281470681743360::UHUGEINT + ${ipv4Number(plain)} END`;
    }
    default:
      return plain;
  }
}

/** The number of an address of IPv4; null where a text is none. */
export function ipv4Number(plain: Sql): Sql {
  // A part beyond 255 is no number of a byte, and makes all of it null. To split the text for each part takes twice as long.
  const part = (n: number): Sql => sql`TRY_CAST(parts[${number(n)}] AS UTINYINT)::UINTEGER`;
  const whole = sql`${part(1)} * 16777216 + ${part(2)} * 65536 + ${part(3)} * 256 + ${part(4)}`;
  return sql`CASE WHEN regexp_full_match(${plain}, '(0|[1-9][0-9]*)(\\.(0|[1-9][0-9]*)){3}') THEN ${withName(sql`parts`, sql`string_split(${plain}, '.')`, whole)} END`;
}

/** A text that Elasticsearch's date detection takes for a date, as that date: most forms are the engine's own. */
export function dateOfText(plain: Sql): Sql {
  const hasOffset = sql`regexp_matches(${plain}, 'T.*[+-]')`;
  const read = sql`CASE WHEN ${hasOffset} THEN TRY_CAST(${plain} AS TIMESTAMPTZ) AT TIME ZONE 'UTC' WHEN contains(${plain}, '/') THEN NULL ELSE TRY_CAST(${plain} AS TIMESTAMP) END`;
  return sql`date_trunc('millisecond', coalesce(${read}, harrier_parse_date(${plain})))`;
}

const isKeywordLike = (type: EsqlType): boolean => type === 'keyword' || type === 'ip' || type === 'version';

/**
 * Several values in the order in which Elasticsearch's doc values have them: keywords and addresses once each, numbers
 * and dates with repetitions, texts as they came.
 */
export function arranged(type: EsqlType, values: Sql): Sql {
  if (type === 'text' || type === 'geo_point') return values;
  return values.length <= shortest ? inOrder(type, values) : withName(sql`l`, values, inOrder(type, sql`l`));
}

/** What is longer than the name of a column is worked out once. */
const shortest = 40;

/** Most lists have one value or two: to sort them as lists takes ten times as long, 0.3 µs each (DuckDB 1.5). */
function inOrder(type: EsqlType, values: Sql): Sql {
  const [one, two] = [sql`(${values})[1]`, sql`(${values})[2]`];
  const sorted = sql`list_sort(${isKeywordLike(type) ? sql`list_distinct(${values})` : values})`;
  return sql`CASE WHEN len(${values}) = 1 AND ${one} IS NOT NULL THEN ${values} WHEN len(${values}) = 2 AND ${one} < ${two} THEN ${values} WHEN len(${values}) = 2 AND ${one} > ${two} THEN [${two}, ${one}] ELSE ${sorted} END`;
}

export const element = ident('e');

/** Each element of a list changed, without those that become null. */
export const eachOf = (values: Sql, change: (value: Sql) => Sql): Sql =>
  sql`list_filter(list_transform(${values}, lambda ${element}: ${change(element)}), lambda ${element}: ${element} IS NOT NULL)`;

/**
 * The DuckDB type of each of several values. Addresses are kept as the digits of their numbers: those of hosts repeat
 * themselves in every event, and DuckDB (1.5) compresses texts that do, but no numbers of 128 bits.
 */
export const listedType = (type: EsqlType): Sql => (type === 'ip' ? sql`VARCHAR` : storageType(type));

/** Several values of a type, in a list of what a table holds of each. */
export const listed = (type: EsqlType, values: Sql): Sql =>
  type === 'ip'
    ? sql`list_transform(${values}, lambda ${element}: ${digits(element)})`
    : sql`${values}::${storageType(type)}[]`;

/** 10 to the power of 19, behind which the digits of a number fit into 64 bits, and of 38. */
const half = sql`10000000000000000000::UHUGEINT`;
const whole = sql`100000000000000000000000000000000000000::UHUGEINT`;

/**
 * The digits of a number of 128 bits. DuckDB (1.5) divides by ten for each digit: 11 µs for an address of IPv4 and 47 for one
 * of IPv6, where this takes 0.1 and 4.
 */
function digits(value: Sql): Sql {
  const last = (rest: Sql): Sql => sql`lpad((${rest} % ${half})::UBIGINT::VARCHAR, 19, '0')`;
  const first = (rest: Sql): Sql => sql`(${rest} // ${half})::UBIGINT::VARCHAR`;
  const behind = (digit: number): Sql => {
    const rest = sql`(${value} - ${number(digit)} * ${whole})`;
    return sql`'${number(digit)}' || lpad(${first(rest)}, 19, '0') || ${last(rest)}`;
  };
  return sql`CASE WHEN ${value} <= 18446744073709551615::UHUGEINT THEN ${value}::UBIGINT::VARCHAR
    WHEN ${value} < ${whole} THEN ${first(value)} || ${last(value)}
    WHEN ${value} < 2 * ${whole} THEN ${behind(1)}
    WHEN ${value} < 3 * ${whole} THEN ${behind(2)}
    ELSE ${behind(3)} END`;
}
