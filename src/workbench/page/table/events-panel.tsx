import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { RowEventsInfo } from '../../contract/calls.ts';
import { CallError, call } from '../api/client.ts';
import { sayError } from '../state/session.ts';
import { countWords } from '../words.ts';
import { holdFocus, type PanelProps } from './drawer.tsx';
import { DataGrid } from './grid.tsx';
import { GridState } from './grid-state.ts';
import { layOut, noChoices, withWidth } from './layout.ts';
import { RecordView } from './record.tsx';
import { LoadedRows } from './rows.ts';

/** Events that are read at first, and when more are asked for. */
const first = 100;
const more = 5000;

type Known = { readonly info: RowEventsInfo } | { readonly refusal: string; readonly hint: string | null } | null;

/** The events that a row was made of, the oldest first. */
export function EventsPanel({ result, row }: PanelProps): JSX.Element {
  const [limit, setLimit] = useState(first);
  const [known, setKnown] = useState<Known>(null);
  useEffect(() => setLimit(first), [result.handle, row]);
  useEffect(() => {
    const controller = new AbortController();
    holdFocus();
    setKnown(null);
    call('row-events', { question: result.question, handle: result.handle!, row, limit }, controller.signal).then(
      (info) => setKnown({ info }),
      (error) => {
        if (controller.signal.aborted) return;
        if (error instanceof CallError) setKnown({ refusal: error.message, hint: error.hint });
        else sayError(error);
      },
    );
    return () => controller.abort();
  }, [result.handle, row, limit]);
  if (!known) return <p role="status">reading events …</p>;
  if ('refusal' in known)
    return (
      <p role="status">
        {`cannot trace: ${known.refusal}`}
        {known.hint === null ? null : <span class="remedy">{` → ${known.hint}`}</span>}
      </p>
    );
  return <Events info={known.info} onMore={() => setLimit(more)} />;
}

function Events({ info, onMore }: { readonly info: RowEventsInfo; readonly onMore: () => void }): JSX.Element {
  const { columns, values, total, key, notes } = info;
  const state = useMemo(() => new GridState(), [info]);
  const rows = useMemo(() => new LoadedRows(columns, values), [info]);
  const [choices, setChoices] = useState(noChoices);
  const [opened, setOpened] = useState<number | null>(null);
  const layout = useMemo(() => layOut(columns, choices), [columns, choices]);
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const drawer = box.current?.closest('.drawer');
    if (drawer?.contains(document.activeElement)) box.current?.querySelector<HTMLElement>('[role=grid]')?.focus();
  }, [info]);
  const isCut = values.length < total;
  return (
    <div class="events" ref={box}>
      <p role="status">
        {isCut ? `${values.length.toLocaleString('en')} of ${countWords(total, 'event')}` : countWords(total, 'event')}
        {key !== null && key !== '' ? (
          <span class="soft">
            {' of '}
            <bdi>{key}</bdi>
          </span>
        ) : null}
        {isCut && values.length < more ? (
          <button type="button" class="quiet" onClick={onMore}>
            {`Read ${Math.min(more, total).toLocaleString('en')}`}
          </button>
        ) : null}
        {notes.map((note) => (
          <span key={note} class="soft">{` · ${note}`}</span>
        ))}
      </p>
      {total === 0 ? (
        <p>No event has these values any more: the data has changed since. Ctrl+Enter runs the query again.</p>
      ) : (
        // biome-ignore lint/a11y/noStaticElementInteractions: Enter is a key of the table within
        <div
          class="events-box"
          onKeyDown={(event) => {
            if (event.key !== 'Enter' && event.key !== 'v') return;
            if (!(event.target as Element).matches('[role=grid]')) return;
            event.preventDefault();
            setOpened(Math.max(0, state.active.value.row));
          }}
        >
          <DataGrid
            id="events"
            label={`${countWords(values.length, 'event')} of ${total.toLocaleString('en')}`}
            rows={rows}
            layout={layout}
            state={state}
            sort={null}
            find=""
            onReady={() => () => undefined}
            onSort={null}
            onWidth={(name, width) => setChoices(withWidth(choices, name, width))}
            onMenu={({ row }) => setOpened(Math.max(0, row))}
            onOpen={setOpened}
          />
        </div>
      )}
      {opened !== null && values[opened] ? (
        <RecordView
          title={`Event ${opened + 1}`}
          columns={columns}
          read={async () => ({ values: values[opened]!, cut: [] })}
          readWhole={null}
          onClose={() => setOpened(null)}
        />
      ) : null}
    </div>
  );
}
