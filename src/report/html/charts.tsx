import type { JSX } from 'preact';
import type { Evidence } from '../../investigate/evidence.ts';
import { count, humanBytes } from '../../values/quantities.ts';
import { visible } from '../../values/visible.ts';
import { BarChart, NamedBars } from '../../view/bar-chart.tsx';
import { drawn, type Html } from './markup.ts';

/** Whether there is anything to draw. */
export const hasCharts = (evidence: Evidence | null): boolean =>
  evidence !== null && (evidence.timeline !== null || evidence.bytesByDestination.length + evidence.rhythms.length > 0);

/** The charts of one query, each with its summary in words for those who do not see it. */
export const charts = ({ timeline, bytesByDestination, rhythms }: Evidence): Html =>
  drawn(
    <div class="charts">
      {timeline ? <Timeline {...timeline} /> : null}
      {bytesByDestination.length > 0 ? <Bytes all={bytesByDestination} /> : null}
      {rhythms.map((rhythm) => (
        <Rhythm key={rhythm.row} {...rhythm} />
      ))}
    </div>,
  );

function Timeline({ start, span, counts }: NonNullable<Evidence['timeline']>): JSX.Element {
  const total = counts.reduce((sum, n) => sum + n, 0);
  const end = start + span * counts.length;
  const summary = `${count(total, 'event')}, ${timeText(start)} to ${timeText(end)}`;
  return (
    <Figure kind="timeline" title="Events behind the hits over time" summary={summary}>
      <BarChart
        bars={counts.map((n, i) => ({ value: n, title: `${spanStart(start + i * span, span)}: ${count(n, 'event')}` }))}
        label={`Events over time: ${summary}`}
        ends={[spanStart(start, span), spanStart(end, span)]}
        most={`at most ${count(Math.max(0, ...counts), 'event')}`}
      />
    </Figure>
  );
}

function Bytes({ all }: { readonly all: Evidence['bytesByDestination'] }): JSX.Element {
  const [first] = all;
  const summary = `most to ${visible(first!.destination)}: ${humanBytes(first!.bytes)}`;
  return (
    <Figure kind="bytes" title="Bytes sent by destination" summary={summary}>
      <NamedBars
        bars={all.map(({ destination, bytes }) => ({
          ...{ name: visible(destination), value: bytes, words: humanBytes(bytes) },
          title: `${visible(destination)}: ${bytes.toLocaleString('en')} bytes`,
        }))}
        caption="Bytes sent by destination"
        heads={['Destination', 'Bytes sent']}
      />
    </Figure>
  );
}

function Rhythm({ row, label, intervals }: Evidence['rhythms'][number]): JSX.Element {
  const labels = intervals.map(({ fromSeconds, toSeconds }) => spanText(fromSeconds, toSeconds));
  const counts = intervals.map((interval) => interval.count);
  const total = counts.reduce((sum, n) => sum + n, 0);
  const most = Math.max(0, ...counts);
  const usual = labels[counts.indexOf(most)] ?? '';
  const summary = `row ${row + 1}, ${visible(label)}: ${most.toLocaleString('en')} of ${count(total, 'pause')} last ${usual}`;
  return (
    <Figure kind="rhythm" title="Beaconing interval" summary={summary}>
      <BarChart
        bars={counts.map((n, i) => ({ value: n, title: `${labels[i]}: ${count(n, 'pause')}` }))}
        label={`Beaconing interval: ${summary}`}
        ends={[labels[0] ?? '', labels.length > 1 ? labels.at(-1)! : '']}
        most={`at most ${count(most, 'pause')}`}
      />
    </Figure>
  );
}

function Figure({
  kind,
  title,
  summary,
  children,
}: {
  readonly kind: string;
  readonly title: string;
  readonly summary: string;
  readonly children: JSX.Element;
}): JSX.Element {
  return (
    <figure class={`chart ${kind}`}>
      <figcaption>
        <b>{title}</b> <span>{summary}</span>
      </figcaption>
      {children}
    </figure>
  );
}

const timeText = (time: number): string => `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

/** The beginning of a span, as exactly as its length asks for; UTC. */
function spanStart(time: number, span: number): string {
  const iso = new Date(time).toISOString();
  if (span >= 86_400_000) return iso.slice(0, 10);
  return `${iso.slice(5, 10)} ${span < 60_000 ? iso.slice(11, 19) : iso.slice(11, 16)}`;
}

/** `24 to 26 s`. */
function spanText(from: number, to: number): string {
  const [unit, seconds] = to < 300 ? ['s', 1] : to < 7200 ? ['min', 60] : ['h', 3600];
  const rounded = (value: number): string => String(Number((value / (seconds as number)).toPrecision(3)));
  return `${rounded(from)} to ${rounded(to)} ${unit}`;
}
