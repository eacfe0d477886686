import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Question } from '../../contract/question.ts';
import { call } from '../api/client.ts';
import { Latest } from '../api/latest.ts';
import { keep, problems, written } from '../editor/draft.ts';
import { openLayer } from '../state/keys.ts';
import { go, place } from '../state/location.ts';
import { countWords, timeWords } from '../words.ts';
import { type Chip, type ChipKind, chipKinds, chipsOf, chipText, putChip, withChips } from './chip-list.ts';
import { isOpened, opened } from './opened.ts';
import { TextWithChips } from './text-with-chips.tsx';

/** Changes chips: a step that undo takes back. */
export function setChips(change: (chips: readonly Chip[]) => readonly Chip[]): void {
  keep();
  const question = written.value;
  if (!question) return;
  const { options } = place.value;
  const next = withChips(question, change(chipsOf(question, options.off ?? '')));
  go({ question: next.question, row: null, panel: null, options: { ...options, off: next.off } });
}

/** Puts a condition on events over the text. */
export const addCondition = (kind: 'only' | 'exclude', condition: string): void =>
  setChips((chips) => putChip(chips, { kind, value: condition, isOn: true }, null));

/** Puts a window over the text. */
export const setWindow = (value: string): void =>
  setChips((chips) => putChip(chips, { kind: 'window', value, isOn: true }, null));

/** Writes what the chips say into the text. */
export function foldIn(): void {
  const question = written.value;
  const { value: known } = opened;
  // An answer to the question before would fold in other chips.
  if (!question || !known || !isOpened(question)) return;
  keep();
  const { options } = place.value;
  const { question: bare } = withChips(question, []);
  const off = withChips(
    question,
    chipsOf(question, options.off ?? '').filter(({ isOn }) => !isOn),
  ).off;
  go({ question: { ...bare, text: known.text }, row: null, panel: null, options: { ...options, off } });
}

/** What is different about the query, over its text: each can be turned off, changed and taken away. */
export function Chips({ question }: { readonly question: Question }): JSX.Element {
  const [editing, setEditing] = useState<Chip | ChipKind | null>(null);
  const [isShown, setShown] = useState(false);
  const chips = chipsOf(question, place.value.options.off ?? '');
  const isChanged = chips.some(({ isOn }) => isOn);
  const known = opened.value;
  return (
    <div class="chips-box">
      <fieldset class="chips" aria-label="Chips">
        <span class="chips-title">chips:</span>
        {question.window === null ? <OwnWindow /> : null}
        {chips.map((chip) =>
          editing === chip ? null : (
            <ChipItem key={`${chip.kind} ${chip.value}`} chip={chip} onEdit={() => setEditing(chip)} />
          ),
        )}
        {chipKinds.map((kind) => (
          <button key={kind} type="button" class="quiet" onClick={() => setEditing(kind)}>
            {`+ ${kind === 'set' ? 'threshold' : kind}`}
          </button>
        ))}
        {isChanged ? (
          <>
            <button type="button" class="quiet" aria-expanded={isShown} onClick={() => setShown(!isShown)}>
              Show as query
            </button>
            <button
              type="button"
              class="quiet"
              disabled={!known || known.refusal !== null || !isOpened(question)}
              onClick={foldIn}
            >
              Fold in
            </button>
          </>
        ) : null}
      </fieldset>
      {editing === null ? null : (
        <ChipForm
          key={typeof editing === 'string' ? editing : chipText(editing)}
          question={question}
          before={typeof editing === 'string' ? null : editing}
          kind={typeof editing === 'string' ? editing : editing.kind}
          onClose={() => setEditing(null)}
        />
      )}
      {known?.refusal != null && isChanged && !problems.value.some(({ severity }) => severity === 'error') ? (
        <p class="state-failed" role="alert">{`the chips cannot be applied: ${known.refusal}`}</p>
      ) : null}
      {isShown && isChanged && known ? <TextWithChips own={known.own} text={known.text} /> : null}
    </div>
  );
}

/** The window that the text has by itself. */
function OwnWindow(): JSX.Element | null {
  const window = opened.value?.window;
  if (!window || (window.from === null && window.to === null)) return null;
  const from = window.from === null ? 'the first event' : timeWords(window.from);
  const to = window.to === null ? 'now' : timeWords(window.to);
  return <span class="own-window">{`own window ${from} to ${to}`}</span>;
}

