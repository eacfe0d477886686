import { formatDate, parseDate } from './date.ts';
import { own } from './own.ts';
import { offsetAt, timeShown, zoneOffset } from './time-zone.ts';

/*
 * Dates in the patterns of java.time's DateTimeFormatter, in English, and by the names of Elasticsearch's
 * formats. Dates are milliseconds since the epoch.
 */

type Part = { readonly letter: string; readonly count: number } | { readonly literal: string };

/** A pattern taken apart; a text is why it is none. */
export type DatePattern = { readonly parts: readonly Part[]; readonly text: string } | { readonly named: string };

const names = new Set([
  ...['date_optional_time', 'date_optional_time_nanos', 'iso8601', 'epoch_millis', 'epoch_second'],
  ...['strict_date_optional_time', 'strict_date_optional_time_nanos'],
]);

/** By name; a strict form reads the same here. The letter f is a fraction of one to nine digits. */
const patternsByName: Readonly<Record<string, string>> = {
  basic_date: 'yyyyMMdd',
  basic_date_time: "yyyyMMdd'T'HHmmss.fXX",
  basic_date_time_no_millis: "yyyyMMdd'T'HHmmssXX",
  basic_ordinal_date: 'yyyyDDD',
  basic_ordinal_date_time: "yyyyDDD'T'HHmmss.fXX",
  basic_ordinal_date_time_no_millis: "yyyyDDD'T'HHmmssXX",
  basic_time: 'HHmmss.fXX',
  basic_time_no_millis: 'HHmmssXX',
  basic_t_time: "'T'HHmmss.fXX",
  basic_t_time_no_millis: "'T'HHmmssXX",
  basic_week_date: "YYYY'W'wwe",
  basic_week_date_time: "YYYY'W'wwe'T'HHmmss.fXX",
  basic_week_date_time_no_millis: "YYYY'W'wwe'T'HHmmssXX",
  date: 'yyyy-MM-dd',
  date_hour: "yyyy-MM-dd'T'HH",
  date_hour_minute: "yyyy-MM-dd'T'HH:mm",
  date_hour_minute_second: "yyyy-MM-dd'T'HH:mm:ss",
  date_hour_minute_second_fraction: "yyyy-MM-dd'T'HH:mm:ss.f",
  date_hour_minute_second_millis: "yyyy-MM-dd'T'HH:mm:ss.f",
  date_time: "yyyy-MM-dd'T'HH:mm:ss.fXXX",
  date_time_no_millis: "yyyy-MM-dd'T'HH:mm:ssXXX",
  hour: 'HH',
  hour_minute: 'HH:mm',
  hour_minute_second: 'HH:mm:ss',
  hour_minute_second_fraction: 'HH:mm:ss.f',
  hour_minute_second_millis: 'HH:mm:ss.f',
  ordinal_date: 'yyyy-DDD',
  ordinal_date_time: "yyyy-DDD'T'HH:mm:ss.fXXX",
  ordinal_date_time_no_millis: "yyyy-DDD'T'HH:mm:ssXXX",
  time: 'HH:mm:ss.fXXX',
  time_no_millis: 'HH:mm:ssXXX',
  t_time: "'T'HH:mm:ss.fXXX",
  t_time_no_millis: "'T'HH:mm:ssXXX",
  week_date: "YYYY-'W'ww-e",
  week_date_time: "YYYY-'W'ww-e'T'HH:mm:ss.fXXX",
  week_date_time_no_millis: "YYYY-'W'ww-e'T'HH:mm:ssXXX",
  weekyear: 'YYYY',
  weekyear_week: "YYYY-'W'ww",
  weekyear_week_day: "YYYY-'W'ww-e",
  year: 'yyyy',
  year_month: 'yyyy-MM',
  year_month_day: 'yyyy-MM-dd',
};

const letters = 'GuyYDMLdQqEecaBhKkHmsSAnNVvzOXxZw';
const cache = new Map<string, DatePattern | string>();

/** Reads a pattern, or the name of a format; a text says what is wrong. */
export function datePattern(text: string): DatePattern | string {
  const cached = cache.get(text);
  if (cached !== undefined) return cached;
  if (cache.size > 1000) cache.clear();
  const known = own(patternsByName, text.replace(/^strict_/, ''));
  const made = names.has(text) ? { named: text } : readPattern(known ?? text, text, known ? `${letters}f` : letters);
  cache.set(text, made);
  return made;
}

