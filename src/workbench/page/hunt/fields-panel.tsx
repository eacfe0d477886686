import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { FieldInfo, FieldValues } from '../../contract/calls.ts';
import type { Cell, Question, Scalar } from '../../contract/question.ts';
import { call } from '../api/client.ts';
import { Latest } from '../api/latest.ts';
import { cursorStep, steps } from '../editor/draft.ts';
import { ShownValue } from '../shown-value.tsx';
import { useActions } from '../state/keys.ts';
import { go, place } from '../state/location.ts';
import { data } from '../state/session.ts';
import { literal, nameText } from '../table/literals.ts';
import { countWords } from '../words.ts';
import { addCondition } from './chips.tsx';

const isOpen = (): boolean => place.value.options.fields === 'on';

/** Opens and closes the panel of fields; the focus goes with it. */
function toggle(): void {
  const { options } = place.value;
  go({ options: { ...options, fields: isOpen() ? '' : 'on' } }, { replace: true });
}

/** What the fields of the step under the cursor hold, to filter by. */
export function FieldsPanel({ question }: { readonly question: Question }): JSX.Element | null {
  useActions(() => [{ id: 'fields', label: 'Fields of the step', keys: 'f', where: 'hunt', run: toggle }]);
  return isOpen() ? <Fields question={question} /> : null;
}

function Fields({ question }: { readonly question: Question }): JSX.Element {
  const step = cursorStep.value;
  const [found, setFound] = useState<readonly FieldInfo[]>([]);
  const [said, setSaid] = useState('…');
  const [wanted, setWanted] = useState('');
  const [selected, setSelected] = useState<string | null>(null);
  const [latest] = useState(() => new Latest());
  const revision = data.value?.revision;
  useEffect(() => {
    setSaid('…');
    latest.ask(
      (signal) => call('fields', { question, step }, signal),
      ({ fields, reason }) => {
        setFound(fields);
        setSaid(reason ?? '');
      },
      (error) => setSaid((error as Error).message),
    );
    return () => latest.stop();
  }, [JSON.stringify(question), step, revision]);
  const shown = found.filter(({ name }) => name.toLowerCase().includes(wanted.toLowerCase()));
  const carried = shown.filter(({ present }) => present > 0);
  const empty = shown.filter(({ present }) => present === 0);
  const item = (field: FieldInfo): JSX.Element => (
    <FieldItem
      key={field.name}
      {...{ field, question, step }}
      isOpen={selected === field.name}
      onToggle={() => setSelected(selected === field.name ? null : field.name)}
    />
  );
  const rows = found[0]?.rows;
  return (
    <aside class="fields" aria-label="Fields">
      <header>
        <h2>{`Fields after ${steps.value[step]?.command ?? 'FROM'}`}</h2>
        <button type="button" class="quiet" onClick={toggle}>
          Close <kbd>f</kbd>
        </button>
      </header>
      <input
        type="search"
        aria-label="Search fields"
        placeholder="Search fields"
        value={wanted}
        onInput={(event) => setWanted(event.currentTarget.value)}
      />
      <p class="tally" role="status">
        {said !== '' ? said : `${countWords(carried.length, 'field')} of ${countWords(rows ?? 0, 'row')}`}
      </p>
      <ul>{carried.map(item)}</ul>
      {empty.length > 0 ? (
        <>
          <h3>{`no row has a value in ${countWords(empty.length, 'field')}`}</h3>
          <ul>{empty.map(item)}</ul>
        </>
      ) : null}
    </aside>
  );
}

/** `all`, `7 %`; what is hardly there, or not quite everywhere, is never rounded to none or all. */
function shareWords({ present, rows }: { readonly present: number; readonly rows: number }): string {
  if (present === 0) return 'none';
  if (present === rows) return 'all';
  const share = (present / rows) * 100;
  return share < 1 ? '< 1 %' : share > 99 ? '> 99 %' : `${Math.round(share)} %`;
}

function FieldItem({
  field,
  question,
  step,
  isOpen,
  onToggle,
}: {
  readonly field: FieldInfo;
  readonly question: Question;
  readonly step: number;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}): JSX.Element {
  return (
    <li>
      <button type="button" class="quiet field" aria-expanded={isOpen} onClick={onToggle}>
        <span class="field-name">{field.name}</span> <span class="field-type">{field.type}</span>{' '}
        <span class="field-share" title={`${field.present.toLocaleString('en')} of ${countWords(field.rows, 'row')}`}>
          {shareWords(field)}
        </span>
      </button>
      {isOpen ? <Values {...{ field, question, step }} /> : null}
    </li>
  );
}

function Values({
  field: { name, type },
  question,
  step,
}: {
  readonly field: FieldInfo;
  readonly question: Question;
  readonly step: number;
}): JSX.Element {
  const [found, setFound] = useState<FieldValues | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [latest] = useState(() => new Latest());
  useEffect(() => {
    latest.ask(
      (signal) => call('field-values', { question, step, field: name }, signal),
      setFound,
      (error) => setFailure((error as Error).message),
    );
    return () => latest.stop();
  }, [JSON.stringify(question), step, name]);
  if (failure !== null) return <p class="state-failed">{failure}</p>;
  if (!found) return <p>…</p>;
  const { top, rows, present, distinct, least, most } = found;
  const cell = (value: Cell): JSX.Element => <ShownValue value={value} type={type} name={name} />;
  return (
    <div class="field-values">
      <p>
        {`${present.toLocaleString('en')} of ${countWords(rows, 'row')} have it`}
        {distinct === null ? '' : `, ${countWords(distinct, 'value')}`}
      </p>
      {least === null ? null : (
        <p>
          from {cell(least)} to {cell(most)}
        </p>
      )}
      <ul>
        {top.map(({ value, rows: own }) => (
          <li key={String(value)}>
            <span class="top-value">{cell(value)}</span>
            <span class="top-rows">{own.toLocaleString('en')}</span>
            <span class="bar" aria-hidden="true">
              <span style={{ width: `${(own / (top[0]?.rows ?? 1)) * 100}%` }} />
            </span>
            <Filters {...{ name, type, own, rows }} value={value as Scalar} />
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Only and exclude, each with the rows that it leaves. A row that lacks the field stays when a value is excluded. */
function Filters({
  name,
  type,
  value,
  own,
  rows,
}: {
  readonly name: string;
  readonly type: string;
  readonly value: Scalar;
  readonly own: number;
  readonly rows: number;
}): JSX.Element | null {
  const text = literal(value, type);
  if (text === null) return null;
  const condition = `${nameText(name)} == ${text}`;
  const leaves = (n: number): string => `leaves ${countWords(n, 'row')}`;
  return (
    <span class="plus-minus">
      <button
        type="button"
        aria-label={`Only ${condition}, ${leaves(own)}`}
        title={`only: ${leaves(own)}`}
        onClick={() => addCondition('only', condition)}
      >
        +
      </button>
      <button
        type="button"
        aria-label={`Exclude ${condition}, ${leaves(rows - own)}`}
        title={`exclude: ${leaves(rows - own)}`}
        onClick={() => addCondition('exclude', condition)}
      >
        −
      </button>
    </span>
  );
}
