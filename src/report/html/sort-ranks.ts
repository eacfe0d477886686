import { parseDate, parseDateNanos } from '../../values/date.ts';
import { parseIp } from '../../values/ip.ts';
import { type CellValue, type EsqlType, isString, type ScalarValue } from '../../values/types.ts';
import { versionKey } from '../../values/version.ts';

type Key = number | bigint | string;
const words = new Intl.Collator('en', { numeric: true });

/**
 * The place of each value of a column among the others, from zero; equal values share one, missing ones have none. A
 * table that sorts by these sorts addresses, dates, versions and 64-bit numbers by value. Of several values the first
 * counts.
 */
export function sortRanks(values: readonly CellValue[], type: EsqlType): (number | null)[] {
  const keys = values.map((value) => {
    const first = Array.isArray(value) ? (value as readonly ScalarValue[])[0] : (value as ScalarValue | null);
    return first === null || first === undefined ? null : keyOf(first, type);
  });
  const distinct = [...new Set(keys)].filter((key) => key !== null).sort(isString(type) ? byWords : byValue);
  const ranks = new Map(distinct.map((key, rank) => [key, rank]));
  return keys.map((key) => (key === null ? null : ranks.get(key)!));
}

function keyOf(value: ScalarValue, type: EsqlType): Key {
  if (typeof value === 'boolean') return Number(value);
  if (typeof value !== 'string') return value;
  switch (type) {
    case 'date':
      return parseDate(value) ?? value;
    case 'date_nanos':
      return parseDateNanos(value) ?? value;
    case 'ip':
      return parseIp(value) ?? value;
    case 'version':
      return versionKey(value);
    default:
      return value;
  }
}

const byValue = (a: Key, b: Key): number => (a < b ? -1 : a > b ? 1 : 0);
const byWords = (a: Key, b: Key): number => words.compare(String(a), String(b));
