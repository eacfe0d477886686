import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { TrailEntry } from '../../contract/calls.ts';
import { go, place } from '../state/location.ts';
import { sayError } from '../state/session.ts';
import { countWords } from '../words.ts';
import { loadTrail, star, trail } from './trail.ts';

/** What was done, the newest first; each step leads back to where it was taken. */
export function TrailView(): JSX.Element {
  useEffect(() => void loadTrail().catch(sayError), []);
  const all = trail.value;
  const onlyStarred = place.value.options.starred === '1';
  const shown = (all ?? []).filter(({ starred }) => starred || !onlyStarred);
  return (
    <article class="trail" aria-labelledby="trail-name">
      <header>
        <h1 id="trail-name">Trail</h1>
        <label class="check">
          <input
            type="checkbox"
            checked={onlyStarred}
            onChange={(event) =>
              go(
                { options: { ...place.value.options, starred: event.currentTarget.checked ? '1' : '' } },
                { replace: true },
              )
            }
          />{' '}
          only starred
        </label>
        <p role="status">
          {all === null ? 'Reading the trail …' : `${shown.length} of ${countWords(all.length, 'step')}`}
        </p>
      </header>
      {all?.length === 0 ? (
        <p class="nothing">
          Nothing was done yet. Runs, chips, rows that are opened, verdicts and notes are written down here by
          themselves.
        </p>
      ) : null}
      {all && all.length > 0 && shown.length === 0 ? <p class="nothing">No step has a star yet.</p> : null}
      {byDay(shown).map(({ day, steps }) => (
        <section key={day} aria-label={day}>
          <h2>{day}</h2>
          <ol>
            {steps.map((step) => (
              <li key={step.at}>
                <time dateTime={new Date(step.at).toISOString()}>{new Date(step.at).toISOString().slice(11, 19)}</time>
                <button
                  type="button"
                  class="star"
                  aria-pressed={step.starred}
                  aria-label={`star: ${step.text}`}
                  onClick={() => void star(step.at, !step.starred)}
                >
                  <span aria-hidden="true">{step.starred ? '★' : '☆'}</span>
                </button>
                <span class="kind">{step.kind}</span>
                <a href={step.link.startsWith('#/') ? step.link : '#/'}>{step.text}</a>
              </li>
            ))}
          </ol>
        </section>
      ))}
    </article>
  );
}

/** Steps by the day on which they were taken, the newest first; UTC as everywhere. */
function byDay(steps: readonly TrailEntry[]): { readonly day: string; readonly steps: readonly TrailEntry[] }[] {
  const days = new Map<string, TrailEntry[]>();
  for (const step of [...steps].reverse()) {
    const day = `${new Date(step.at).toISOString().slice(0, 10)} UTC`;
    days.set(day, [...(days.get(day) ?? []), step]);
  }
  return [...days].map(([day, steps]) => ({ day, steps }));
}
