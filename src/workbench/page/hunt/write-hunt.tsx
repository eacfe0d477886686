import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { call } from '../api/client.ts';
import { useActions } from '../state/keys.ts';
import { noQuestion, openQuestion, place } from '../state/location.ts';
import { hello, hunts, huntsById, say, sayError } from '../state/session.ts';
import { useDialog } from '../use-dialog.ts';
import { withMoved } from './thresholds/tuning.ts';

/** Whether the dialog is open. */
export const writes = signal(false);
const text = signal<string | null>(null);
/** Why it was not written. */
const failure = signal<string | null>(null);

/** Writes what is open as a hunt of its own: into the first library, or as a text to copy. */
export function WriteHunt(): JSX.Element | null {
  useActions(() => [
    {
      id: 'write-hunt',
      label: 'Write as a hunt of its own',
      keys: 'w',
      where: 'hunt',
      run: () => (writes.value = true),
    },
  ]);
  return writes.value ? <Dialog /> : null;
}

function Dialog(): JSX.Element {
  const name = useRef<HTMLInputElement>(null);
  const { question } = place.value;
  const of = question?.hunt == null ? null : huntsById.value.get(question.hunt);
  const why = hello.value?.can.write ?? null;
  const close = (): void => {
    text.value = null;
    failure.value = null;
    writes.value = false;
  };
  const { ref, onCancel } = useDialog(close);
  const write = async (): Promise<void> => {
    if (!question) return;
    const { toml, written, hunt } = await call('hunt/write', {
      question: withMoved(question),
      name: name.current!.value,
    });
    if (written === null) {
      text.value = toml;
      return;
    }
    hunts.value = (await call('hunts', {})).hunts;
    say(`written: ${written}`);
    close();
    if (hunt !== null) openQuestion({ ...noQuestion, hunt });
  };
  return (
    <dialog ref={ref} aria-labelledby="write-hunt-name" data-keys="dialog" onCancel={onCancel}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          failure.value = null;
          write().catch((error: Error) => (failure.value = error.message));
        }}
      >
        <h2 id="write-hunt-name">Write as a hunt of its own</h2>
        <label>
          Name{' '}
          <input ref={name} data-first type="text" required maxLength={200} value={of ? `${of.name} (derived)` : ''} />
        </label>
        {why !== null ? <p class="reason">{why}</p> : null}
        {failure.value !== null ? (
          <p class="wrong" role="alert">
            {failure.value}
          </p>
        ) : null}
        {text.value !== null ? (
          <label>
            As TOML
            <textarea readOnly rows={16} value={text.value} spellcheck={false} />
          </label>
        ) : null}
        <p class="buttons">
          <button type="submit" class="primary">
            {why === null ? 'Write' : 'Show the text'}
          </button>
          {text.value !== null ? (
            <button
              type="button"
              onClick={() =>
                void navigator.clipboard
                  .writeText(text.value!)
                  .then(() => say('copied'))
                  .catch(sayError)
              }
            >
              Copy
            </button>
          ) : null}
          <button type="button" onClick={close}>
            Cancel <kbd>Esc</kbd>
          </button>
        </p>
      </form>
    </dialog>
  );
}
