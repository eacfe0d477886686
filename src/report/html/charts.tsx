import type { JSX } from 'preact';
import type { Evidence } from '../../investigate/evidence.ts';
import { count, humanBytes } from '../../values/quantities.ts';
import { visible } from '../../values/visible.ts';
import { BarChart, NamedBars } from '../../view/bar-chart.tsx';
import { drawn, type Html } from './markup.ts';

const sum = (counts: readonly number[]): number => counts.reduce((all, n) => all + n, 0);

/**
 * The charts of one query, each with its summary in words for those who do not see it; null where there are none. A chart
 * of a single event, destination or pause shows nothing that its row does not say.
 */
export function charts({ timeline, bytesByDestination, rhythms }: Evidence): Html | null {
  const drawnTimeline = timeline && sum(timeline.counts) > 1 ? timeline : null;
  const drawnRhythms = rhythms.filter(({ intervals }) => sum(intervals.map((interval) => interval.count)) > 1);
  const hasBytes = bytesByDestination.length > 1;
  if (!drawnTimeline && !hasBytes && drawnRhythms.length === 0) return null;
  return drawn(
    <div class="charts">
      {drawnTimeline ? <Timeline {...drawnTimeline} /> : null}
      {hasBytes ? <Bytes all={bytesByDestination} /> : null}
      {drawnRhythms.map((rhythm) => (
        <Rhythm key={rhythm.row} {...rhythm} />
      ))}
    </div>,
  );
}

function Timeline({ start, span, counts }: NonNullable<Evidence['timeline']>): JSX.Element {
  const total = count(sum(counts), 'event');
  const end = start + span * counts.length;
  return (
    <Figure kind="timeline" title="Events behind the hits" summary={`${total}; UTC`}>
      <BarChart
        bars={counts.map((n, i) => ({ value: n, title: `${spanStart(start + i * span, span)}: ${count(n, 'event')}` }))}
        label={`Events over time: ${total}, ${timeText(start)} to ${timeText(end)}`}
        ends={[spanStart(start, span), spanStart(end, span)]}
        most={`at most ${count(Math.max(0, ...counts), 'event')}`}
      />
    </Figure>
  );
}

function Bytes({ all }: { readonly all: Evidence['bytesByDestination'] }): JSX.Element {
  return (
    <Figure kind="bytes" title="Bytes sent by destination">
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
  const most = Math.max(0, ...counts);
  const usual = labels[counts.indexOf(most)] ?? '';
  const pauses = `${most.toLocaleString('en')} of ${count(sum(counts), 'pause')} last ${usual}`;
  return (
    <Figure kind="rhythm" title="Beaconing interval" summary={`row ${row + 1}: ${pauses}`}>
      {counts.length > 1 ? (
        <BarChart
          bars={counts.map((n, i) => ({ value: n, title: `${labels[i]}: ${count(n, 'pause')}` }))}
          label={`Beaconing interval: row ${row + 1}, ${visible(label)}: ${pauses}`}
          ends={[labels[0]!, labels.at(-1)!]}
          most={`at most ${count(most, 'pause')}`}
        />
      ) : null}
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
  readonly summary?: string;
  readonly children: JSX.Element | null;
}): JSX.Element {
  return (
    <figure class={`chart ${kind}`}>
      <figcaption>
        <b>{title}</b> {summary === undefined ? null : <span>{summary}</span>}
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
