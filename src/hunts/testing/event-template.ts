import { formatDate } from '../../values/date.ts';
import { formatIp, parseIp } from '../../values/ip.ts';
import { type FieldValue, fieldJson } from './fields.ts';

/** Events that are alike: written once, repeated at even distances. */
export interface EventTemplate {
  /** The time of the first event, in milliseconds since the epoch. */
  readonly first: number;
  /** Milliseconds from the first event to the last. */
  readonly lasts: number;
  readonly repeat: number;
  /** The field that says when each happened: @timestamp, or what a source calls it. */
  readonly timeField: string;
  /** Fields that all of the events have alike, by their full names. */
  readonly fixed: ReadonlyMap<string, FieldValue>;
  /** Fields whose values they take in turn. */
  readonly varied: ReadonlyMap<string, readonly FieldValue[]>;
  /** Fields that go up by one from event to event, with the first value of each. */
  readonly counted: ReadonlyMap<string, CountedValue>;
}

export type CountedValue = number | bigint | string;

/** The events of a template as lines of JSON, in the order of time. */
export function* eventLines({
  first,
  lasts,
  repeat,
  timeField,
  fixed,
  varied,
  counted,
}: EventTemplate): Iterable<string> {
  const same = [...fixed].map(([name, value]) => entry(name, value));
  for (let i = 0; i < repeat; i++) {
    const time = first + Math.round((lasts * i) / Math.max(1, repeat - 1));
    const parts = [
      entry(timeField, formatDate(time)),
      ...same,
      ...[...varied].map(([name, values]) => entry(name, values[i % values.length]!)),
      ...[...counted].map(([name, start]) => entry(name, countUp(start, i))),
    ];
    yield `{${parts.join(',')}}\n`;
  }
}

const entry = (name: string, value: FieldValue): string => `${JSON.stringify(name)}:${fieldJson(value)}`;

/** A number, the number of an address, or the last number in a text, so much higher; a text keeps its zeros in front. */
export function countUp(start: CountedValue, by: number): CountedValue {
  if (typeof start === 'number') return start + by;
  if (typeof start === 'bigint') return start + BigInt(by);
  const address = parseIp(start);
  if (address !== null) return formatIp(address + BigInt(by));
  return start.replace(/\d+(?=\D*$)/, (digits) => String(BigInt(digits) + BigInt(by)).padStart(digits.length, '0'));
}
