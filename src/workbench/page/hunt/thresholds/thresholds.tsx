import { signal } from '@preact/signals';
import type { JSX, TargetedKeyboardEvent } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Distribution, DistributionTable } from '../../../../view/distribution.tsx';
import type { Cell } from '../../../contract/question.ts';
import { ShownValue } from '../../shown-value.tsx';
import { openLayer, useActions } from '../../state/keys.ts';
import { change, place, questionKey } from '../../state/location.ts';
import { data, hello, say } from '../../state/session.ts';
import { countWords } from '../../words.ts';
import { opened } from '../opened.ts';
import { writes } from '../write-hunt.tsx';
import { settingOf, settingText, settingWords, spokenSetting } from './amounts.ts';
import {
  counted,
  forget,
  hiddenPassing,
  inHand,
  isMoved,
  isStale,
  loosestFor,
  measured,
  mostPassing,
  move,
  movedSettings,
  type OpenThreshold,
  open,
  openTuning,
  positionsOf,
  present,
  refusal,
  reset,
  sample,
  settingAtPosition,
  settings,
  withMoved,
} from './tuning.ts';

/** Whether a number of hits a day is asked for. */
const asksPerDay = signal(false);

/** Thresholds of the open hunt that count under the hand. */
export function Thresholds(): JSX.Element | null {
  const { question } = place.value;
  const key = question && questionKey(question);
  const has = (opened.value?.thresholds.length ?? 0) > 0;
  const why = hello.value?.can.thresholds ?? null;
  const isReading = data.value?.reading != null;
  useEffect(() => {
    if (question && has && why === null) void openTuning(question);
    else forget();
  }, [key, has, why, isReading]);
  useActions(() => {
    const isOff = (): boolean => place.value.view !== 'hunt' || (opened.value?.thresholds.length ?? 0) === 0;
    return [
      { id: 'thresholds', label: 'Thresholds', keys: 't', where: 'hunt', isOff, run: focusFirst },
      {
        id: 'per-day',
        label: 'Threshold: at most a number of hits a day',
        keys: 'd',
        where: 'hunt',
        isOff: () => isOff() || measured.value.length === 0,
        run: () => (asksPerDay.value = true),
      },
    ];
  });
  if (!has) return null;
  if (why !== null) return <Disabled reason={why} />;
  const current = open.value;
  return (
    <section class="thresholds" aria-labelledby="thresholds-name">
      <header>
        <h2 id="thresholds-name">
          Thresholds <kbd>t</kbd>
        </h2>
        <Joint />
        <span class="gap" />
        <button type="button" disabled={!isMoved.value} onClick={keep}>
          Keep <kbd>Enter</kbd>
        </button>
        <button type="button" disabled={!isMoved.value} onClick={reset}>
          Reset
        </button>
        <button type="button" disabled={measured.value.length === 0} onClick={() => (asksPerDay.value = true)}>
          At most a day … <kbd>d</kbd>
        </button>
        <button type="button" onClick={() => (writes.value = true)}>
          Write as hunt <kbd>w</kbd>
        </button>
      </header>
      {refusal.value !== null ? (
        <p class="reason" role="alert">
          {refusal.value}{' '}
          <button type="button" onClick={() => question && void openTuning(question)}>
            Read the rows again
          </button>
        </p>
      ) : null}
      {isStale.value && !isReading ? (
        <p class="reason">
          stale: data changed{' '}
          <button type="button" onClick={() => question && void openTuning(question)}>
            Count again
          </button>
        </p>
      ) : null}
      {asksPerDay.value ? <PerDay /> : null}
      {current ? (
        current.thresholds.map((threshold) => <One key={threshold.name} threshold={threshold} />)
      ) : refusal.value === null ? (
        <p class="reason">reading the rows before the thresholds …</p>
      ) : null}
      {/* Before anything is moved the table below shows the same. */}
      {current && isMoved.value ? <Sample /> : null}
    </section>
  );
}

/** On a cluster the control is there, with the reason for which it does nothing. */
function Disabled({ reason }: { readonly reason: string }): JSX.Element {
  return (
    <section class="thresholds" aria-labelledby="thresholds-name">
      <h2 id="thresholds-name">Thresholds</h2>
      <p class="reason" id="thresholds-reason">
        {reason}
      </p>
      {opened.value?.thresholds.map(({ name, operator, text }) => (
        <label key={name} class="threshold">
          <code>{`${name} ${operator} ${text}`}</code>
          <input type="range" disabled aria-describedby="thresholds-reason" aria-label={`Threshold ${name}`} />
        </label>
      ))}
    </section>
  );
}

