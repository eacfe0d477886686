/** `10 Mar 12:00`, in UTC; with the year where it is not this one. */
export function timeWords(time: number): string {
  const date = new Date(time);
  const isThisYear = date.getUTCFullYear() === new Date().getUTCFullYear();
  const day = date.toLocaleDateString('en-GB', {
    ...{ day: 'numeric', month: 'short', timeZone: 'UTC' },
    ...(!isThisYear && { year: 'numeric' }),
  });
  return `${day} ${date.toISOString().slice(11, 16)}`;
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
