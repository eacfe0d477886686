import type { Bucketing, DateHistogram, Histogram, Terms } from '../../../languages/search/aggregations/aggregation.ts';
import { parseDate } from '../../../values/date.ts';
import { formatDateAs } from '../../../values/java-date-format.ts';
import { javaDouble } from '../../../values/java-double.ts';
import type { CellValue, EsqlType, ScalarValue } from '../../../values/types.ts';
import { rawJson } from '../hits-json.ts';

/** The key of a bucket as the answer has it: members of JSON, and the name under which keyed buckets stand. */
export interface ShownKey {
  readonly members: readonly string[];
  readonly name: string;
}

const defaultDate = 'strict_date_optional_time';

/** The key of a value of `terms`. */
export function termKey({ format }: Terms, type: EsqlType, cell: CellValue): ShownKey {
  const value = cell as ScalarValue;
  if (type === 'boolean') return shown(value ? '1' : '0', String(value));
  if (type === 'date' || type === 'date_nanos') {
    const date = parseDate(String(value)) ?? 0n;
    return shown(rawJson(type, value), formatDateAs(date, format ?? defaultDate) ?? String(value));
  }
  return { members: [`"key":${rawJson(type, value)}`], name: String(value) };
}

/** The key of an interval of time that starts then. */
export function dateKey({ interval: { zone }, format }: DateHistogram, start: number): ShownKey {
  const text = formatDateAs(BigInt(start), format ?? defaultDate, zone) ?? String(start);
  return shown(String(start), text);
}

/** The key of an interval of a number. */
export function numberKey(_: Histogram, start: number): ShownKey {
  return { members: [`"key":${javaDouble(start)}`], name: javaDouble(start) };
}

const shown = (key: string, text: string): ShownKey => ({
  members: [`"key_as_string":${JSON.stringify(text)}`, `"key":${key}`],
  name: text,
});

/** Elasticsearch's name of the kind of an answer, which stands before the name where `typed_keys` asks for it. */
export function typeOfBuckets(bucketing: Bucketing, keyType: EsqlType | undefined): string {
  switch (bucketing.kind) {
    case 'dateHistogram':
      return 'date_histogram';
    case 'histogram':
      return 'histogram';
    case 'conditions':
      return bucketing.type;
    case 'terms':
      switch (keyType) {
        case undefined:
          return 'umterms';
        case 'double':
          return 'dterms';
        case 'integer':
        case 'long':
        case 'boolean':
        case 'date':
        case 'date_nanos':
          return 'lterms';
        case 'unsigned_long':
          return 'ulterms';
        default:
          return 'sterms';
      }
  }
}
