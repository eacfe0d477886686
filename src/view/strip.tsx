import type { JSX } from 'preact';

/** A window of time, and what a question found in it. */
export interface StripWindow {
  /** Its end, in milliseconds. */
  readonly now: number;
  /** Null where it was not asked. */
  readonly rows: number | null;
  /** Zero where there is no data: then no rows mean nothing. */
  readonly events: number;
}

const height = 44;
const base = 38;
const slot = 20;

/** What a window is, in words. */
export function windowState({ rows, events }: StripWindow): string {
  if (rows === null) return 'not asked';
  if (rows > 0) return `${rows.toLocaleString('en')} ${rows === 1 ? 'hit' : 'hits'}`;
  return events === 0 ? 'no data' : 'none';
}

/**
 * Windows beside each other, the earliest first: a bar for hits, a dot for none, hatched where there is no data, an
 * outline where nobody has asked yet. `label` says what it shows.
 */
export function Strip({
  windows,
  label,
  timeText,
}: {
  readonly windows: readonly StripWindow[];
  readonly label: string;
  readonly timeText: (time: number) => string;
}): JSX.Element {
  const most = Math.max(1, ...windows.map(({ rows }) => rows ?? 0));
  const width = windows.length * slot;
  return (
    <svg
      class="strip-chart"
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      role="img"
      aria-label={label}
    >
      <line class="axis" x1={0} x2={width} y1={base + 0.5} y2={base + 0.5} />
      {windows.map((window, i) => (
        <g key={window.now}>
          <title>{`until ${timeText(window.now)}: ${windowState(window)}`}</title>
          <WindowMark window={window} x={i * slot} most={most} />
        </g>
      ))}
    </svg>
  );
}

function WindowMark({
  window: { rows, events },
  x,
  most,
}: {
  readonly window: StripWindow;
  readonly x: number;
  readonly most: number;
}): JSX.Element {
  const [left, wide] = [x + 2, slot - 4];
  if (rows === null) return <rect class="unasked" x={left} y={base - 12} width={wide} height={12} />;
  if (rows > 0) {
    // One hit is seen beside a thousand.
    const tall = Math.max(5, Math.round((Math.log1p(rows) / Math.log1p(most)) * (base - 4)));
    return <rect class="hit" x={left} y={base - tall} width={wide} height={tall} />;
  }
  if (events > 0) return <circle class="clear" cx={x + slot / 2} cy={base - 5} r={2} />;
  return (
    <g class="no-data">
      <rect x={left} y={base - 24} width={wide} height={24} />
      {[0, 1, 2, 3, 4].map((n) => (
        <line key={n} x1={left} y1={base - 24 + Math.min(24, n * 8)} x2={left + Math.min(wide, n * 8)} y2={base - 24} />
      ))}
    </g>
  );
}
