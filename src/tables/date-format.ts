import { inNanos } from '../sql/duckdb/in-nanos.ts';
import { number, type Sql, sql, text, withName } from '../sql/sql.ts';
import { type DatePattern, datePattern } from '../values/java-date-format.ts';
import { own } from '../values/own.ts';
import { valueOfText } from './values.ts';

/*
 * Dates in the format of a mapping: alternatives between `||`, of which the first that fits counts. Elasticsearch's are listed at
 * https://www.elastic.co/docs/reference/elasticsearch/mapping-reference/mapping-date-format.
 */

type DateType = 'date' | 'date_nanos';

const alternativesOf = (format: string): string[] => format.split('||');

/** Names of formats of which `2026-03-10T12:00:00.123Z` is one. */
const isoNames = new Set([
  ...['strict_date_optional_time', 'date_optional_time', 'iso8601'],
  ...['strict_date_optional_time_nanos', 'date_optional_time_nanos'],
]);

/** Whether the form in which dates nearly always come is in a format. */
export const takesIso = (format: string): boolean => alternativesOf(format).some((name) => isoNames.has(name));

/** Why a format is none; null where it is one. */
export function formatError(format: string): string | null {
  const wrong = alternativesOf(format).map((one) => datePattern(one));
  return wrong.find((pattern) => typeof pattern === 'string') ?? null;
}

/** A text as a date in a format; null where it is none. */
export function dateInFormat(type: DateType, format: string, plain: Sql): Sql {
  const found = alternativesOf(format).map((one) => dateIn(type, one, plain));
  return found.length === 1 ? found[0]! : sql`coalesce(${found.reduce((a, b) => sql`${a}, ${b}`)})`;
}

function dateIn(type: DateType, format: string, plain: Sql): Sql {
  if (format === 'epoch_millis') return ofEpoch(type, plain, 1_000);
  if (format === 'epoch_second') return ofEpoch(type, plain, 1);
  // Longer numbers are milliseconds where no format is given.
  if (isoNames.has(format))
    return sql`CASE WHEN NOT regexp_full_match(${plain}, '-?[0-9]{5,}') THEN ${valueOfText(type, plain)} END`;
  const pattern = datePattern(format);
  const native = typeof pattern === 'string' ? null : strptimeOf(pattern);
  const read = native
    ? sql`CASE WHEN regexp_full_match(${plain}, ${text(native.form)}) THEN TRY_STRPTIME(${plain}, ${text(native.format)}) END`
    : sql`harrier_parse_date_as(${plain}, ${text(format)}, 'UTC')`;
  return type === 'date' ? sql`date_trunc('millisecond', ${read})` : withName(sql`read`, read, inNanos(sql`read`));
}

/** JavaScript's dates reach as far. */
const mostMillis = 8_640_000_000_000_000;

function ofEpoch(type: DateType, plain: Sql, perSecond: number): Sql {
  // A text takes 12 µs to become a decimal of 128 bits, 0.1 through one of 64 (DuckDB 1.5).
  const decimals = perSecond === 1 ? 6 : 3;
  const isShort = sql`regexp_full_match(${plain}, ${text(`-?[0-9]{1,${18 - decimals}}(\\.[0-9]{1,${decimals}})?`)})`;
  const value = sql`CASE WHEN ${isShort} THEN TRY_CAST(${plain} AS DECIMAL(18, ${number(decimals)}))::DECIMAL(38, 9) ELSE TRY_CAST(${plain} AS DECIMAL(38, 9)) END`;
  const isNumber = sql`regexp_full_match(${plain}, '-?[0-9]{1,19}(\\.[0-9]{1,9})?')`;
  if (type === 'date_nanos') {
    const nanos = sql`TRY_CAST(trunc((${value}) * ${number(1e9 / perSecond)}) AS BIGINT)`;
    return sql`CASE WHEN ${isNumber} THEN make_timestamp_ns(CASE WHEN ${nanos} BETWEEN 0 AND 9223372036854775806 THEN ${nanos} END) END`;
  }
  const millis = sql`TRY_CAST(floor((${value}) * ${number(1000 / perSecond)}) AS BIGINT)`;
  return sql`CASE WHEN ${isNumber} THEN make_timestamp_ms(CASE WHEN abs(${millis}) <= ${number(mostMillis)} THEN ${millis} END) END`;
}

/** Fields of patterns that the engine reads in the same way, where they have just these digits. */
const numbers: Readonly<Record<string, readonly [format: string, digits: number]>> = {
  ...{ yyyy: ['%Y', 4], uuuu: ['%Y', 4], MM: ['%m', 2], dd: ['%d', 2] },
  ...{ HH: ['%H', 2], mm: ['%M', 2], ss: ['%S', 2], SSS: ['%g', 3], SSSSSS: ['%f', 6] },
};

/** A pattern as the engine's, and the expression that its texts match; null where the engine has no such pattern. */
function strptimeOf(pattern: DatePattern): { readonly format: string; readonly form: string } | null {
  if ('named' in pattern) return null;
  let [format, form] = ['', ''];
  for (const part of pattern.parts) {
    if ('literal' in part) {
      format += part.literal.replaceAll('%', '%%');
      form += part.literal.replace(/[^\w\s]/g, '\\$&');
      continue;
    }
    const found = own(numbers, part.letter.repeat(part.count));
    if (!found) return null;
    format += found[0];
    form += `[0-9]{${found[1]}}`;
  }
  return { format, form };
}
