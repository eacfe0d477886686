/** A pseudo-random number from 0 to 1; the same seed gives the same ones. */
export type Random = () => number;

/** Mulberry32: small, quick, and good enough to spread events. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export const pick = <T>(random: Random, all: readonly T[]): T => all[Math.floor(random() * all.length)]!;

/** The time of the newest event. */
export const officeEnd = Date.UTC(2026, 2, 10, 12);
const dayLength = 86_400_000;
const hour = 3_600_000;

/** Somebody who works in the office, on a machine of their own. */
export interface Person {
  readonly name: string;
  readonly mail: string;
  readonly sid: string;
  readonly machine: string;
  readonly address: string;
  readonly isAdministrator: boolean;
}

export const people: readonly Person[] = [
  ...['abel', 'berg', 'clark', 'dorn', 'ebert', 'frank', 'gross', 'hahn', 'iten', 'jung', 'kern', 'lang'],
].map((name, i) => ({
  name,
  mail: `${name}@office.example`,
  sid: `S-1-5-21-1004336348-1177238915-682003330-${1100 + i}`,
  machine: `ws-${String(i + 1).padStart(4, '0')}`,
  address: `10.20.1.${i + 11}`,
  isAdministrator: i >= 10,
}));

/** Machines that serve the others. */
export const servers = [
  { name: 'dc-01', address: '10.20.0.2' },
  { name: 'files-01', address: '10.20.0.3' },
  { name: 'print-01', address: '10.20.0.4' },
  { name: 'backup-01', address: '10.20.0.5' },
] as const;

/** The outside address of the office. */
export const officeAddress = '80.94.95.10';

/** Days before the end on which people work, the newest first; 2026-03-10 is a Tuesday. */
export function workdays(days: number): number[] {
  return Array.from({ length: days }, (_, i) => officeEnd - i * dayLength).filter((time) => {
    const day = new Date(time).getUTCDay();
    return day !== 0 && day !== 6;
  });
}

/** Moments of each working day between 7:30 and 16:30, before the end, in no order. */
export function atWork(random: Random, days: number, perDay: number): number[] {
  return workdays(days).flatMap((day) => {
    const midnight = day - (day % dayLength);
    return Array.from({ length: perDay }, () => midnight + 7.5 * hour + Math.floor(random() * 9 * hour)).filter(
      (time) => time < officeEnd,
    );
  });
}

/** A moment each night at an hour, for jobs that run on their own. */
export const everyNight = (days: number, atHour: number): number[] =>
  Array.from({ length: days }, (_, i) => {
    const day = officeEnd - (i + 1) * dayLength;
    return day - (day % dayLength) + atHour * hour;
  });

export const iso = (time: number): string => new Date(time).toISOString();

/** Events of a log as lines of JSON, in the order of time. */
export class Log {
  readonly #events: { readonly time: number; readonly line: string }[] = [];

  /** `fields` are those of the source, which says in one of them when the event happened. */
  add(time: number, fields: object): void {
    this.#events.push({ time, line: `${JSON.stringify(fields)}\n` });
  }

  lines(): string[] {
    return this.#events.sort((a, b) => a.time - b.time).map(({ line }) => line);
  }
}
