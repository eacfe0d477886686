import type { JSX } from 'preact';

/** A span of time that strips share, in milliseconds. */
export interface TimeSpan {
  readonly from: number;
  readonly to: number;
}

export interface LifelineProps {
  readonly span: TimeSpan;
  /** From when to when it is seen; null for what no event says. */
  readonly from: number | null;
  readonly to: number | null;
  /** Whether its begin and its end are recorded, or only where its events begin and end. */
  readonly hasBegin: boolean;
  readonly hasEnd: boolean;
  /** Its events in equal spans of time. */
  readonly activity: { readonly start: number; readonly span: number; readonly counts: readonly number[] } | null;
  /** What the strip shows, in words. */
  readonly label: string;
}

const width = 400;
const height = 20;

/** The life of something as a strip: a line with bars where it did something, dashed where nothing is known. */
export function Lifeline(props: LifelineProps): JSX.Element {
  const { span, from, to, hasBegin, hasEnd, activity, label } = props;
  const length = Math.max(1, span.to - span.from);
  const x = (time: number): number => Math.round(((time - span.from) / length) * (width - 4) * 10) / 10 + 2;
  const middle = height / 2;
  if (from === null || to === null)
    return (
      <svg class="lifeline" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img" aria-label={label}>
        <line class="unknown" x1={2} x2={width - 2} y1={middle} y2={middle} />
      </svg>
    );
  const most = Math.max(1, ...(activity?.counts ?? []));
  return (
    <svg class="lifeline" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img" aria-label={label}>
      {hasBegin ? null : <line class="unknown" x1={2} x2={x(from)} y1={middle} y2={middle} />}
      <line class="life" x1={x(from)} x2={Math.max(x(from) + 1, x(to))} y1={middle} y2={middle} />
      {hasEnd ? null : <line class="unknown" x1={x(to)} x2={width - 2} y1={middle} y2={middle} />}
      {hasBegin ? <line class="end" x1={x(from)} x2={x(from)} y1={3} y2={height - 3} /> : null}
      {hasEnd ? <line class="end" x1={x(to)} x2={x(to)} y1={3} y2={height - 3} /> : null}
      {activity?.counts.map((count, i) => {
        if (count === 0) return null;
        const tall = Math.max(3, (count / most) * (height - 4));
        const begin = x(activity.start + i * activity.span);
        const wide = Math.max(2, x(activity.start + (i + 1) * activity.span) - begin - 1);
        return <rect key={i} class="activity" x={begin} y={middle - tall / 2} width={wide} height={tall} />;
      })}
    </svg>
  );
}
