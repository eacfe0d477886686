import { parseDate } from '../values/date.ts';

/** A field that likely says when an event was. */
export interface LikelyTime {
  readonly field: string;
  /** A value of it, as it stands in an event. */
  readonly example: string;
}

/** What such fields are called, the likeliest first; without regard to case and to marks between words. */
const names: readonly string[] = [
  ...['timestamp', 'eventtimestamp', 'eventtime', 'time', 'ts', 'datetime', 'timecreated', 'systemtime', 'utctime'],
  ...['timegenerated', 'generatedtime', 'generatedat', 'starttime', 'start', 'logtime', 'createdat', 'creationtime'],
  ...['createddatetime', 'created', 'occurredat', 'date', 'when', 'epoch', 'epochtime', 'receivedtime', 'receivedat'],
  ...['ingesttime', 'updatedat'],
];

const plain = (name: string): string =>
  name
    .slice(name.lastIndexOf('.') + 1)
    .replace(/[^A-Za-z]/g, '')
    .toLowerCase();

/** The likely time of events by the names and the values that they have; null where no field looks like one. */
export function likelyTime(
  values: ReadonlyMap<string, readonly (string | number | boolean)[]>,
  documents: number,
): LikelyTime | null {
  const found: { rank: number; field: string; example: string }[] = [];
  for (const [field, all] of values) {
    if (all.length < documents * 0.9 || !all.every(isTime)) continue;
    const named = names.indexOf(plain(field));
    const isNumber = all.some((value) => !isDateText(value));
    // A number alone is no time; a text that is a date hardly is anything else.
    if (named < 0 && isNumber) continue;
    const depth = field.split('.').length;
    found.push({ rank: (named < 0 ? names.length : named) + depth * 0.1, field, example: String(all[0]) });
  }
  found.sort((a, b) => a.rank - b.rank);
  return found.length === 0 ? null : { field: found[0]!.field, example: found[0]!.example };
}

/** Whether a value reads as a time: a date, or a number since 1970 of a time from 1990 to 2100. */
export function isTime(value: unknown): boolean {
  if (isDateText(value)) return true;
  const isNumber = typeof value === 'number' || (typeof value === 'string' && /^\d{9,19}(?:\.\d+)?$/.test(value));
  if (!isNumber) return false;
  const size = Number(value);
  return [1, 1e3, 1e6, 1e9].some((unit) => size >= 631e6 * unit && size < 4103e6 * unit);
}

const isDateText = (value: unknown): boolean =>
  typeof value === 'string' &&
  ((/^\d{4}-\d{2}-\d{2}/.test(value) && parseDate(isoOf(value)) !== null) ||
    /^\d{2}\/[A-Z][a-z]{2}\/\d{4}:\d{2}:\d{2}:\d{2} [+-]\d{4}$/.test(value) ||
    /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} [+-]\d{4}$/.test(value) ||
    /^\d{4}\/\d{2}\/\d{2} \d{2}:\d{2}:\d{2}$/.test(value));

/** What the op `time` makes of dates that are nearly ISO. */
const isoOf = (text: string): string =>
  text
    .replace(/^([0-9-]{10}) +/, '$1T')
    .replace(/ *(?:UTC|GMT)$/, 'Z')
    .replace(/ +([+-]\d{2}):?(\d{2})$/, '$1:$2')
    .replace(/,(\d+)/, '.$1');
