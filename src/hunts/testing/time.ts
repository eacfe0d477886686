import { parseDate } from '../../values/date.ts';
import { own } from '../../values/own.ts';

const units: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** Milliseconds of a span such as `90m` or `1h30m`, which fits the schema. */
export const spanOf = (text: string): number =>
  [...text.matchAll(/(\d+)([a-z]+)/g)].reduce((sum, [, amount, unit]) => sum + Number(amount) * own(units, unit!)!, 0);

/** Milliseconds since the epoch of `now`, of a span from now such as `-3h`, or of a time; null for what is none. */
export function timeOf(text: string, now: Date): number | null {
  if (text === 'now') return now.getTime();
  if (/^[+-]/.test(text)) return now.getTime() + (text.startsWith('-') ? -1 : 1) * spanOf(text);
  const millis = parseDate(text.replace(/^(\d{4}-\d{2}-\d{2}) /, '$1T'));
  return millis === null ? null : Number(millis);
}
