import type { Evidence } from '../../investigate/evidence.ts';
import { count, humanBytes } from '../../values/quantities.ts';
import { visible } from '../../values/visible.ts';
import type { ChartData } from './chart-data.ts';
import { dataBlock, type Hole, type Html, html } from './markup.ts';
import { timeText } from './prose.ts';

/** Whether there is anything to draw. */
export const hasCharts = (evidence: Evidence | null): boolean =>
  evidence !== null && (evidence.timeline !== null || evidence.bytesByDestination.length + evidence.rhythms.length > 0);

/** The charts of one query, each with its summary in words for those who do not see it. */
export function charts({ timeline, bytesByDestination, rhythms }: Evidence): Html {
  return html`<div class="charts">${timeline && timelineChart(timeline)}${
    bytesByDestination.length > 0 && bytesChart(bytesByDestination)
  }${rhythms.map(rhythmChart)}</div>`;
}

function timelineChart({ start, span, counts }: NonNullable<Evidence['timeline']>): Html {
  const total = counts.reduce((sum, n) => sum + n, 0);
  const summary = html`${count(total, 'event')}, ${timeText(start)} to ${timeText(start + span * counts.length)}`;
  return figure('Events behind the hits over time', summary, { kind: 'timeline', start, span, counts });
}

function bytesChart(all: Evidence['bytesByDestination']): Html {
  const labels = all.map(({ destination }) => visible(destination));
  const bytes = all.map((one) => one.bytes);
  const summary = html`most to ${labels[0]!}: ${humanBytes(bytes[0]!)}`;
  return figure('Bytes sent by destination', summary, { kind: 'bytes', labels, bytes });
}

function rhythmChart({ row, label, intervals }: Evidence['rhythms'][number]): Html {
  const labels = intervals.map(({ fromSeconds, toSeconds }) => spanText(fromSeconds, toSeconds));
  const counts = intervals.map((interval) => interval.count);
  const total = counts.reduce((sum, n) => sum + n, 0);
  const most = Math.max(0, ...counts);
  const summary = html`row ${row + 1}, ${label}: ${most.toLocaleString('en')} of ${count(total, 'pause')} last ${labels[counts.indexOf(most)] ?? ''}`;
  return figure('Beaconing interval', summary, { kind: 'rhythm', labels, counts });
}

function figure(title: string, summary: Hole, data: ChartData): Html {
  return html`<figure class="chart ${data.kind}">
<figcaption><b>${title}</b> <span>${summary}</span></figcaption>
<div class="canvas"><canvas role="img" aria-label="${title}"></canvas></div>
${dataBlock(data)}
</figure>`;
}

/** `24 to 26 s`. */
function spanText(from: number, to: number): string {
  const [unit, seconds] = to < 300 ? ['s', 1] : to < 7200 ? ['min', 60] : ['h', 3600];
  const rounded = (value: number): string => String(Number((value / (seconds as number)).toPrecision(3)));
  return `${rounded(from)} to ${rounded(to)} ${unit}`;
}
