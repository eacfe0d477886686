/** A window in time, in milliseconds since the epoch. */
export interface TimeWindow {
  readonly from: number;
  readonly to: number;
}

/** The same length of time before or after. */
export const shifted = ({ from, to }: TimeWindow, by: -1 | 1): TimeWindow => ({
  from: from + by * (to - from),
  to: to + by * (to - from),
});

/** Seconds that a window has at least. */
const shortest = 1000;

/** Half or twice the time around the same middle. */
export function zoomed({ from, to }: TimeWindow, factor: 0.5 | 2): TimeWindow {
  const middle = (from + to) / 2;
  const half = Math.max(shortest, (to - from) * factor) / 2;
  return { from: Math.round(middle - half), to: Math.round(middle + half) };
}

/** A window as its chip has it: `2026-03-10T04:00:00Z/2026-03-10T12:00:00Z`. */
export const windowText = ({ from, to }: TimeWindow): string => `${timeText(from)}/${timeText(to)}`;

const timeText = (time: number): string => new Date(time).toISOString().replace('.000Z', 'Z');
