// Draws the report's charts, in the colours of the page: those in view first.
import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  type ChartConfiguration,
  LinearScale,
  Tooltip,
  type TooltipItem,
} from 'chart.js';
import { humanBytes } from '../../../values/quantities.ts';
import type { ChartData } from '../chart-data.ts';

Chart.register(BarController, BarElement, CategoryScale, LinearScale, Tooltip);
Chart.defaults.animation = false;
Chart.defaults.maintainAspectRatio = false;
Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
Chart.defaults.font.size = 11;

const drawn = new Map<Element, Chart>();
const figures = [...document.querySelectorAll<HTMLElement>('figure.chart')];

function draw(figure: HTMLElement): void {
  const block = figure.querySelector('script[type="application/json"]');
  const canvas = figure.querySelector('canvas');
  if (!block || !canvas || drawn.has(figure)) return;
  const data = JSON.parse(block.textContent) as ChartData;
  if (data.kind === 'bytes') canvas.parentElement!.style.flexBasis = `${data.labels.length * 22 + 50}px`;
  drawn.set(figure, new Chart(canvas, configuration(data)));
}

function configuration(data: ChartData): ChartConfiguration<'bar', number[], string> {
  switch (data.kind) {
    case 'timeline': {
      const labels = data.counts.map((_, i) => timeLabel(data.start + i * data.span, data.span));
      return bars(labels, data.counts, { width: 1, words: (n) => `${n.toLocaleString('en')} events` });
    }
    case 'bytes':
      return bars(data.labels, data.bytes, { width: 0.72, sideways: true, words: humanBytes });
    case 'rhythm':
      return bars(data.labels, data.counts, { width: 0.9, words: (n) => `${n.toLocaleString('en')} pauses` });
  }
}

interface Look {
  /** How much of its place a bar fills, from zero to one. */
  readonly width: number;
  readonly sideways?: boolean;
  /** A value in words. */
  readonly words: (value: number) => string;
}

function bars(
  labels: readonly string[],
  values: readonly number[],
  { width, sideways = false, words }: Look,
): ChartConfiguration<'bar', number[], string> {
  const [ink, line, accent] = ['--muted', '--line', '--accent'].map(colour) as [string, string, string];
  const byValue = {
    beginAtZero: true,
    grid: { color: line },
    border: { display: false },
    ticks: {
      color: ink,
      maxTicksLimit: 6,
      maxRotation: 0,
      ...(sideways && { callback: (value: string | number) => words(Number(value)) }),
    },
  };
  const byLabel = {
    grid: { display: false },
    border: { color: line },
    ticks: { color: ink, autoSkip: !sideways, maxRotation: 0, autoSkipPadding: 16 },
  };
  return {
    type: 'bar',
    data: {
      labels: labels.map((label) => (sideways && label.length > 20 ? `${label.slice(0, 19)}…` : label)),
      datasets: [
        {
          data: [...values],
          backgroundColor: accent,
          categoryPercentage: width === 1 ? 0.94 : width,
          barPercentage: 1,
          borderRadius: width === 1 ? 0 : 2,
          minBarLength: 2,
          maxBarThickness: sideways ? 22 : Number.POSITIVE_INFINITY,
        },
      ],
    },
    options: {
      indexAxis: sideways ? 'y' : 'x',
      scales: sideways ? { x: byValue, y: byLabel } : { x: byLabel, y: byValue },
      plugins: {
        tooltip: {
          displayColors: false,
          callbacks: {
            title: ([item]: TooltipItem<'bar'>[]) => (item ? (labels[item.dataIndex] ?? '') : ''),
            label: ({ dataIndex }: TooltipItem<'bar'>) => words(values[dataIndex] ?? 0),
          },
        },
      },
    },
  };
}

const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** The beginning of a span, as exactly as its length asks for; UTC. */
function timeLabel(time: number, span: number): string {
  const iso = new Date(time).toISOString();
  if (span >= 86_400_000) return iso.slice(0, 10);
  return `${iso.slice(5, 10)} ${span < 60_000 ? iso.slice(11, 19) : iso.slice(11, 16)}`;
}

const seen = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) if (isIntersecting) draw(target as HTMLElement);
  },
  { rootMargin: '300px' },
);
for (const figure of figures) seen.observe(figure);

/** Those out of view are drawn when the page has nothing else to do, so that whoever searches or copies it has all. */
function drawRest(from: number): void {
  if (from >= figures.length) return;
  requestIdleCallback(() => {
    draw(figures[from]!);
    drawRest(from + 1);
  });
}
addEventListener('load', () => drawRest(0));

/** Charts that are there take on the colours that now hold. */
function redraw(): void {
  for (const [figure, chart] of [...drawn]) {
    chart.destroy();
    drawn.delete(figure);
    draw(figure as HTMLElement);
  }
}
for (const media of ['(prefers-color-scheme: dark)', 'print']) matchMedia(media).addEventListener('change', redraw);
addEventListener('beforeprint', () => {
  for (const figure of figures) draw(figure);
});
