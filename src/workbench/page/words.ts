import { isLocalTime } from './state/times.ts';

/** `10 Mar 12:00`, in the zone that the head of the page names; with the year where it is not this one. */
export function timeWords(time: number): string {
  const date = new Date(time);
  const zone = isLocalTime.value ? {} : { timeZone: 'UTC' };
  const year = (of: Date): string => of.toLocaleDateString('en-GB', { year: 'numeric', ...zone });
  const day = date.toLocaleDateString('en-GB', {
    ...{ day: 'numeric', month: 'short', ...zone },
    ...(year(date) !== year(new Date()) && { year: 'numeric' }),
  });
  return `${day} ${date.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', ...zone })}`;
}

/** `3 min`, `2.1 s`. */
export function durationWords(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 90) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  const minutes = seconds / 60;
  if (minutes < 90) return `${Math.round(minutes)} min`;
  const hours = minutes / 60;
  return hours < 48 ? `${Math.round(hours)} h` : `${Math.round(hours / 24)} days`;
}

/** `1 row`, `4,488 rows`. */
export const countWords = (n: number, what: string, plural = `${what}s`): string =>
  `${n.toLocaleString('en')} ${n === 1 ? what : plural}`;
