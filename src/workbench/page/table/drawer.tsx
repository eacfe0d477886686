import type { ComponentType, JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Cell } from '../../contract/question.ts';
import type { ResultInfo } from '../../contract/states.ts';
import { call } from '../api/client.ts';
import { ShownValue } from '../shown-value.tsx';
import { openLayer } from '../state/keys.ts';
import { go, type Panel, place } from '../state/location.ts';
import { AcceptPanel } from './accept-panel.tsx';
import { isProcessId } from './cell-menu.tsx';
import { mainGrid, stepRow } from './current.ts';
import { EventsPanel } from './events-panel.tsx';
import { NotePanel } from './note-panel.tsx';
import { ProcessPanel } from './process-panel.tsx';

export interface PanelProps {
  readonly result: ResultInfo;
  /** The place of the row in the whole answer. */
  readonly row: number;
}

interface PanelKind {
  readonly label: string;
  readonly keys: string;
  readonly Body: ComponentType<PanelProps>;
}

/** What the drawer can show of a row. */
export const panels: Partial<Record<Panel, PanelKind>> = {
  events: { label: 'Events', keys: 'e', Body: EventsPanel },
  process: { label: 'Process', keys: 'p', Body: ProcessPanel },
  accept: { label: 'Accept', keys: 'a', Body: AcceptPanel },
  note: { label: 'Note', keys: 'n', Body: NotePanel },
};

/** Closes the drawer: the table is as it was left. */
export function closeDrawer(): void {
  const { process: _, ...options } = place.value.options;
  go({ row: null, panel: null, options });
  mainGrid.value?.focus();
}

/** Keeps the focus in the drawer while what has it is replaced. */
export function holdFocus(): void {
  const drawer = document.querySelector<HTMLElement>('.drawer');
  if (drawer?.contains(document.activeElement)) drawer.focus({ preventScroll: true });
}

/** What stands behind a row, below the table. */
export function Drawer({ result, row, panel }: PanelProps & { readonly panel: Panel }): JSX.Element | null {
  const box = useRef<HTMLElement>(null);
  useLayoutEffect(() => openLayer(closeDrawer), []);
  useLayoutEffect(() => {
    if (!box.current!.contains(document.activeElement)) box.current!.focus({ preventScroll: true });
    box.current!.scrollIntoView({ block: 'nearest' });
  }, [panel]);
  const kind = panels[panel];
  if (!kind) return null;
  const { Body } = kind;
  return (
    <section ref={box} class="drawer" aria-label={`Row ${row + 1}: ${kind.label}`} tabIndex={-1} data-keys="table">
      <header>
        <h2>{`row ${(row + 1).toLocaleString('en')}`}</h2>
        <RowTitle result={result} row={row} />
        <div role="tablist" aria-label="Panels">
          {(Object.entries(panels) as [Panel, PanelKind][]).map(([name, { label, keys }]) => (
            <button
              key={name}
              type="button"
              role="tab"
              id={`panel-${name}`}
              aria-selected={name === panel}
              aria-controls="panel-body"
              onClick={() => go({ panel: name })}
            >
              {label} <kbd>{keys}</kbd>
            </button>
          ))}
        </div>
        <button type="button" class="quiet" aria-label="Hit before" onClick={() => stepRow(-1)}>
          <kbd>[</kbd>
        </button>
        <button type="button" class="quiet" aria-label="Next hit" onClick={() => stepRow(1)}>
          <kbd>]</kbd>
        </button>
        <button type="button" class="quiet" onClick={closeDrawer}>
          Close <kbd>Esc</kbd>
        </button>
      </header>
      <div id="panel-body" role="tabpanel" aria-labelledby={`panel-${panel}`}>
        <Body result={result} row={row} />
      </div>
    </section>
  );
}

/** Values of a row that stand in its title. */
const mostValues = 4;

/** What identifies a row: the values of its keys, else of its first columns. */
function RowTitle({ result, row }: PanelProps): JSX.Element {
  const [values, setValues] = useState<readonly Cell[] | null>(null);
  useEffect(() => {
    const controller = new AbortController();
    call('record', { handle: result.handle!, row }, controller.signal).then(
      (record) => setValues(record.values),
      // The panel says what is wrong.
      () => undefined,
    );
    return () => controller.abort();
  }, [result.handle, row]);
  const keys = new Set(result.keys);
  const shown = result.columns
    .map((column, at) => ({ column, value: values?.[at] ?? null }))
    .filter(({ column, value }) => value !== null && (keys.size === 0 || keys.has(column.name)))
    // Ids say little to people.
    .sort((a, b) => Number(isProcessId(a.column.name)) - Number(isProcessId(b.column.name)))
    .slice(0, mostValues);
  return (
    <p class="row-title">
      {shown.map(({ column, value }) => (
        <span key={column.name} class="cell" title={column.name}>
          <ShownValue value={value} type={column.type} name={column.name} />
        </span>
      ))}
    </p>
  );
}
