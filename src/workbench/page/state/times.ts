import { signal } from '@preact/signals';

/** Whether times are shown in the zone of the browser; else in UTC. */
export const isLocalTime = signal(localStorage.getItem('harrier times') === 'local');

export function setLocalTime(on: boolean): void {
  isLocalTime.value = on;
  localStorage.setItem('harrier times', on ? 'local' : 'UTC');
}

/** `UTC+02:00`: the offset of a time in the zone of the browser. */
export function offsetWords(time: Date): string {
  const minutes = -time.getTimezoneOffset();
  const two = (n: number): string => String(n).padStart(2, '0');
  const ahead = Math.abs(minutes);
  return `UTC${minutes < 0 ? '-' : '+'}${two(Math.floor(ahead / 60))}:${two(ahead % 60)}`;
}
