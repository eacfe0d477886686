import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { savedRuns } from '../compare/saved-runs.ts';
import { actions } from '../state/keys.ts';
import { go, noQuestion, openQuestion } from '../state/location.ts';
import { hunts } from '../state/session.ts';
import { Dialog } from './dialog.tsx';
import { type Entry, entriesOf, searchEntries } from './entries.ts';
import { closeSheet } from './sheet.ts';

/** Entries that are drawn: further ones are found by typing. */
const mostShown = 60;
const headings = { command: 'Commands', hunt: 'Hunts', run: 'Saved runs' } as const;

/** Everything that can be done, by name. */
export function Palette(): JSX.Element {
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  const all = entriesOf({
    actions: actions.value.filter(({ id }) => id !== 'palette'),
    hunts: hunts.value,
    runs: savedRuns.value ?? [],
    openHunt: ({ id }) => openQuestion({ ...noQuestion, hunt: id }),
    openRun: ({ name }) =>
      go({ view: 'compare', question: null, row: null, panel: null, options: { before: name, after: '' } }),
  });
  const found = searchEntries(all, text);
  const shown = found.slice(0, mostShown);
  const current = shown[Math.min(at, shown.length - 1)];
  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }, [current?.id]);
  const choose = (entry: Entry | undefined): void => {
    if (!entry) return;
    closeSheet();
    // What it does may depend on where the focus was, which returns when the dialog is gone.
    setTimeout(() => entry.run());
  };
  const move = (by: number): void => setAt((at + by + shown.length) % Math.max(1, shown.length));
  return (
    <Dialog label="Command palette" name="palette">
      <input
        data-first
        type="text"
        role="combobox"
        aria-label="Search commands, hunts and runs"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-autocomplete="list"
        aria-activedescendant={current ? optionId(shown.indexOf(current)) : undefined}
        autocomplete="off"
        spellcheck={false}
        placeholder="Search commands, hunts and runs"
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          const does = own(event.key, { move, choose: () => choose(current), count: shown.length, setAt });
          if (!does) return;
          event.preventDefault();
          event.stopPropagation();
          does();
        }}
      />
      <ul ref={list} id="palette-list" role="listbox" aria-label="Found">
        {shown.map((entry, i) => (
          <li
            key={entry.id}
            id={optionId(i)}
            role="option"
            aria-selected={entry === current}
            onMouseMove={() => setAt(i)}
            onClick={() => choose(entry)}
          >
            <span class="kind">{entry.kind === shown[i - 1]?.kind ? '' : headings[entry.kind]}</span>
            <span class="label">{entry.label}</span>
            <span class="detail">{entry.detail}</span>
            {entry.keys.map((keys) => (
              <kbd key={keys}>{keys}</kbd>
            ))}
          </li>
        ))}
      </ul>
      <p class="found" role="status">
        {found.length === 0
          ? `Nothing is called ${text.trim()}.`
          : `${shown.length} of ${found.length}${found.length > shown.length ? ': type to narrow' : ''}`}
      </p>
    </Dialog>
  );
}

const optionId = (place: number): string => `palette-${place}`;

/** What a key does in the field; undefined for keys that only type. */
function own(
  key: string,
  {
    move,
    choose,
    count,
    setAt,
  }: {
    readonly move: (by: number) => void;
    readonly choose: () => void;
    readonly count: number;
    readonly setAt: (at: number) => void;
  },
): (() => void) | undefined {
  switch (key) {
    case 'ArrowDown':
      return () => move(1);
    case 'ArrowUp':
      return () => move(-1);
    case 'PageDown':
      return () => setAt(count - 1);
    case 'PageUp':
      return () => setAt(0);
    case 'Enter':
      return choose;
    default:
      return undefined;
  }
}