function readPattern(pattern: string, text: string, taken: string): DatePattern | string {
  const parts: Part[] = [];
  const literal = (more: string): void => {
    const last = parts.at(-1);
    if (last && 'literal' in last) parts[parts.length - 1] = { literal: last.literal + more };
    else parts.push({ literal: more });
  };
  for (let i = 0; i < pattern.length; i++) {
    const letter = pattern[i]!;
    if (letter === "'") {
      if (pattern[i + 1] === "'") {
        literal("'");
        i += 1;
        continue;
      }
      let end = i + 1;
      let quoted = '';
      for (; end < pattern.length && (pattern[end] !== "'" || pattern[end + 1] === "'"); end++) {
        quoted += pattern[end];
        if (pattern[end] === "'") end += 1;
      }
      if (end >= pattern.length) return `Pattern ends with an incomplete string literal: ${text}`;
      literal(quoted);
      i = end;
    } else if (/[A-Za-z]/.test(letter)) {
      if (!taken.includes(letter)) return `Unknown pattern letter: ${letter}`;
      let count = 1;
      while (pattern[i + count] === letter) count += 1;
      i += count - 1;
      parts.push({ letter, count });
    } else if (letter === '[' || letter === ']') {
      // Optional sections print like any other.
    } else if (letter === '{' || letter === '}' || letter === '#')
      return `Pattern includes reserved character: '${letter}'`;
    else literal(letter);
  }
  return { parts, text };
}

const months = 'January February March April May June July August September October November December'.split(' ');
const days = 'Monday Tuesday Wednesday Thursday Friday Saturday Sunday'.split(' ');

/** A date in a pattern, as the clocks of a zone show it; null when there is no such pattern. */
export function formatDateAs(millis: bigint, patternText: string, zone = 'UTC'): string | null {
  const pattern = datePattern(patternText);
  if (typeof pattern === 'string') return null;
  if ('named' in pattern) {
    if (pattern.named === 'epoch_millis') return millis.toString();
    if (pattern.named === 'epoch_second') return String(Math.floor(Number(millis) / 1000));
    return zoneOffset(zone) === 0 ? formatDate(millis) : formatDateAs(millis, isoWithOffset, zone);
  }
  const offset = offsetAt(zone, Number(millis));
  const at = new Date(Number(millis) + offset * 60_000);
  return pattern.parts
    .map((part) => ('literal' in part ? part.literal : formatPart(part.letter, part.count, at, offset, zone)))
    .join('');
}

const dayOfYear = (at: Date): number =>
  Math.floor(
    (Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()) - Date.UTC(at.getUTCFullYear(), 0, 1)) /
      86_400_000,
  ) + 1;

/** The ISO week and the year that it belongs to. */
function isoWeek(at: Date): { week: number; year: number } {
  const thursday = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()));
  thursday.setUTCDate(thursday.getUTCDate() + 4 - (thursday.getUTCDay() || 7));
  return { week: Math.ceil(dayOfYear(thursday) / 7), year: thursday.getUTCFullYear() };
}

/** ISO 8601 as a zone writes it. */
export const isoWithOffset = "yyyy-MM-dd'T'HH:mm:ss.SSSXXX";

