import { windowOf } from '../plan/time-bounds.ts';
import type { WindowCoverage } from './coverage.ts';
import type { TimeCounts } from './probe.ts';
import type { Requirements } from './requirements.ts';

/** A window that the data covers to this share counts as covered: no data begins or ends with the second. */
const asGoodAsAll = 0.95;
/** Those of one platform may be few, and end long before the data does without anything missing. */
const enoughOfPlatform = 0.5;

/** What a query asks of the events of a scan, and when these were. */
interface TimedPart {
  readonly requirements: Pick<Requirements, 'bounds'>;
  readonly times: TimeCounts | null;
}

/** How much of the time that a query looks at lies between the first and the last event of what it reads. */
export function coverWindow(parts: readonly TimedPart[], now: Date): WindowCoverage {
  const windows = parts.map(({ requirements }) => windowOf(requirements.bounds));
  const from = earliest(windows.map((window) => window.from));
  const isOpen = windows.length === 0 || windows.some((window) => window.to === null);
  const to = isOpen ? null : Math.max(...windows.map((window) => Number(window.to)));
  if (from === null && to === null) return { from, to, covered: null };
  const end = to ?? now.getTime();
  const first = Math.min(...parts.flatMap(({ times }) => times?.first ?? []));
  const last = Math.max(...parts.flatMap(({ times }) => times?.last ?? []));
  if (!Number.isFinite(first)) return { from, to: end, covered: null };
  const start = from ?? Math.min(first, end);
  const length = end - start;
  const overlap = Math.min(end, last) - Math.max(start, first);
  return { from, to: end, covered: length <= 0 ? 0 : Math.min(1, Math.max(0, overlap / length)) };
}

/** What a window and the events say of each other, where the events do not cover it; else null. */
export function windowGap(
  { requirements, times }: TimedPart,
  platform: string,
  now: Date,
): { readonly isSilent: boolean; readonly message: string; readonly remedy: string } | null {
  if (times?.first == null || times.last === null) return null;
  const { from, to, covered } = coverWindow([{ requirements, times }], now);
  const start = from ?? times.first;
  const end = to ?? now.getTime();
  const data = platform === '' ? 'the data' : `events with ${platform}`;
  const has = `the window is ${minute(start)} to ${minute(end)}, ${data} ${platform === '' ? 'has' : 'have'} ${minute(times.first)} to ${minute(times.last)}`;
  if (times.inWindow === 0) {
    const isOutside = times.last < start || times.first > end;
    return {
      isSilent: true,
      message: isOutside ? `the window lies outside of ${data}: ${has}` : `no event lies in the window: ${has}`,
      remedy: isOutside
        ? `hunt as of the newest of them with --now ${second(times.last)}, or choose the window with --window, --from and --to`
        : 'choose the window with --window, --from and --to, or hunt as of another time with --now',
    };
  }
  if (covered === null || covered >= (platform === '' ? asGoodAsAll : enoughOfPlatform)) return null;
  return {
    isSilent: false,
    message: `${data} ${platform === '' ? 'covers' : 'cover'} ${Math.round(covered * 100)} % of the window: ${has}`,
    remedy: 'add events of the rest of the time, or choose a smaller window with --window',
  };
}

const earliest = (times: readonly (bigint | null)[]): number | null =>
  times.length === 0 || times.some((time) => time === null) ? null : Math.min(...times.map(Number));

/** The first whole second that is not before a time. */
const second = (time: number): string => new Date(Math.ceil(time / 1000) * 1000).toISOString().replace('.000Z', 'Z');

/** `2026-03-10 12:00`, in UTC. */
const minute = (time: number): string => new Date(time).toISOString().slice(0, 16).replace('T', ' ');