function ChipItem({ chip, onEdit }: { readonly chip: Chip; readonly onEdit: () => void }): JSX.Element {
  const text = chipText(chip);
  return (
    <span class={`chip ${chip.isOn ? '' : 'off'}`}>
      <button
        type="button"
        aria-pressed={chip.isOn}
        title={chip.isOn ? 'turn off' : 'turn on'}
        onClick={() => setChips((all) => all.map((one) => (isSame(one, chip) ? { ...one, isOn: !one.isOn } : one)))}
      >
        {text}
      </button>
      <button type="button" aria-label={`Edit ${text}`} onClick={onEdit}>
        ✎
      </button>
      <button
        type="button"
        aria-label={`Remove ${text}`}
        onClick={() => setChips((all) => all.filter((one) => !isSame(one, chip)))}
      >
        ✕
      </button>
    </span>
  );
}

const isSame = (one: Chip, other: Chip): boolean =>
  one.kind === other.kind && one.value === other.value && one.isOn === other.isOn;

const hints: Readonly<Record<ChipKind, string>> = {
  window: '24h, or 2026-03-10T04:00:00Z/2026-03-10T12:00:00Z',
  platform: 'linux, macos or windows',
  set: 'name:value, such as bytes_sent:500MB',
  only: 'process.name == "rclone.exe"',
  exclude: 'host.name == "ws-0001"',
};

/** A chip that is being written, with what it would leave. */
function ChipForm({
  question,
  before,
  kind,
  onClose,
}: {
  readonly question: Question;
  readonly before: Chip | null;
  readonly kind: ChipKind;
  readonly onClose: () => void;
}): JSX.Element {
  const [value, setValue] = useState(before?.value ?? firstValue(kind));
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => {
    field.current?.focus();
    return openLayer(onClose);
  }, []);
  const id = `chip-${kind}`;
  const thresholds = opened.value?.thresholds ?? [];
  return (
    <form
      class="chip-form"
      aria-label={before ? `Edit ${chipText(before)}` : `New ${kind}`}
      onSubmit={(event) => {
        event.preventDefault();
        const written = value.trim();
        if (written === '') return;
        onClose();
        setChips((chips) => {
          const own = before && (chips.find((one) => isSame(one, before)) ?? null);
          return putChip(chips, { kind, value: written, isOn: true }, own);
        });
      }}
    >
      <label for={id}>{kind === 'set' ? 'threshold' : kind}</label>
      <input
        id={id}
        ref={field}
        value={value}
        placeholder={hints[kind]}
        list={`${id}-known`}
        autocomplete="off"
        spellcheck={false}
        onInput={(event) => setValue(event.currentTarget.value)}
      />
      <datalist id={`${id}-known`}>
        {kind === 'platform' ? (opened.value?.platforms ?? []).map((name) => <option key={name} value={name} />) : null}
        {kind === 'set' ? thresholds.map(({ name, text }) => <option key={name} value={`${name}:${text}`} />) : null}
        {kind === 'window' ? ['1h', '8h', '24h', '7d', '30d'].map((span) => <option key={span} value={span} />) : null}
      </datalist>
      <button type="submit">Apply</button>
      <button type="button" class="quiet" onClick={onClose}>
        Cancel <kbd>Esc</kbd>
      </button>
      {kind === 'only' || kind === 'exclude' ? (
        <Effect question={withoutChip(question, before)} kind={kind} condition={value} />
      ) : null}
    </form>
  );
}

const firstValue = (kind: ChipKind): string => (kind === 'set' ? `${opened.value?.thresholds[0]?.name ?? ''}:` : '');

const withoutChip = (question: Question, chip: Chip | null): Question =>
  chip
    ? withChips(
        question,
        chipsOf(question, '').filter((one) => !isSame(one, chip)),
      ).question
    : question;

/** Milliseconds without a key before the events are asked. */
const pause = 300;

/** How many events a condition leaves, before it is applied. */
function Effect({
  question,
  kind,
  condition,
}: {
  readonly question: Question;
  readonly kind: 'only' | 'exclude';
  readonly condition: string;
}): JSX.Element {
  const [said, setSaid] = useState('');
  const [latest] = useState(() => new Latest());
  useEffect(() => {
    latest.stop();
    setSaid(condition.trim() === '' ? '' : '…');
    if (condition.trim() === '') return undefined;
    const timer = setTimeout(() => {
      latest.ask(
        (signal) => call('condition-count', { question, condition }, signal),
        ({ rows, of, reason }) => {
          if (rows === null || of === null) return setSaid(reason ?? '');
          const left = kind === 'only' ? rows : of - rows;
          setSaid(`leaves ${left.toLocaleString('en')} of ${countWords(of, 'event')}`);
        },
        (error) => setSaid((error as Error).message),
      );
    }, pause);
    return () => clearTimeout(timer);
  }, [condition]);
  return (
    <span class="chip-effect" role="status">
      {said}
    </span>
  );
}
