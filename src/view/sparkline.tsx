import type { JSX } from 'preact';

const barWidth = 8;
const height = 16;

/** Numbers as bars side by side, the largest the tallest; zero is a point, and what is not known is hollow. */
export function Sparkline({
  values,
  label,
}: {
  readonly values: readonly (number | null)[];
  /** What the bars say, in words. */
  readonly label: string;
}): JSX.Element {
  const most = Math.max(1, ...values.map((value) => value ?? 0));
  return (
    <svg class="sparkline" width={values.length * barWidth} height={height} role="img" aria-label={label}>
      <title>{label}</title>
      {values.map((value, i) => {
        const tall = value === null ? 6 : value === 0 ? 2 : Math.max(3, (value / most) * height);
        return (
          <rect
            key={i}
            class={value === null ? 'unknown' : 'bar'}
            x={i * barWidth + 1}
            y={height - tall}
            width={barWidth - 2}
            height={tall}
          />
        );
      })}
    </svg>
  );
}
