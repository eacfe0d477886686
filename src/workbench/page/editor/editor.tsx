import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Funnel, type FunnelStep } from '../../../view/funnel.tsx';
import type { StepCount, StepInfo } from '../../contract/calls.ts';
import type { Question } from '../../contract/question.ts';
import { call } from '../api/client.ts';
import { useActions } from '../state/keys.ts';
import { place } from '../state/location.ts';
import { data, hello, sayError } from '../state/session.ts';
import { aboutField } from './about-field.ts';
import type { Editor as CodeEditor } from './code-mirror.ts';
import {
  checkText,
  countSteps,
  counts,
  cursor,
  cursorStep,
  format,
  keep,
  problems,
  steps,
  takeFix,
  write,
  writtenText,
} from './draft.ts';
import { goThroughHistory } from './history.ts';
import { History } from './history-list.tsx';
import { Problems } from './problems.tsx';

/** Whether the text stands in a plain field, which screen readers read better. */
const isPlain = signal(localStorage.getItem('harrier plain editor') === 'on');
function setPlain(on: boolean): void {
  isPlain.value = on;
  localStorage.setItem('harrier plain editor', on ? 'on' : 'off');
}

/** Rises when lines of the editor have moved. */
const layout = signal(0);

/** The text of the question, with its problems below it and the rows after each command beside it. */
export function Editor({ question, onRun }: { readonly question: Question; readonly onRun: () => void }): JSX.Element {
  const text = writtenText.value;
  const code = useRef<CodeEditor | null>(null);
  const plain = useRef<HTMLTextAreaElement>(null);
  const focus = (offset: number | null = null): void => {
    if (isPlain.value) plain.current?.focus();
    else code.current?.focus(offset);
  };
  useActions(() => [
    { id: 'edit', label: 'Edit the query', keys: 'i', where: 'hunt', run: () => focus() },
    {
      id: 'format',
      label: 'Format the query',
      keys: null,
      where: 'hunt',
      run: () => void format().catch(sayError),
    },
    { id: 'fix', label: 'Take the nearest fix', keys: 'Ctrl+.', where: 'hunt', run: () => fix(focus) },
    {
      id: 'older-text',
      label: 'Query of history before',
      keys: 'Alt+ArrowUp',
      where: 'hunt',
      run: () => goThroughHistory(-1),
    },
    {
      id: 'newer-text',
      label: 'Query of history after',
      keys: 'Alt+ArrowDown',
      where: 'hunt',
      run: () => goThroughHistory(1),
    },
    {
      id: 'plain-editor',
      label: 'Plain text field for the query',
      keys: null,
      where: 'hunt',
      run: () => setPlain(!isPlain.value),
    },
  ]);
  const revision = data.value?.revision;
  useEffect(() => checkText(writtenText.value), [question.hunt, question.query, question.text, revision]);
  const canCount = hello.value !== null && hello.value.kind !== 'cluster';
  useEffect(() => {
    if (canCount) countSteps(question);
  }, [JSON.stringify(question), revision, canCount]);
  return (
    <div class="editor-box">
      <div class="editor-bar">
        <button type="button" class="quiet" onClick={() => void format().catch(sayError)}>
          Format
        </button>
        <History onChoose={() => focus()} />
        <label class="check">
          <input type="checkbox" checked={isPlain.value} onChange={(event) => setPlain(event.currentTarget.checked)} />{' '}
          plain text field
        </label>
        <span class="keys-hint">
          <kbd>i</kbd> edit <kbd>Ctrl+Enter</kbd> run <kbd>Esc</kbd> to the table
        </span>
        {canCount ? null : (
          <button type="button" onClick={() => countSteps(question)}>
            Count rows after each step
          </button>
        )}
      </div>
      <div class="editor-area">
        <div id="editor" class="editor">
          {isPlain.value ? (
            <PlainField field={plain} text={text} onRun={onRun} />
          ) : (
            <CodeField code={code} text={text} onRun={onRun} />
          )}
        </div>
        <StepRows code={code} />
      </div>
      <Problems onGo={focus} onFix={() => fix(focus)} />
      <Columns />
    </div>
  );
}

function fix(focus: (offset: number) => void): void {
  takeFix();
  // The text is in the editor by the next frame.
  requestAnimationFrame(() => focus(cursor.value));
}

