import type { JSX, TargetedEvent } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { AcceptCondition, AcceptRequest, AcceptTrial } from '../../contract/calls.ts';
import { call } from '../api/client.ts';
import { askHidden } from '../hunt/thresholds/tuning.ts';
import { hello, run, say } from '../state/session.ts';
import { countWords } from '../words.ts';
import { closeDrawer, type PanelProps } from './drawer.tsx';

/** Days until an entry ends, unless another end is chosen. */
const usualDays = 90;
const spans: readonly (readonly [days: number, words: string])[] = [
  [30, '30 days'],
  [90, '90 days'],
  [180, '180 days'],
  [365, 'a year'],
];
/** Milliseconds after a change in which another one may follow. */
const pause = 120;

const dayAfter = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

interface Draft {
  readonly conditions: readonly AcceptCondition[];
  readonly others: readonly AcceptCondition[];
  readonly reason: string;
  readonly expires: string | null;
  readonly owner: string;
}

/** Accepts rows like one: what they are known by, what that would hide, why, and until when. */
export function AcceptPanel({ result, row }: PanelProps): JSX.Element {
  const { handle, question } = result;
  const [draft, setDraft] = useState<Draft | null>(null);
  const [trial, setTrial] = useState<AcceptTrial | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const reason = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const controller = new AbortController();
    setDraft(null);
    setTrial(null);
    setFailure(null);
    call('accept/conditions', { handle: handle!, row }, controller.signal).then(
      ({ conditions, others, owner }) => {
        setDraft({ conditions, others, owner, reason: '', expires: dayAfter(usualDays) });
        reason.current?.focus();
      },
      (error) => {
        if (!controller.signal.aborted) setFailure((error as Error).message);
      },
    );
    return () => controller.abort();
  }, [handle, row]);
  const hasDraft = draft !== null;
  useLayoutEffect(() => {
    if (hasDraft) reason.current?.focus();
  }, [hasDraft]);
  const request: AcceptRequest | null = draft && {
    ...{ question, handle: handle!, conditions: draft.conditions },
    ...{ reason: draft.reason, expires: draft.expires, owner: draft.owner },
  };
  const key = JSON.stringify(request);
  useEffect(() => {
    if (!request) return undefined;
    const controller = new AbortController();
    const timer = setTimeout(() => {
      call('accept/trial', request, controller.signal).then(
        (found) => {
          setTrial(found);
          setFailure(null);
        },
        (error) => {
          if (!controller.signal.aborted) setFailure((error as Error).message);
        },
      );
    }, pause);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [key]);
  if (!draft) return <p role="status">{failure === null ? 'reading the row …' : `cannot accept: ${failure}`}</p>;
  const change = (part: Partial<Draft>): void => setDraft({ ...draft, ...part });
  const changeCondition = (at: number, next: AcceptCondition | null): void => {
    const removed = draft.conditions[at]!;
    const conditions = draft.conditions.flatMap((one, i) => (i === at ? (next ?? []) : one));
    change({ conditions, ...(next === null && { others: [...draft.others, removed] }) });
  };
  const save = async (): Promise<void> => {
    if (draft.reason.trim() === '') {
      reason.current?.focus();
      setFailure('say why these rows are harmless');
      return;
    }
    const { written, toml } = await call('accept/save', request!);
    if (written === null) {
      await navigator.clipboard.writeText(toml);
      say('the entry is copied: paste it into accepted.toml');
      return;
    }
    say(`accepted${draft.expires === null ? '' : ` until ${draft.expires}`}: ${written}`);
    closeDrawer();
    await Promise.all([run([question]), askHidden()]);
  };
  const why = hello.value?.can.write ?? null;
  return (
    <form
      class="accept-panel"
      aria-label="Accept"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        save().catch((error: Error) => setFailure(error.message));
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
        event.preventDefault();
        event.currentTarget.requestSubmit();
      }}
    >
      <div class="conditions">
        {draft.conditions.map((condition, i) => (
          <ConditionFields
            key={condition.column}
            condition={condition}
            onChange={(next) => changeCondition(i, next)}
            onRemove={() => changeCondition(i, null)}
          />
        ))}
        {draft.others.length > 0 ? (
          <select
            aria-label="Add a condition"
            value=""
            onChange={(event) => {
              const added = draft.others.find(({ column }) => column === event.currentTarget.value);
              if (!added) return;
              const others = draft.others.filter((one) => one !== added);
              change({ conditions: [...draft.conditions, added], others });
            }}
          >
            <option value="">+ condition</option>
            {draft.others.map(({ column }) => (
              <option key={column} value={column}>
                {column}
              </option>
            ))}
          </select>
        ) : null}
      </div>
      <Effect trial={trial} failure={failure} />
      <div class="fields">
        <label class="why">
          Why{' '}
          <input
            ref={reason}
            type="text"
            required
            maxLength={2000}
            value={draft.reason}
            onInput={(event) => change({ reason: event.currentTarget.value })}
          />
        </label>
        <Until expires={draft.expires} onChange={(expires) => change({ expires })} />
        <label>
          Owner{' '}
          <input
            type="text"
            maxLength={200}
            value={draft.owner}
            onInput={(event) => change({ owner: event.currentTarget.value })}
          />
        </label>
      </div>
      {trial ? (
        <details>
          <summary>As TOML</summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard */}
          <pre tabIndex={0}>{trial.toml}</pre>
        </details>
      ) : null}
      {why !== null ? <p class="reason">{why}</p> : null}
      <p class="buttons">
        <button type="submit" class="primary" disabled={trial !== null && trial.malicious > 0}>
          {why === null ? 'Save' : 'Copy the entry'} <kbd>Ctrl+Enter</kbd>
        </button>
        <button type="button" onClick={closeDrawer}>
          Cancel <kbd>Esc</kbd>
        </button>
      </p>
    </form>
  );
}