/** Hits at all thresholds together, of how many rows. */
function Joint(): JSX.Element | null {
  const current = open.value;
  if (!current) return null;
  const text = jointText();
  return (
    <p class="joint" role="status">
      {current.thresholds.length > 1 && measured.value.length > 1 ? 'joint: ' : ''}
      {text}
    </p>
  );
}

function jointText(): string {
  const { info } = open.value!;
  const now = counted.value;
  if (!now) return 'counting …';
  const { days, rows } = info;
  const parts = [
    countWords(now.hits, 'hit') +
      (isMoved.value && present.value !== null ? ` (was ${present.value.toLocaleString('en')})` : ''),
    ...(days !== null && days > 0 ? [`${perDay(now.hits / days)} a day`] : []),
    ...(rows !== null ? [`of ${countWords(rows, 'row')}`] : []),
    ...(now.by === 'run' ? ['recounted'] : []),
    ...(now.isCut ? [`cut: LIMIT ${info.limit?.toLocaleString('en')}`] : []),
    ...acceptedText(),
  ];
  return parts.join(' · ');
}

/** What the allow-list hides of the rows that pass. */
function acceptedText(): string[] {
  const hidden = counted.value?.by === 'page' ? hiddenPassing.value : null;
  return hidden !== null && hidden > 0 ? [`hidden: ${hidden.toLocaleString('en')} accepted`] : [];
}

const perDay = (n: number): string =>
  n >= 10 || Number.isInteger(n) ? Math.round(n).toLocaleString('en') : Number(n.toPrecision(2)).toString();

/** Text that is spoken when it changes, at most once a second. */
function useSpoken(text: string): string {
  const [spoken, setSpoken] = useState(text);
  const last = useRef(0);
  useEffect(() => {
    const wait = Math.max(0, last.current + 1000 - Date.now());
    const timer = setTimeout(() => {
      last.current = Date.now();
      setSpoken(text);
    }, wait);
    return () => clearTimeout(timer);
  }, [text]);
  return spoken;
}

function One({ threshold }: { readonly threshold: OpenThreshold }): JSX.Element {
  const { place: at, name, operator, subject, isBytes, sorted, axis, bins, values, value, looser } = threshold;
  const setting = settings.value[at] ?? value;
  const { most, at: position } = positionsOf(threshold, setting);
  const hits = counted.value;
  const spoken = useSpoken(
    `${spokenSetting(setting, isBytes)}${hits ? `, ${countWords(hits.hits, 'hit')}` : ''}${hits?.by === 'run' ? ', recounted' : ''}`,
  );
  const words = (one: number): string => settingWords(one, isBytes);
  const nulls = (values?.length ?? 0) - (sorted?.length ?? 0);
  const to = (next: number): void => move(at, settingAtPosition(threshold, next, next >= position ? 1 : -1));
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLInputElement>): void => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const direction = sides[event.key];
    if (event.key === 'Enter') keep();
    else if (direction === undefined) return;
    else to(position + direction * (event.shiftKey || !sorted ? 1 : Math.max(1, Math.round(most / 100))));
    event.preventDefault();
  };
  const passing = !looser ? null : looser === 'lower' ? 'above' : 'below';
  return (
    <fieldset class="threshold">
      <legend class="visually-hidden">{`Threshold ${name}`}</legend>
      <p class="name">
        <code>{`${subject} ${operator}`}</code>
        <Amount threshold={threshold} setting={setting} />
        {value !== setting ? <span class="was">{`was ${words(value)}`}</span> : null}
        {isBytes && setting >= 1024 ? <span class="raw">{`${setting.toLocaleString('en')} bytes`}</span> : null}
      </p>
      {sorted && axis ? (
        <Distribution
          {...{ bins, axis, nulls, setting, passing, words }}
          was={value === setting ? null : value}
          label={`Distribution of ${subject} over ${countWords(values!.length, 'row')}, with the threshold at ${words(setting)}`}
        />
      ) : null}
      <input
        type="range"
        min={0}
        max={most}
        step={1}
        value={position}
        aria-label={`${name}, by rank`}
        aria-valuetext={spoken}
        disabled={most === 0}
        onFocus={() => (inHand.value = at)}
        onInput={(event) => to(Number(event.currentTarget.value))}
        onKeyDown={onKeyDown}
      />
      {threshold.recounts !== null ? <p class="reason">{`recounted: ${threshold.recounts}`}</p> : null}
      {sorted ? <AsTable bins={bins} nulls={nulls} words={words} /> : null}
    </fieldset>
  );
}

const sides: Readonly<Record<string, 1 | -1>> = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 };

