import type { JSX } from 'preact';

/** A command of a query and the rows after it. */
export interface FunnelStep {
  readonly command: string;
  /** Null where they are not known, and why; no reason while they are counted. */
  readonly rows: number | null;
  readonly reason: string | null;
  /** Commands that are added behind it, such as the condition of a chip, and the rows after each. */
  readonly added: readonly { readonly text: string; readonly rows: number | null }[];
  /** How far below the top it stands, in pixels; null lets it follow the one before. */
  readonly top: number | null;
}

/** The rows behind a step, with what is added behind it. */
const rowsBehind = ({ rows, added }: FunnelStep): number | null => added.at(-1)?.rows ?? rows;

/** Where rows end: the first step that leaves none, when the step before had some. */
export function lastRowTaken(steps: readonly FunnelStep[]): number | null {
  const at = steps.findIndex((step) => rowsBehind(step) === 0);
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
          class={i === end ? 'last-row' : ''}
          {...(step.top !== null && { style: { position: 'absolute', top: `${step.top}px` } })}
        >
          <span class="visually-hidden">{`${step.command}: `}</span>
          <Rows step={step} isEnd={i === end && step.rows === 0} />
          {step.added.map(({ text, rows }) => (
            <span key={text} class="added" title={text}>
              <span class="visually-hidden">{` then chip ${text}: `}</span>
              <span aria-hidden="true">▸ </span>
              {rows === null ? '?' : i === end && rows === 0 ? '0 from here' : rows.toLocaleString('en')}
            </span>
          ))}
          <span class="bar" aria-hidden="true">
            <span style={{ width: `${barShare(rowsBehind(step), most) * 100}%` }} />
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