/** What an entry would do, in words. */
function Effect({
  trial,
  failure,
}: {
  readonly trial: AcceptTrial | null;
  readonly failure: string | null;
}): JSX.Element {
  const words = trial
    ? `hides ${trial.hides.toLocaleString('en')} of ${countWords(trial.rows, 'row')} here · ${countWords(trial.saved.rows, 'row')} of ${countWords(trial.saved.runs, 'saved run')} · ${trial.malicious} judged malicious`
    : 'counting …';
  // A reason that is still to come is no mistake while conditions are chosen.
  const problem = failure ?? (trial?.problem === 'an entry needs a reason' ? null : (trial?.problem ?? null));
  return (
    <>
      <p class="effect" role="status">
        {words}
      </p>
      <p class="wrong" role="alert">
        {problem ?? ''}
      </p>
    </>
  );
}

const kinds: readonly (readonly [AcceptCondition['is'], string])[] = [
  ['like', '='],
  ['exactly', 'exactly'],
  ['missing', 'has no value'],
];

function ConditionFields({
  condition,
  onChange,
  onRemove,
}: {
  readonly condition: AcceptCondition;
  readonly onChange: (condition: AcceptCondition) => void;
  readonly onRemove: () => void;
}): JSX.Element {
  const { column, is, values } = condition;
  const text = values.join('\n');
  const onInput = (event: TargetedEvent<HTMLInputElement | HTMLTextAreaElement>): void =>
    onChange({ ...condition, values: event.currentTarget.value.split('\n') });
  return (
    <fieldset class="condition">
      <legend class="visually-hidden">{`Condition on ${column}`}</legend>
      <code>{column}</code>
      <select
        aria-label={`How ${column} is compared`}
        value={is}
        onChange={(event) => {
          const next = event.currentTarget.value as AcceptCondition['is'];
          onChange({ column, is: next, values: next === 'missing' ? [] : values.length > 0 ? values : [''] });
        }}
      >
        {kinds.map(([kind, word]) => (
          <option key={kind} value={kind}>
            {word}
          </option>
        ))}
      </select>
      {is === 'missing' ? null : values.length > 1 ? (
        <textarea
          rows={Math.min(4, values.length)}
          aria-label={`Values of ${column}, one a line`}
          value={text}
          onInput={onInput}
          spellcheck={false}
        />
      ) : (
        <input
          type="text"
          aria-label={`Value of ${column}`}
          title="* stands for any text; addresses may be blocks such as 10.0.0.0/8; numbers may be compared: <= 50"
          value={text}
          onInput={onInput}
          spellcheck={false}
          autocomplete="off"
        />
      )}
      <button type="button" class="quiet" aria-label={`Remove the condition on ${column}`} onClick={onRemove}>
        ✕
      </button>
    </fieldset>
  );
}

/** Until when: a day, one of the usual spans, or never, which takes a second click. */
function Until({
  expires,
  onChange,
}: {
  readonly expires: string | null;
  readonly onChange: (expires: string | null) => void;
}): JSX.Element {
  const [isAsked, setAsked] = useState(false);
  return (
    <span class="until">
      <label>
        Until{' '}
        <input
          type="date"
          min={dayAfter(0)}
          value={expires ?? ''}
          onInput={(event) => {
            if (event.currentTarget.value !== '') onChange(event.currentTarget.value);
          }}
        />
      </label>
      <select
        aria-label="Until, as a span"
        value=""
        onChange={(event) => {
          if (event.currentTarget.value !== '') onChange(dayAfter(Number(event.currentTarget.value)));
        }}
      >
        <option value="">{expires === null ? 'never ends' : wordsOf(expires)}</option>
        {spans.map(([days, words]) => (
          <option key={days} value={days}>
            {words}
          </option>
        ))}
      </select>
      <button
        type="button"
        class="quiet"
        aria-pressed={expires === null}
        onBlur={() => setAsked(false)}
        onClick={() => {
          if (isAsked) onChange(null);
          setAsked(!isAsked);
        }}
      >
        {isAsked ? 'Never ends: click again' : 'Never'}
      </button>
    </span>
  );
}

const wordsOf = (expires: string): string =>
  `${countWords(Math.round((Date.parse(expires) - Date.parse(dayAfter(0))) / 86_400_000), 'day')}`;
