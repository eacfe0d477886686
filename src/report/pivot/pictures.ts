import type { IntervalCount } from '../../investigate/rhythm.ts';
import type { ActivityOverTime } from '../../investigate/timeline.ts';
import { count } from '../../values/quantities.ts';
import { type Html, html } from '../html/markup.ts';
import { duration, lengths, moment } from './words.ts';

const chart = { width: 960, height: 150, base: 126 } as const;

/** The events of a process over time, one stack of bars for each span, coloured by kind. */
export function activityChart({ start, span, kinds }: ActivityOverTime): Html {
  const spans = Math.max(...kinds.map(({ counts }) => counts.length));
  const totals = Array.from({ length: spans }, (_, i) => kinds.reduce((sum, { counts }) => sum + (counts[i] ?? 0), 0));
  const most = Math.max(...totals, 1);
  const step = chart.width / spans;
  const time = (i: number): string => moment(new Date(start + i * span).toISOString());
  const bars = totals.flatMap((_, i) => {
    let top: number = chart.base;
    return kinds.flatMap(({ kind, counts }) => {
      const n = counts[i] ?? 0;
      if (n === 0) return [];
      // What happened once must be seen beside what happened often.
      const height = Math.max(2, (n / most) * (chart.base - 8));
      top -= height;
      return [
        html`<rect class="${kind}" x="${fixed(i * step)}" y="${fixed(top)}" width="${fixed(Math.max(1, step - 1))}" height="${fixed(height)}"><title>${time(i)}: ${count(n, `${kind} event`)}</title></rect>`,
      ];
    });
  });
  return html`<svg viewBox="0 0 ${chart.width} ${chart.height}" role="img" aria-label="Events over time, in spans of ${duration(span / 1000)}">
<line class="axis" x1="0" x2="${chart.width}" y1="${chart.base}" y2="${chart.base}"/>${bars}
<text x="0" y="${chart.height - 6}">${time(0)}</text>
<text x="${chart.width}" y="${chart.height - 6}" text-anchor="end">${time(spans)}</text>
</svg>
<ul class="legend">${kinds.map(
    ({ kind, counts }) =>
      html`<li><svg width="10" height="10" aria-hidden="true"><rect class="${kind}" width="10" height="10"/></svg>${kind}: ${count(
        counts.reduce((a, b) => a + b, 0),
        'event',
      )}</li>`,
  )}</ul>`;
}

/** How long pauses are, as small bars from the shortest to the longest. */
export function pausesChart(histogram: readonly IntervalCount[]): Html | null {
  if (histogram.length === 0) return null;
  const [height, bar] = [28, 12];
  const width = histogram.length * (bar + 2);
  const most = Math.max(...histogram.map(({ count: n }) => n));
  const said = `Pauses of ${lengths(histogram[0]!.fromSeconds, histogram.at(-1)!.toSeconds)}`;
  return html`<svg width="${width}" height="${height}" role="img" aria-label="${said}">${histogram.map(
    ({ fromSeconds, toSeconds, count: n }, i) => {
      const tall = n === 0 ? 1 : Math.max(2, (n / most) * height);
      return html`<rect class="bar" x="${i * (bar + 2)}" y="${fixed(height - tall)}" width="${bar}" height="${fixed(tall)}"><title>${lengths(fromSeconds, toSeconds)}: ${count(n, 'pause')}</title></rect>`;
    },
  )}</svg>${lengths(histogram[0]!.fromSeconds, histogram.at(-1)!.toSeconds)}`;
}

const fixed = (n: number): string => String(Number(n.toFixed(2)));