/** Leaves the text for the rows; nothing that was written is lost. */
export function leave(): void {
  keep();
  const grid = document.querySelector<HTMLElement>('.result [role=grid]');
  const inner = grid?.querySelector<HTMLElement>('[tabindex="0"]') ?? grid;
  if (inner) inner.focus();
  else document.querySelector<HTMLElement>('#main')?.focus();
}

function CodeField({
  code,
  text,
  onRun,
}: {
  readonly code: { current: CodeEditor | null };
  readonly text: string;
  readonly onRun: () => void;
}): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    let isGone = false;
    import('./code-mirror.ts').then(({ openEditor }) => {
      if (isGone) return;
      code.current = openEditor(box.current!, writtenText.value, {
        onChange: write,
        onCursor: (offset) => {
          cursor.value = offset;
        },
        onRun,
        onLeave: leave,
        onFix: takeFix,
        onHistory: goThroughHistory,
        onLayout: () => {
          layout.value += 1;
        },
        complete: (written, offset, signal) => call('language/complete', { text: written, offset }, signal),
        about: aboutField,
      });
      setOpen(true);
    }, sayError);
    return () => {
      isGone = true;
      code.current?.close();
      code.current = null;
    };
  }, []);
  // What was written since is newer than what was drawn.
  useEffect(() => code.current?.setText(writtenText.value), [text, isOpen]);
  useEffect(() => code.current?.setProblems(problems.value), [problems.value, isOpen]);
  return (
    <>
      <div ref={box} class="code" />
      {isOpen ? null : <pre class="code-waiting">{text}</pre>}
    </>
  );
}

function PlainField({
  field,
  text,
  onRun,
}: {
  readonly field: { current: HTMLTextAreaElement | null };
  readonly text: string;
  readonly onRun: () => void;
}): JSX.Element {
  const look = (event: { readonly currentTarget: HTMLTextAreaElement }): void => {
    cursor.value = event.currentTarget.selectionStart;
  };
  return (
    <textarea
      ref={field}
      class="plain"
      aria-label="Query"
      aria-describedby="problems"
      spellcheck={false}
      rows={Math.max(3, text.split('\n').length + 1)}
      value={text}
      onInput={(event) => {
        look(event);
        write(event.currentTarget.value);
      }}
      onKeyUp={look}
      onClick={look}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) onRun();
        else if (event.key === 'Escape') leave();
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    />
  );
}

/** The rows after each command, on its line. */
function StepRows({ code }: { readonly code: { readonly current: CodeEditor | null } }): JSX.Element | null {
  // Reading it draws the numbers again when lines have moved.
  void layout.value;
  const known = counts.value;
  const shown = known ? ownSteps(known) : steps.value.map(waitingStep);
  if (shown.length === 0) return null;
  return <Funnel steps={placed(shown, code.current)} />;
}

type Unplaced = FunnelStep & { readonly from: number };

/** The commands of the text, each with those that chips add behind it. */
function ownSteps(known: readonly StepCount[]): Unplaced[] {
  const own: Unplaced[] = [];
  for (const { command, rows, reason, from, text } of known) {
    const before = own.at(-1);
    if (from !== null) own.push({ command, rows, reason, from, added: [], top: null });
    else if (before) own[own.length - 1] = { ...before, added: [...before.added, { text, rows }] };
  }
  return own;
}

const waitingStep = ({ command, from }: StepInfo): Unplaced => ({
  ...{ command, from, rows: null, reason: null, added: [], top: null },
});

/** Pixels that a step takes at least. */
const stepHeight = 20;

/** Steps beside their lines; where several are on one, the others follow below. */
function placed(all: readonly Unplaced[], code: CodeEditor | null): FunnelStep[] {
  if (!code || isPlain.value) return [...all];
  let next = 0;
  return all.map((step) => {
    const top = Math.max(next, code.topOf(step.from));
    next = top + stepHeight;
    return { ...step, top };
  });
}

/** Columns that are named in full. */
const mostColumns = 14;

/** The columns after the command that the cursor is in. */
function Columns(): JSX.Element | null {
  const step = steps.value[cursorStep.value];
  if (!step || place.value.question === null) return null;
  const { command, columns } = step;
  if (!columns) return <p class="columns">{`columns after ${command || 'this step'}: not known, the step is wrong`}</p>;
  const named = columns.slice(0, mostColumns).map(({ name, type }) => `${name} ${type}`);
  const more = columns.length - named.length;
  return (
    <p class="columns">
      {`columns after ${command}: ${named.join(', ')}${more > 0 ? ` and ${more.toLocaleString('en')} more` : ''}`}
    </p>
  );
}
