import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { DiffItem } from '../../contract/calls.ts';
import { newestAnswers } from '../state/answers.ts';
import { go, place } from '../state/location.ts';
import { judged, results, sayError } from '../state/session.ts';
import { countWords, timeWords } from '../words.ts';
import { DiffCounts, DiffRows } from './diff-part.tsx';
import { compare, diffing } from './diffing.ts';
import { loadSavedRuns, savedRuns } from './saved-runs.ts';

/** Two runs, query by query: what is new, gone, changed and the same. */
export function CompareView(): JSX.Element {
  const { options } = place.value;
  useEffect(() => {
    loadSavedRuns().then((all) => {
      // Without a choice, the newest run is compared with the one before it, or with what ran here.
      if (place.value.view !== 'compare' || place.value.options.before !== undefined) return;
      const [newest, older] = all.filter(({ problem }) => problem === null).map(({ name }) => name);
      if (newest !== undefined)
        choose(older === undefined ? { before: newest, after: '' } : { before: older, after: newest });
    }, sayError);
  }, []);
  const before = options.before ?? '';
  const after = options.after ?? '';
  const ran = newestAnswers(results.value).map(({ question }) => question);
  const canCompare = before !== '' && (after !== '' || ran.length > 0);
  useEffect(() => {
    if (!canCompare) diffing.value = null;
    else void compare({ before, after: after === '' ? null : after, hunt: null }, ran);
  }, [before, after, canCompare, judged.value]);
  return (
    <article class="compare" aria-labelledby="compare-name">
      <h1 id="compare-name">Compare runs</h1>
      {savedRuns.value?.length === 0 ? (
        <p class="nothing">
          No run is saved yet, so there is nothing to compare with. Open a hunt, run it with Ctrl+Enter and save it with
          Shift+S.
        </p>
      ) : (
        <p class="choice">
          <RunChoice label="Earlier" value={before} onChoose={(name) => choose({ before: name, after })} />{' '}
          <RunChoice
            label="Later"
            value={after}
            here={`what ran here: ${countWords(ran.length, 'answer')}`}
            onChoose={(name) => choose({ before, after: name })}
          />
        </p>
      )}
      {before !== '' && after === '' && ran.length === 0 ? (
        <p class="nothing">Nothing ran here yet. Run hunts first: g s, then Shift+R.</p>
      ) : null}
      {canCompare ? <Compared /> : null}
    </article>
  );
}

const choose = (options: Readonly<Record<string, string>>): void => go({ options }, { replace: true });

function RunChoice({
  label,
  value,
  here,
  onChoose,
}: {
  readonly label: string;
  readonly value: string;
  readonly here?: string;
  readonly onChoose: (name: string) => void;
}): JSX.Element {
  return (
    <label>
      {label}{' '}
      <select value={value} onChange={(event) => onChoose(event.currentTarget.value)}>
        {here === undefined ? <option value="">choose a run</option> : <option value="">{here}</option>}
        {(savedRuns.value ?? [])
          .filter(({ problem }) => problem === null)
          .map(({ name, saved }) => (
            <option key={name} value={name}>{`${name} (${timeWords(saved)})`}</option>
          ))}
      </select>
    </label>
  );
}

function Compared(): JSX.Element | null {
  const now = diffing.value;
  if (!now) return null;
  const { items, state, error } = now;
  const sum = (of: (item: DiffItem) => number): number => items.reduce((total, item) => total + of(item), 0);
  const open = items.filter(({ reason }) => reason !== null).length;
  const shown = [...items].sort((a, b) => weight(b) - weight(a));
  return (
    <>
      <p class="strip" role="status">
        {state === 'running' ? `comparing: ${countWords(items.length, 'query', 'queries')} so far` : ''}
        {state === 'failed' ? `failed${error === null ? '' : `: ${error}`}` : ''}
        {state === 'interrupted' ? 'interrupted: what is compared stays' : ''}
        {state === 'done'
          ? `${countWords(items.length, 'query', 'queries')}: + ${sum(({ counts }) => counts.fresh)} new · − ${sum(({ counts }) => counts.gone)} gone · ~ ${sum(({ counts }) => counts.changed)} changed · = ${sum(({ counts }) => counts.same)} same${open > 0 ? ` · ? ${open} not compared` : ''}`
          : ''}
      </p>
      {shown.map((item) => (
        <section key={`${item.hunt} ${item.query} ${item.name}`} aria-label={item.name} class="compared">
          <h2>
            {item.name} <DiffCounts item={item} />
          </h2>
          <DiffRows item={item} />
        </section>
      ))}
    </>
  );
}

/** What differs comes first, then what could not be compared. */
function weight({ counts: { fresh, gone, changed, unknown }, reason }: DiffItem): number {
  if (fresh + gone + changed > 0) return 3;
  return unknown > 0 ? 2 : reason !== null ? 1 : 0;
}