/** An offset in hours and minutes: `short` leaves out minutes of zero. */
function offsetText(minutes: number, colon: string, short = false): string {
  const size = Math.abs(minutes);
  const hours = String(Math.floor(size / 60)).padStart(2, '0');
  const rest = String(size % 60).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${hours}${short && rest === '00' ? '' : `${colon}${rest}`}`;
}

const withColon = (count: number): string => (count === 3 || count === 5 ? ':' : '');

function formatPart(letter: string, count: number, at: Date, offset: number, zone: string): string {
  const pad = (value: number): string => {
    const digits = String(Math.abs(value)).padStart(count, '0');
    return value < 0 ? `-${digits}` : digits;
  };
  const named = (name: string): string => (count === 5 ? name[0]! : count === 4 ? name : name.slice(0, 3));
  const hour = at.getUTCHours();
  const year = at.getUTCFullYear();
  switch (letter) {
    case 'G':
      return count === 4 ? (year > 0 ? 'Anno Domini' : 'Before Christ') : year > 0 ? 'AD' : 'BC';
    case 'y':
    case 'u': {
      const shown = letter === 'y' && year <= 0 ? 1 - year : year;
      return count === 2 ? String(((shown % 100) + 100) % 100).padStart(2, '0') : pad(shown);
    }
    case 'Y':
      return count === 2 ? String(isoWeek(at).year % 100).padStart(2, '0') : pad(isoWeek(at).year);
    case 'w':
      return pad(isoWeek(at).week);
    case 'D':
      return pad(dayOfYear(at));
    case 'M':
    case 'L':
      return count < 3 ? pad(at.getUTCMonth() + 1) : named(months[at.getUTCMonth()]!);
    case 'Q':
    case 'q': {
      const quarter = Math.floor(at.getUTCMonth() / 3) + 1;
      return count < 3
        ? pad(quarter)
        : count === 3
          ? `Q${quarter}`
          : `${['1st', '2nd', '3rd', '4th'][quarter - 1]} quarter`;
    }
    case 'd':
      return pad(at.getUTCDate());
    case 'E':
      return named(days[(at.getUTCDay() + 6) % 7]!);
    case 'e':
    case 'c':
      return count < 3 ? pad(at.getUTCDay() || 7) : named(days[(at.getUTCDay() + 6) % 7]!);
    case 'a':
      return hour < 12 ? 'AM' : 'PM';
    case 'B':
      return hour < 6 ? 'at night' : hour < 12 ? 'in the morning' : hour < 18 ? 'in the afternoon' : 'in the evening';
    case 'h':
      return pad(hour % 12 || 12);
    case 'K':
      return pad(hour % 12);
    case 'k':
      return pad(hour || 24);
    case 'H':
      return pad(hour);
    case 'm':
      return pad(at.getUTCMinutes());
    case 's':
      return pad(at.getUTCSeconds());
    case 'f':
      return String(at.getUTCMilliseconds()).padStart(3, '0');
    case 'S':
      return String(at.getUTCMilliseconds()).padStart(3, '0').padEnd(9, '0').slice(0, count);
    case 'A':
      return pad(((hour * 60 + at.getUTCMinutes()) * 60 + at.getUTCSeconds()) * 1000 + at.getUTCMilliseconds());
    case 'n':
      return pad(at.getUTCMilliseconds() * 1_000_000);
    case 'N':
      return pad(
        (((hour * 60 + at.getUTCMinutes()) * 60 + at.getUTCSeconds()) * 1000 + at.getUTCMilliseconds()) * 1_000_000,
      );
    case 'X':
      return offset === 0 ? 'Z' : offsetText(offset, withColon(count), count === 1);
    case 'x':
      return offsetText(offset, withColon(count), count === 1);
    case 'z':
    case 'V':
    case 'v':
      return zoneOffset(zone) === 0 ? 'Z' : zone;
    case 'O':
      return offset === 0 ? 'GMT' : `GMT${offsetText(offset, ':').replace(count < 4 ? /^([+-])0|:00$/g : /^$/, '$1')}`;
    default:
      if (count < 4) return offsetText(offset, '');
      if (count === 4) return offset === 0 ? 'GMT' : `GMT${offsetText(offset, ':')}`;
      return offset === 0 ? 'Z' : offsetText(offset, ':');
  }
}

/** Reads a date in one of the patterns, which `||` separates; null when the text is in none of them. */
export function parseDateAs(text: string, patternText: string, zone = 'UTC'): bigint | null {
  for (const alternative of patternText.split('||')) {
    const pattern = datePattern(alternative);
    if (typeof pattern === 'string') continue;
    const found = 'named' in pattern ? parseNamed(text, pattern.named, zone) : parseParts(text, pattern.parts, zone);
    if (found !== null) return found;
  }
  return null;
}

function parseNamed(text: string, name: string, zone: string): bigint | null {
  if (name === 'epoch_millis') return /^-?\d+$/.test(text) ? BigInt(text) : null;
  if (name === 'epoch_second') return /^-?\d+$/.test(text) ? BigInt(text) * 1000n : null;
  const date = parseDate(text);
  const saysZone = /T.*(?:Z|[+-]\d{2}(?::?\d{2})?)$/.test(text);
  return date === null || saysZone ? date : BigInt(timeShown(zone, Number(date)));
}

interface Fields {
  year?: number;
  yearOfWeek?: number;
  week?: number;
  dayOfWeek?: number;
  dayOfYear?: number;
  month?: number;
  day?: number;
  hour?: number;
  half?: number;
  minute?: number;
  second?: number;
  millis?: number;
  offset?: number;
}

function parseParts(text: string, parts: readonly Part[], zone: string): bigint | null {
  const fields: Fields = {};
  let rest = text;
  for (const [i, part] of parts.entries()) {
    if ('literal' in part) {
      if (!rest.startsWith(part.literal)) return null;
      rest = rest.slice(part.literal.length);
      continue;
    }
    const next = parts[i + 1];
    // Numbers that stand side by side have their written width.
    const adjacent = next !== undefined && 'letter' in next && /[uyYDdMLQwehKkHmsSAnN]/.test(next.letter);
    const taken = parsePart(part.letter, part.count, rest, adjacent, fields);
    if (taken === null) return null;
    rest = rest.slice(taken);
  }
  return rest === '' ? toMillis(fields, zone) : null;
}

/** Takes one field off the text; how many characters, or null when it does not stand there. */
function parsePart(letter: string, count: number, text: string, adjacent: boolean, fields: Fields): number | null {
  const digits = (least: number, most: number): { value: number; length: number } | null => {
    const found = new RegExp(`^\\d{${least},${adjacent ? Math.max(least, count) : most}}`).exec(text);
    return found ? { value: Number(found[0]), length: found[0].length } : null;
  };
  const take = (found: { value: number; length: number } | null, set: (value: number) => void): number | null => {
    if (!found) return null;
    set(found.value);
    return found.length;
  };
  const wide = (): { value: number; length: number } | null =>
    digits(count === 1 ? 1 : count, count === 1 ? 19 : count);
  const name = (list: readonly string[]): number | null => {
    const candidates = list.map((full) => (count === 4 ? full : full.slice(0, 3)));
    const at = candidates.findIndex((candidate) => text.startsWith(candidate));
    if (at < 0) return null;
    if (list === months) fields.month = at + 1;
    else fields.dayOfWeek = at + 1;
    return candidates[at]!.length;
  };
  switch (letter) {
    case 'y':
    case 'u':
      if (count === 2)
        return take(digits(2, 2), (value) => {
          fields.year = 2000 + value;
        });
      return take(digits(count, count < 4 ? 19 : count), (value) => {
        fields.year = value;
      });
    case 'Y':
      return take(wide(), (value) => {
        fields.yearOfWeek = value;
      });
    case 'w':
      return take(wide(), (value) => {
        fields.week = value;
      });
    case 'D':
      return take(wide(), (value) => {
        fields.dayOfYear = value;
      });
    case 'M':
    case 'L':
      return count < 3
        ? take(count === 1 ? digits(1, 2) : wide(), (value) => {
            fields.month = value;
          })
        : name(months);
    case 'd':
      return take(count === 1 ? digits(1, 2) : wide(), (value) => {
        fields.day = value;
      });
    case 'E':
      return name(days);
    case 'e':
    case 'c':
      return count < 3
        ? take(wide(), (value) => {
            fields.dayOfWeek = value;
          })
        : name(days);
    case 'a': {
      const found = /^(?:AM|PM)/i.exec(text);
      if (!found) return null;
      fields.half = found[0].toUpperCase() === 'PM' ? 12 : 0;
      return 2;
    }
    case 'h':
    case 'K':
      return take(count === 1 ? digits(1, 2) : wide(), (value) => {
        fields.hour = value % 12;
      });
    case 'k':
    case 'H':
      return take(count === 1 ? digits(1, 2) : wide(), (value) => {
        fields.hour = letter === 'k' ? value % 24 : value;
      });
    case 'm':
      return take(count === 1 ? digits(1, 2) : wide(), (value) => {
        fields.minute = value;
      });
    case 's':
      return take(count === 1 ? digits(1, 2) : wide(), (value) => {
        fields.second = value;
      });
    case 'f':
    case 'S': {
      const found = new RegExp(letter === 'f' ? '^\\d{1,9}' : `^\\d{${count}}`).exec(text);
      if (!found) return null;
      fields.millis = Number(found[0].slice(0, 3).padEnd(3, '0'));
      return found[0].length;
    }
    case 'X':
    case 'x':
    case 'Z': {
      const found = /^(?:Z|([+-])(\d{2})(?::?(\d{2}))?)/.exec(text);
      if (!found) return null;
      fields.offset = found[1] ? (found[1] === '-' ? -1 : 1) * (Number(found[2]) * 60 + Number(found[3] ?? 0)) : 0;
      return found[0].length;
    }
    case 'z':
    case 'V':
    case 'v':
    case 'O': {
      const found = /^(?:UTC|GMT|Z)(?:([+-])(\d{1,2})(?::?(\d{2}))?)?/.exec(text);
      if (!found) return null;
      fields.offset = found[1] ? (found[1] === '-' ? -1 : 1) * (Number(found[2]) * 60 + Number(found[3] ?? 0)) : 0;
      return found[0].length;
    }
    default:
      return null;
  }
}

function toMillis(fields: Fields, zone: string): bigint | null {
  const { month = 1, day = 1, minute = 0, second = 0, millis = 0 } = fields;
  const hour = (fields.hour ?? 0) + (fields.half ?? 0);
  const year = fields.year ?? 1970;
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59) return null;
  const at = new Date(0);
  at.setUTCFullYear(year, month - 1, day);
  if (at.getUTCMonth() !== month - 1) return null;
  if (fields.dayOfYear !== undefined) at.setUTCFullYear(year, 0, fields.dayOfYear);
  if (fields.week !== undefined) {
    const fourth = new Date(Date.UTC(fields.yearOfWeek ?? year, 0, 4));
    const monday = fourth.getTime() - ((fourth.getUTCDay() || 7) - 1) * 86_400_000;
    at.setTime(monday + ((fields.week - 1) * 7 + (fields.dayOfWeek ?? 1) - 1) * 86_400_000);
  }
  at.setUTCHours(hour, minute, second, millis);
  if (fields.offset !== undefined) return BigInt(at.getTime() - fields.offset * 60_000);
  return BigInt(timeShown(zone, at.getTime()));
}
