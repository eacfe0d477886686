import type { JSX } from 'preact';
import { type Axis, type Bin, placeOn } from './bins.ts';

/** What the picture measures, before it is stretched. */
const width = 480;
const height = 48;

export interface DistributionProps {
  readonly bins: readonly Bin[];
  readonly axis: Axis;
  /** Rows without a value, which no threshold lets through. */
  readonly nulls: number;
  readonly setting: number;
  /** The setting that stands in the query, where it is another one. */
  readonly was: number | null;
  /** Which side of the line passes; null for neither. */
  readonly passing: 'above' | 'below' | null;
  /** What the picture shows, in words. */
  readonly label: string;
  /** A value in words. */
  readonly words: (value: number) => string;
}

/** How the values lie that a threshold cuts, with its line; rows without a value stand in a bar of their own. */
export function Distribution({
  bins,
  axis,
  nulls,
  setting,
  was,
  passing,
  label,
  words,
}: DistributionProps): JSX.Element {
  const most = Math.max(nulls, 1, ...bins.map(({ count }) => count));
  const bar = width / Math.max(1, bins.length);
  // One row beside a thousand is still seen.
  const tall = (count: number): number => (count === 0 ? 0 : Math.max(2, (count / most) * (height - 4)));
  const line = placeOn(axis, setting) * width;
  const passes = (at: number): boolean => (passing === 'above' ? at >= line : passing === 'below' && at <= line);
  return (
    <div class="distribution">
      {nulls > 0 ? (
        <svg class="nulls" viewBox={`0 0 10 ${height}`} preserveAspectRatio="none" aria-hidden="true">
          <rect x="1" y={height - tall(nulls)} width="8" height={tall(nulls)} />
        </svg>
      ) : null}
      <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img" aria-label={label}>
        {bins.map(({ count }, i) =>
          count === 0 ? null : (
            <rect
              key={i}
              class={passes((i + 0.5) * bar) ? 'passes' : ''}
              x={i * bar + 0.5}
              y={height - tall(count)}
              width={Math.max(1, bar - 1)}
              height={tall(count)}
            />
          ),
        )}
        {was === null ? null : <Line at={placeOn(axis, was) * width} kind="was" />}
        <Line at={line} kind="now" />
      </svg>
      <p class="axis" aria-hidden="true">
        {nulls > 0 ? <span class="no-value">{`no value ${nulls.toLocaleString('en')}`}</span> : null}
        <span>{words(bins[0]?.from ?? axis.least)}</span>
        <span>{axis.isLog ? 'logarithmic' : ''}</span>
        <span>{words(axis.most)}</span>
      </p>
    </div>
  );
}

const Line = ({ at, kind }: { readonly at: number; readonly kind: 'was' | 'now' }): JSX.Element => (
  <line class={kind} x1={at} x2={at} y1="0" y2={height} vector-effect="non-scaling-stroke" />
);

/** The same in numbers, for those who read rather than look. */
export function DistributionTable({
  bins,
  nulls,
  words,
}: Pick<DistributionProps, 'bins' | 'nulls' | 'words'>): JSX.Element {
  return (
    <table class="plain">
      <thead>
        <tr>
          <th scope="col">From</th>
          <th scope="col">To</th>
          <th scope="col">Rows</th>
        </tr>
      </thead>
      <tbody>
        {nulls > 0 ? (
          <tr>
            <td colSpan={2}>no value</td>
            <td>{nulls.toLocaleString('en')}</td>
          </tr>
        ) : null}
        {bins
          .filter(({ count }) => count > 0)
          .map(({ from, to, count }) => (
            <tr key={from}>
              <td>{words(from)}</td>
              <td>{words(to)}</td>
              <td>{count.toLocaleString('en')}</td>
            </tr>
          ))}
      </tbody>
    </table>
  );
}
