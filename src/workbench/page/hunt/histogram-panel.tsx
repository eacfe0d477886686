import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { eventsBetween, Histogram, HistogramTable, histogramCaption, spanOf } from '../../../view/histogram.tsx';
import type { Calls } from '../../contract/calls.ts';
import type { Question } from '../../contract/question.ts';
import { call } from '../api/client.ts';
import { Latest } from '../api/latest.ts';
import { steps } from '../editor/draft.ts';
import { useActions } from '../state/keys.ts';
import { go, place } from '../state/location.ts';
import { data, hello } from '../state/session.ts';
import { setWindow } from './chips.tsx';
import { shifted, type TimeWindow, windowText, zoomed } from './window-keys.ts';

type Answer = Calls['histogram']['answer'];

const found = signal<Answer | null>(null);
const asking = new Latest();
/** Bars of the picture at most. */
const mostBars = 200;

/** When the events of the question happened; what is marked out becomes the window. */
export function HistogramPanel({ question }: { readonly question: Question }): JSX.Element | null {
  const [failure, setFailure] = useState<string | null>(null);
  const by = place.value.options.by ?? '';
  const revision = data.value?.revision;
  const isFar = hello.value?.kind === 'cluster';
  const refresh = (): void => {
    setFailure(null);
    asking.ask(
      (ended) => call('histogram', { question, bars: mostBars, by: by === '' ? null : by }, ended),
      (answer) => {
        found.value = answer;
      },
      (error) => setFailure((error as Error).message),
    );
  };
  useEffect(() => {
    if (!isFar) refresh();
  }, [JSON.stringify(question), by, revision, isFar]);
  useActions(() => windowActions);
  const answer = found.value;
  return (
    <section class="histogram-box" aria-label="Events in time">
      {isFar ? (
        <button type="button" onClick={refresh}>
          Count events in time
        </button>
      ) : null}
      {failure !== null || answer?.reason ? (
        <p class="no-bars">{`no histogram: ${failure ?? answer!.reason}`}</p>
      ) : null}
      {answer && answer.bars.length > 0 ? <Picture answer={answer} by={by} /> : null}
    </section>
  );
}

/** The window that the question looks at, with open ends closed by the events and by now. */
function windowNow({ window, bars, now }: Answer): TimeWindow {
  const { from, to } = spanOf(bars);
  return { from: window.from ?? from, to: window.to ?? Math.max(now, window.from ?? to) };
}

const moveWindow = (move: (window: TimeWindow) => TimeWindow): void => {
  const answer = found.value;
  if (answer && answer.bars.length > 0) setWindow(windowText(move(windowNow(answer))));
};

const windowActions = (
  [
    ['window-before', 'Window before', ',', (window) => shifted(window, -1)],
    ['window-after', 'Window after', '.', (window) => shifted(window, 1)],
    ['window-wider', 'Wider window', '-', (window) => zoomed(window, 2)],
    ['window-narrower', 'Narrower window', '=', (window) => zoomed(window, 0.5)],
  ] as const satisfies readonly (readonly [string, string, string, (window: TimeWindow) => TimeWindow])[]
).map(([id, label, keys, move]) => ({ id, label, keys, where: 'hunt' as const, run: () => moveWindow(move) }));

function Picture({ answer, by }: { readonly answer: Answer; readonly by: string }): JSX.Element {
  const { bars, series, step, first, last, now, window } = answer;
  const [isLog, setLog] = useState(false);
  const [marked, setMarked] = useState<TimeWindow | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const span = spanOf(bars);
  const timeAt = (clientX: number): number => {
    const { left, width } = box.current!.getBoundingClientRect();
    const share = Math.max(0, Math.min(1, (clientX - left) / width));
    // Bars are marked as wholes.
    return span.from + Math.round((share * (span.to - span.from)) / step) * step;
  };
  const begin = (event: PointerEvent): void => {
    const from = timeAt(event.clientX);
    const target = event.currentTarget as HTMLElement;
    target.setPointerCapture(event.pointerId);
    let own: TimeWindow | null = null;
    const move = ({ clientX }: PointerEvent): void => {
      const to = timeAt(clientX);
      own = { from: Math.min(from, to), to: Math.max(from, to) };
      setMarked(own);
    };
    const end = ({ type }: PointerEvent): void => {
      target.removeEventListener('pointermove', move);
      target.removeEventListener('pointerup', end);
      target.removeEventListener('pointercancel', end);
      setMarked(null);
      if (type === 'pointerup' && own && own.to > own.from) setWindow(windowText(own));
    };
    target.addEventListener('pointermove', move);
    target.addEventListener('pointerup', end);
    target.addEventListener('pointercancel', end);
  };
  return (
    <figure>
      <div ref={box} class="brush" onPointerDown={begin}>
        <Histogram id="events-in-time" {...{ bars, series, now, window, marked, isLog, first: first!, last: last! }} />
      </div>
      <figcaption>
        {histogramCaption({ bars, window, step })}
        {marked ? (
          <span role="status">{` · marked: about ${eventsBetween(bars, marked.from, marked.to).toLocaleString('en')} events`}</span>
        ) : null}
      </figcaption>
      {series.length > 0 ? (
        <ul class="legend" aria-label="Series">
          {series.map((name, i) => (
            <li key={name}>
              <span class={`swatch series-${i}`} aria-hidden="true" />
              <bdi>{name}</bdi>
            </li>
          ))}
        </ul>
      ) : null}
      <div class="histogram-bar">
        <WindowFields window={windowNow(answer)} />
        <label>
          by{' '}
          <select value={by} onChange={(event) => setBy(event.currentTarget.value)}>
            <option value="">nothing</option>
            {dividers(by).map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label class="check">
          <input type="checkbox" checked={isLog} onChange={(event) => setLog(event.currentTarget.checked)} /> log scale
        </label>
        <span class="keys-hint">
          <kbd>,</kbd> <kbd>.</kbd> shift <kbd>-</kbd> <kbd>=</kbd> zoom
        </span>
        <details>
          <summary>As a table</summary>
          <HistogramTable bars={bars} series={series} />
        </details>
      </div>
    </figure>
  );
}

const setBy = (by: string): void => go({ options: { ...place.value.options, by } });

/** Fields that bars can be divided by. */
const dividers = (by: string): string[] => {
  const names = (steps.value[0]?.columns ?? []).filter(({ type }) => /^(?:keyword|boolean|long|integer)$/.test(type));
  return [...new Set([...(by === '' ? [] : [by]), ...names.map(({ name }) => name)])];
};

/** The ends of the window as times to type. */
function WindowFields({ window }: { readonly window: TimeWindow }): JSX.Element {
  const text = (time: number): string => new Date(time).toISOString().slice(0, 19);
  const read = (value: string): number => Date.parse(`${value}Z`);
  const change = (end: 'from' | 'to', value: string): void => {
    const next = { ...window, [end]: read(value) };
    if (Number.isFinite(next[end]) && next.from < next.to) setWindow(windowText(next));
  };
  return (
    <>
      {(['from', 'to'] as const).map((end) => (
        <label key={end}>
          {`${end} (UTC) `}
          <input
            type="text"
            class="time"
            placeholder="2026-03-10T04:00:00"
            value={text(window[end])}
            onChange={(event) => change(end, event.currentTarget.value)}
          />
        </label>
      ))}
    </>
  );
}