/** The field that takes `500MB`. */
function Amount({ threshold, setting }: { readonly threshold: OpenThreshold; readonly setting: number }): JSX.Element {
  const { place: at, name, isBytes, isWhole } = threshold;
  /** What is typed, while it is typed. */
  const [typed, setTyped] = useState<string | null>(null);
  const isWrong = typed !== null && settingOf(typed, isWhole) === null;
  const shown = typed ?? settingText(setting, isBytes);
  return (
    <>
      <input
        type="text"
        class="amount"
        value={shown}
        aria-label={`${name}, a number or bytes such as 500MB`}
        aria-invalid={isWrong}
        spellcheck={false}
        autocomplete="off"
        onFocus={() => (inHand.value = at)}
        onInput={(event) => {
          const { value } = event.currentTarget;
          setTyped(value);
          const next = settingOf(value, isWhole);
          if (next !== null) move(at, next);
        }}
        onBlur={() => setTyped(null)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          if (isWrong) say('write a number, or bytes with a unit: 500MB, 1.5GiB', true);
          else {
            setTyped(null);
            keep();
          }
        }}
      />
      {isWrong ? <span class="wrong">a number, or 500MB</span> : null}
    </>
  );
}

/** Keeps what is under the hand as chips: a step that undo takes back. */
function keep(): void {
  const { question } = place.value;
  if (!question || !isMoved.value) return;
  const kept = movedSettings();
  change({ set: withMoved(question).set });
  say(`kept: ${kept.map(({ name, value }) => `${name} ${value}`).join(', ')} · Ctrl+Z takes it back`);
}

function focusFirst(): void {
  const fields = [...document.querySelectorAll<HTMLElement>('.thresholds input[type="range"]:not(:disabled)')];
  (fields[inHand.value] ?? fields[0] ?? document.querySelector<HTMLElement>('.thresholds input'))?.focus();
}

/** Asks how many hits a day there may be at most. */
function PerDay(): JSX.Element {
  const field = useRef<HTMLInputElement>(null);
  const close = (): void => {
    asksPerDay.value = false;
    focusFirst();
  };
  useLayoutEffect(() => {
    field.current?.focus();
    return openLayer(close);
  }, []);
  const { days } = open.value?.info ?? {};
  const apply = (): void => {
    const most = Number(field.current?.value);
    if (field.current?.value.trim() === '' || !(most >= 0)) return;
    if (!loosestFor(inHand.value, Math.floor(most * (days ?? 1)))) say('no setting gives as few hits', true);
    close();
  };
  return (
    <form
      class="per-day"
      onSubmit={(event) => {
        event.preventDefault();
        apply();
      }}
    >
      <label>
        {days === null ? 'At most hits' : 'At most hits a day'}{' '}
        <input ref={field} type="number" min={0} step="any" inputMode="decimal" />
      </label>
      <button type="submit">Set</button>
      <button type="button" onClick={close}>
        Cancel
      </button>
    </form>
  );
}

/** Ids, which nobody reads, stand behind what people know rows by. */
const isId = (name: string): boolean => /(?:[._]id|hash\.\w+)$/.test(name);

/** The first rows that pass, and those that come next. */
function Sample(): JSX.Element | null {
  const rows = sample.value;
  const current = open.value;
  if (!rows || !current || current.info.columns.length === 0) return null;
  const { columns, limit } = current.info;
  const order = [...columns.keys()].sort((a, b) => Number(isId(columns[a]!.name)) - Number(isId(columns[b]!.name)));
  const shown = rows.passing.slice(0, limit ?? rows.passing.length);
  const line = (row: readonly Cell[], word: string, key: string): JSX.Element => (
    <tr key={key} class={word === 'passes' ? 'passes' : 'near'}>
      <th scope="row">{word}</th>
      {order.map((at) => (
        <td key={at}>
          <ShownValue value={row[at] ?? null} type={columns[at]!.type} name={columns[at]!.name} />
        </td>
      ))}
    </tr>
  );
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard
    <section class="sample" aria-label="Rows at these thresholds" tabIndex={0}>
      <table class="plain">
        <caption>
          {rows.hits > mostPassing
            ? `the first ${mostPassing} of ${rows.hits.toLocaleString('en')} rows that pass`
            : `${countWords(rows.hits, 'row')} that ${rows.hits === 1 ? 'passes' : 'pass'}`}
          {rows.near.length > 0 ? ', and what comes in next' : ''}
        </caption>
        <thead>
          <tr>
            <th scope="col">
              <span class="visually-hidden">Whether it passes</span>
            </th>
            {order.map((at) => (
              <th key={at} scope="col">
                {columns[at]!.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((row, i) => line(row, 'passes', `p${i}`))}
          {rows.near.map((row, i) => line(row, 'next in', `n${i}`))}
        </tbody>
      </table>
    </section>
  );
}

/** The distribution in numbers, made when it is asked for. */
function AsTable(props: Parameters<typeof DistributionTable>[0]): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>As a table</summary>
      {isOpen ? <DistributionTable {...props} /> : null}
    </details>
  );
}
