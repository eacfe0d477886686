import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { CallError, call } from '../api/client.ts';
import { Dialog } from '../palette/dialog.tsx';
import { closeSheet } from '../palette/sheet.ts';
import { newestAnswers, withAnswers } from '../state/answers.ts';
import { place } from '../state/location.ts';
import { results, say, sayError } from '../state/session.ts';
import { countWords } from '../words.ts';
import { refreshSavedRuns } from './saved-runs.ts';

/** Keeps answers under a name, to compare with later. */
export function SaveRun(): JSX.Element {
  const { question } = place.value;
  const all = newestAnswers(results.value).map((result) => result.question);
  const [name, setName] = useState(() => timeName(new Date()));
  const [isOne, setOne] = useState(question !== null);
  const [error, setError] = useState<string | null>(null);
  const [replaces, setReplaces] = useState(false);
  const questions = isOne && question ? [question] : all;
  const save = async (): Promise<void> => {
    setError(null);
    try {
      await withAnswers(questions, (answers) => call('runs/save', { name, answers, replace: replaces }));
      say(`saved as ${name}: ${countWords(questions.length, 'answer')}`);
      refreshSavedRuns();
      closeSheet();
    } catch (failure) {
      if (!(failure instanceof CallError)) return sayError(failure);
      setError(failure.message);
    }
  };
  return (
    <Dialog label="Save this run" name="save">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <h2>Save this run</h2>
        <label>
          Name <input data-first type="text" value={name} onInput={(event) => setName(event.currentTarget.value)} />
        </label>
        {question ? (
          <fieldset>
            <legend>What</legend>
            <label class="check">
              <input type="radio" name="what" checked={isOne} onChange={() => setOne(true)} /> this query
            </label>
            <label class="check">
              <input
                type="radio"
                name="what"
                checked={!isOne}
                onChange={() => setOne(false)}
                disabled={all.length === 0}
              />{' '}
              {`everything that ran here: ${countWords(all.length, 'answer')}`}
            </label>
          </fieldset>
        ) : (
          <p>
            {all.length === 0
              ? 'Nothing ran here yet: run a hunt first.'
              : `Everything that ran here: ${countWords(all.length, 'answer')}.`}
          </p>
        )}
        <label class="check">
          <input type="checkbox" checked={replaces} onChange={(event) => setReplaces(event.currentTarget.checked)} />{' '}
          replace a run of this name
        </label>
        {error !== null ? (
          <p class="problem" role="alert">
            {error}
          </p>
        ) : null}
        <p class="buttons">
          <button type="submit" class="primary" disabled={questions.length === 0}>
            Save <kbd>Enter</kbd>
          </button>
          <button type="button" onClick={closeSheet}>
            Cancel <kbd>Esc</kbd>
          </button>
        </p>
      </form>
    </Dialog>
  );
}

/** `2026-03-10-1402`, by the clock of this machine. */
function timeName(time: Date): string {
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}-${two(time.getHours())}${two(time.getMinutes())}`;
}
