import type { JSX } from 'preact';

/** Events between two times, in milliseconds since the epoch. */
export interface HistogramBar {
  readonly from: number;
  readonly to: number;
  /** A number for each series; one where there are none. */
  readonly counts: readonly number[];
  /** All events there are then; where there are none, nobody knows. */
  readonly events: number;
}

export interface HistogramProps {
  /** Unlike that of any other on the page. */
  readonly id: string;
  readonly bars: readonly HistogramBar[];
  readonly series: readonly string[];
  readonly first: number;
  readonly last: number;
  readonly now: number | null;
  /** What the query looks at; null for an open end. */
  readonly window: { readonly from: number | null; readonly to: number | null };
  /** What is being marked out with the pointer. */
  readonly marked: { readonly from: number; readonly to: number } | null;
  readonly isLog: boolean;
}

const width = 1000;
const height = 100;

const total = ({ counts }: HistogramBar): number => counts.reduce((sum, n) => sum + n, 0);

/** Where the bars begin and end. */
export const spanOf = (bars: readonly HistogramBar[]): { readonly from: number; readonly to: number } => ({
  from: bars[0]!.from,
  to: bars.at(-1)!.to,
});

/** Events in time, with the window, now, and times of which there are no events at all. */
export function Histogram({ id, bars, first, last, now, window, marked, isLog }: HistogramProps): JSX.Element {
  const { from, to } = spanOf(bars);
  const x = (time: number): number => Math.max(0, Math.min(width, ((time - from) / (to - from)) * width));
  const most = Math.max(1, ...bars.map(total));
  const y = (n: number): number => (isLog ? Math.log1p(n) / Math.log1p(most) : n / most) * height;
  const edges = { from: window.from ?? from, to: window.to ?? to };
  return (
    <svg class="histogram" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
      <defs>
        <pattern id={`${id}-gap`} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <line class="gap-line" x1="0" y1="0" x2="0" y2="6" />
        </pattern>
      </defs>
      <rect class="window" x={x(edges.from)} y="0" width={Math.max(1, x(edges.to) - x(edges.from))} height={height} />
      {bars.map((bar) => {
        const left = x(bar.from);
        const wide = Math.max(0.5, x(bar.to) - left - 0.6);
        if (bar.events === 0)
          return <rect key={bar.from} fill={`url(#${id}-gap)`} x={left} y="0" width={wide} height={height} />;
        const isPart = bar.from < first || bar.to > last;
        return <g key={bar.from}>{stacked(bar, left, wide, y, isPart)}</g>;
      })}
      {window.from === null ? null : <line class="edge" x1={x(window.from)} x2={x(window.from)} y1="0" y2={height} />}
      {window.to === null ? null : <line class="edge" x1={x(window.to)} x2={x(window.to)} y1="0" y2={height} />}
      {now === null || now < from || now > to ? null : <line class="now" x1={x(now)} x2={x(now)} y1="0" y2={height} />}
      {marked === null ? null : (
        <rect
          class="marked"
          x={x(marked.from)}
          y="0"
          width={Math.max(1, x(marked.to) - x(marked.from))}
          height={height}
        />
      )}
    </svg>
  );
}

/** The series of a bar, one above the other. A bar that the data covers in part is outlined. */
function stacked(
  bar: HistogramBar,
  left: number,
  wide: number,
  y: (n: number) => number,
  isPart: boolean,
): JSX.Element[] {
  const whole = total(bar);
  const tall = y(whole);
  let below = 0;
  return bar.counts.flatMap((count, i) => {
    if (count === 0) return [];
    const part = (count / whole) * tall;
    below += part;
    const shape = { x: left, y: height - below, width: wide, height: Math.max(0.8, part) };
    return [<rect key={i} class={`bar series-${i}${isPart ? ' part' : ''}`} {...shape} />];
  });
}

const utc = (time: number): string => new Date(time).toISOString().slice(0, 16).replace('T', ' ');

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const;

/** `an hour`, `10 minutes`. */
export function stepWords(step: number): string {
  const [name, length] = units.find(([, length]) => step >= length && step % length === 0) ?? ['second', 1000];
  const n = step / length;
  return n === 1 ? `${name === 'hour' ? 'an' : 'a'} ${name}` : `${n.toLocaleString('en')} ${name}s`;
}

/** Events of the bars that lie between two times, at least in half. */
export function eventsBetween(bars: readonly HistogramBar[], from: number | null, to: number | null): number {
  return bars
    .filter((bar) => {
      const middle = (bar.from + bar.to) / 2;
      return (from === null || middle >= from) && (to === null || middle < to);
    })
    .reduce((sum, bar) => sum + total(bar), 0);
}

/** The point of a histogram, in a sentence. */
export function histogramCaption({
  bars,
  window,
  step,
}: Pick<HistogramProps, 'bars' | 'window'> & { readonly step: number }): string {
  const events = bars.reduce((sum, bar) => sum + total(bar), 0);
  const { from, to } = spanOf(bars);
  const all = `${events.toLocaleString('en')} events from ${utc(from)} to ${utc(to)} UTC, a bar is ${stepWords(step)}`;
  if (events === 0) return `No events from ${utc(from)} to ${utc(to)} UTC`;
  const peak = bars.reduce((best, bar) => (total(bar) > total(best) ? bar : best));
  const gaps = bars.filter((bar) => bar.events === 0).length;
  const parts = [
    all,
    `most at ${utc(peak.from)} (${total(peak).toLocaleString('en')})`,
    ...(window.from === null && window.to === null
      ? []
      : [`about ${eventsBetween(bars, window.from, window.to).toLocaleString('en')} in the window`]),
    ...(gaps === 0 ? [] : [`no data at all in ${gaps} of ${bars.length} bars`]),
  ];
  return parts.join('; ');
}

/** The same numbers as a table. */
export function HistogramTable({ bars, series }: Pick<HistogramProps, 'bars' | 'series'>): JSX.Element {
  const names = series.length === 0 ? ['events'] : series;
  return (
    <table>
      <caption>Events by time, UTC</caption>
      <thead>
        <tr>
          <th scope="col">from</th>
          {names.map((name, i) => (
            <th key={i} scope="col">
              <bdi>{name}</bdi>
            </th>
          ))}
          <th scope="col">all events of the data</th>
        </tr>
      </thead>
      <tbody>
        {bars.map(({ from, counts, events }) => (
          <tr key={from}>
            <th scope="row">{utc(from)}</th>
            {names.map((_, i) => (
              <td key={i}>{events === 0 ? 'no data' : (counts[i] ?? 0).toLocaleString('en')}</td>
            ))}
            <td>{events.toLocaleString('en')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
