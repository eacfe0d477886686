import type { JSX } from 'preact';

/** A command of a query and the rows after it. */
export interface FunnelStep {
  readonly command: string;
  /** Null where they are not known, and why; no reason while they are counted. */
  readonly rows: number | null;
  readonly reason: string | null;
  /** What is added here, such as the condition of a chip; null for a command of the text. */
  readonly added: string | null;
  /** How far below the top it stands, in pixels; null lets it follow the one before. */
  readonly top: number | null;
}

/** Where rows end: the first step that leaves none, when the step before had some. */
export function lastRowTaken(steps: readonly FunnelStep[]): number | null {
  const at = steps.findIndex(({ rows }, i) => rows === 0 && (i === 0 || (steps[i - 1]!.rows ?? 1) > 0));
  return at < 0 ? null : at;
}

/** The rows after each step: a number, and a bar whose length is its share of the events on a scale of magnitudes. */
export function Funnel({ steps }: { readonly steps: readonly FunnelStep[] }): JSX.Element {
  const most = Math.max(1, ...steps.map(({ rows }) => rows ?? 0));
  const end = lastRowTaken(steps);
  return (
    <ol class="funnel" aria-label="Rows after each step">
      {steps.map((step, i) => (
        <li
          key={i}
          class={`${i === end ? 'last-row' : ''} ${step.added === null ? '' : 'added'}`}
          {...(step.top !== null && { style: { position: 'absolute', top: `${step.top}px` } })}
        >
          <span class="visually-hidden">{`${step.added === null ? step.command : step.added}: `}</span>
          {step.added === null ? null : (
            <span class="chip-mark" aria-hidden="true" title={step.added}>
              + chip
            </span>
          )}
          <Rows step={step} isEnd={i === end} />
          <span class="bar" aria-hidden="true">
            <span style={{ width: `${barShare(step.rows, most) * 100}%` }} />
          </span>
        </li>
      ))}
    </ol>
  );
}

function Rows({ step: { rows, reason }, isEnd }: { readonly step: FunnelStep; readonly isEnd: boolean }): JSX.Element {
  if (rows === null && reason === null) return <span class="rows counting">…</span>;
  if (rows === null)
    return (
      <span class="rows unknown" title={reason!}>
        ? <span class="reason">{reason}</span>
      </span>
    );
  if (isEnd) return <span class="rows">0 from here</span>;
  return <span class="rows">{rows.toLocaleString('en')}</span>;
}

const barShare = (rows: number | null, most: number): number =>
  rows === null || rows === 0 ? 0 : Math.max(0.03, Math.log1p(rows) / Math.log1p(most));
