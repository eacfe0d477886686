import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { JudgementText } from '../../../view/verdict.tsx';
import type { Judged } from '../../contract/states.ts';
import { say, sayError } from '../state/session.ts';
import { mainGrid } from './current.ts';
import { closeDrawer, type PanelProps } from './drawer.tsx';
import { judge, judgementOf, verdicts } from './judging.ts';

/** A note on a row, and its verdict for those who click. */
export function NotePanel({ row }: PanelProps): JSX.Element {
  // Verdicts come with the rows.
  void mainGrid.value?.rows.version.value;
  const judgement = judgementOf(row);
  const [text, setText] = useState<string | null>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    setText(null);
    field.current?.focus();
  }, [row]);
  const shown = text ?? judgement?.note ?? '';
  const save = (verdict: Judged | null): void => {
    judge(row, verdict, shown)
      .then(() => {
        setText(null);
        say(shown.trim() === '' ? 'saved without a note' : 'note saved');
      })
      .catch(sayError);
  };
  return (
    <form
      class="note-panel"
      onSubmit={(event) => {
        event.preventDefault();
        save(judgement?.verdict ?? null);
        closeDrawer();
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
        event.preventDefault();
        event.currentTarget.requestSubmit();
      }}
    >
      {judgement ? (
        <p>
          <JudgementText judgement={judgement} />
        </p>
      ) : null}
      <fieldset class="verdicts">
        <legend>Verdict</legend>
        {verdicts.map((verdict, i) => (
          <button
            key={verdict}
            type="button"
            aria-pressed={judgement?.verdict === verdict}
            onClick={() => save(judgement?.verdict === verdict ? null : verdict)}
          >
            {verdict} <kbd>{i + 1}</kbd>
          </button>
        ))}
      </fieldset>
      <label>
        Note
        <textarea
          ref={field}
          rows={3}
          maxLength={10_000}
          value={shown}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <p class="buttons">
        <button type="submit" class="primary">
          Save <kbd>Ctrl+Enter</kbd>
        </button>
        <button type="button" onClick={closeDrawer}>
          Cancel <kbd>Esc</kbd>
        </button>
      </p>
    </form>
  );
}
