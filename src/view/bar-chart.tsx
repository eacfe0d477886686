import type { JSX } from 'preact';

/** A bar: what it counts, and how it says so to whoever points at it. */
export interface ChartBar {
  readonly value: number;
  readonly title: string;
}

/** A bar of a few, with its name and its value beside it. */
export interface NamedBar extends ChartBar {
  readonly name: string;
  readonly words: string;
}

const height = 100;
/** What is there at all is seen beside what is there often. */
const least = 2;

/** Bars beside each other over an axis that is labelled at its ends. `most`: the tallest in words. */
export function BarChart({
  bars,
  label,
  ends,
  most,
}: {
  readonly bars: readonly ChartBar[];
  readonly label: string;
  readonly ends: readonly [string, string];
  readonly most: string;
}): JSX.Element {
  const tallest = Math.max(1, ...bars.map(({ value }) => value));
  const gap = bars.length > 60 ? 0 : 0.12;
  return (
    <div class="bar-chart">
      <p class="most">{most}</p>
      <svg
        viewBox={`0 0 ${Math.max(1, bars.length)} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={label}
      >
        {bars.map(({ value, title }, i) => {
          if (value === 0) return null;
          const tall = Math.max(least, (value / tallest) * height);
          return (
            <rect key={i} x={i + gap / 2} y={round(height - tall)} width={1 - gap} height={round(tall)}>
              <title>{title}</title>
            </rect>
          );
        })}
      </svg>
      <p class="ends">
        <span>{ends[0]}</span>
        <span>{ends[1]}</span>
      </p>
    </div>
  );
}

/** A few things by size: a table whose bars only repeat what its numbers say. */
export function NamedBars({
  bars,
  caption,
  heads,
}: {
  readonly bars: readonly NamedBar[];
  readonly caption: string;
  readonly heads: readonly [string, string];
}): JSX.Element {
  const longest = Math.max(1, ...bars.map(({ value }) => value));
  return (
    <table class="named-bars">
      <caption class="visually-hidden">{caption}</caption>
      <thead class="visually-hidden">
        <tr>
          <th scope="col">{heads[0]}</th>
          <th scope="col">{heads[1]}</th>
        </tr>
      </thead>
      <tbody>
        {bars.map(({ name, value, words, title }, i) => (
          <tr key={i}>
            <th scope="row" title={title}>
              <bdi>{name}</bdi>
            </th>
            <td>
              <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
                <rect width={round(Math.max(1, (value / longest) * 100))} height={8} />
              </svg>
              <span>{words}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const round = (value: number): number => Number(value.toFixed(2));
