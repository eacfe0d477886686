import type { Catalogue } from '../catalogue/catalogue.ts';
import { windowOf } from '../plan/time-bounds.ts';
import type { CoverageGap, WindowCoverage } from './coverage.ts';
import type { Requirements } from './requirements.ts';

/** A window that the data covers to this share counts as covered: no data begins or ends with the second. */
const asGoodAsAll = 0.95;

/** How much of the time that a query looks at lies between the first and the last event of what it reads. */
export function coverWindow(
  requirements: readonly Requirements[],
  { indices }: Catalogue,
  now: Date,
): { coverage: WindowCoverage; gaps: CoverageGap[] } {
  const windows = requirements.map(({ bounds }) => windowOf(bounds));
  const from = earliest(windows.map((window) => window.from));
  const to = windows.some((window) => window.to === null)
    ? null
    : Math.max(...windows.map((window) => Number(window.to)));
  const read = requirements.map(({ scan }) => scan.indices);
  const reached = indices.filter(({ name }) => read.some((names) => names === null || names.includes(name)));
  const first = Math.min(...reached.flatMap(({ firstTimestamp }) => firstTimestamp ?? []));
  const last = Math.max(...reached.flatMap(({ lastTimestamp }) => lastTimestamp ?? []));
  if (from === null && to === null) return { coverage: { from, to, covered: null }, gaps: [] };
  const end = to ?? now.getTime();
  const window = { from, to: end };
  if (!Number.isFinite(first)) return { coverage: { ...window, covered: null }, gaps: [] };
  const start = from ?? Math.min(first, end);
  const length = end - start;
  const overlap = Math.min(end, last) - Math.max(start, first);
  const covered = length <= 0 ? 0 : Math.min(1, Math.max(0, overlap / length));
  const times = `the window is ${minute(start)} to ${minute(end)}, the data has ${minute(first)} to ${minute(last)}`;
  if (overlap < 0 || (covered === 0 && first !== last))
    return {
      coverage: { ...window, covered: 0 },
      gaps: [
        {
          verdict: 'blind',
          message: `the window lies outside of the data: ${times}`,
          remedy:
            'hunt as of the newest event with --now latest, as of a time with --now, or choose the window with --window, --from and --to',
        },
      ],
    };
  if (covered >= asGoodAsAll) return { coverage: { ...window, covered }, gaps: [] };
  return {
    coverage: { ...window, covered },
    gaps: [
      {
        verdict: 'partial',
        message: `the data covers ${Math.round(covered * 100)} % of the window: ${times}`,
        remedy: 'add events of the rest of the time, or choose a smaller window with --window',
      },
    ],
  };
}

const earliest = (times: readonly (bigint | null)[]): number | null =>
  times.length === 0 || times.some((time) => time === null) ? null : Math.min(...times.map(Number));

/** `2026-03-10 12:00`, in UTC. */
const minute = (time: number): string => new Date(time).toISOString().slice(0, 16).replace('T', ' ');
