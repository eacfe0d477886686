import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { compareCells } from '../../../values/cell-order.ts';
import type { RowEventsInfo } from '../../contract/calls.ts';
import type { Cell, ColumnInfo } from '../../contract/question.ts';
import { CallError, call } from '../api/client.ts';
import { hasLetterKeys } from '../state/keys.ts';
import { sayError } from '../state/session.ts';
import { countWords } from '../words.ts';
import { CellMenu, filterByKey, type MenuCell } from './cell-menu.tsx';
import { holdFocus, type PanelProps } from './drawer.tsx';
import { DataGrid } from './grid.tsx';
import { type CellPlace, GridState } from './grid-state.ts';
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
  return <Events info={known.info} result={result} row={row} onMore={() => setLimit(more)} />;
}

/** Characters at which the server cuts a value of an event: nothing is made of what is not whole. */
const cutAt = 1000;

/** The cell of an event: a filter on it is a condition on events. */
const cellOfEvent = (
  { result, row }: PanelProps,
  column: ColumnInfo,
  value: Cell,
  all: readonly (readonly Cell[])[],
): MenuCell => ({
  ...{ result, row, column, origin: { kind: 'event', field: column.name } },
  read: async () => ({
    ...{ value, same: all.length, of: all.length, below: null, atLeast: null },
    isCut: (Array.isArray(value) ? value : [value]).some((one) => typeof one === 'string' && one.length >= cutAt),
  }),
});

interface Sort {
  readonly column: number;
  readonly descending: boolean;
}

function Events({
  info,
  result,
  row: behind,
  onMore,
}: PanelProps & { readonly info: RowEventsInfo; readonly onMore: () => void }): JSX.Element {
  const { columns, total, key, notes } = info;
  const state = useMemo(() => new GridState(), [info]);
  const [sort, setSort] = useState<Sort | null>(null);
  const values = useMemo(() => {
    const type = sort && columns[sort.column]?.type;
    return sort && type !== undefined
      ? [...info.values].sort((a, b) => compareCells(a[sort.column]!, b[sort.column]!, type!, sort.descending))
      : info.values;
  }, [info, sort]);
  const rows = useMemo(() => new LoadedRows(columns, values), [values]);
  const [choices, setChoices] = useState(noChoices);
  const [opened, setOpened] = useState<number | null>(null);
  const [menu, setMenu] = useState<{ readonly cell: MenuCell; readonly at: { x: number; y: number } } | null>(null);
  const layout = useMemo(() => layOut(columns, choices), [columns, choices]);
  const box = useRef<HTMLDivElement>(null);
  const focusTable = (): void => box.current?.querySelector<HTMLElement>('[role=grid]')?.focus();
  useLayoutEffect(() => {
    const drawer = box.current?.closest('.drawer');
    if (drawer?.contains(document.activeElement)) focusTable();
  }, [info]);
  const isCut = values.length < total;
  const cellAt = ({ row, column }: CellPlace): MenuCell | null => {
    const laid = layout.columns[Math.max(0, column - 1)];
    const value = laid && values[row]?.[laid.at];
    return laid && value !== undefined ? cellOfEvent({ result, row: behind }, columns[laid.at]!, value, values) : null;
  };
  const sortBy = (column: number): void =>
    setSort(
      sort?.column !== column ? { column, descending: false } : sort.descending ? null : { column, descending: true },
    );
  const openMenu = (place: CellPlace, at: { x: number; y: number }): void => {
    const cell = cellAt(place);
    if (cell) setMenu({ cell, at });
  };
  const onKey = (event: KeyboardEvent): void => {
    if (!(event.target as Element).matches('[role=grid]') || event.ctrlKey || event.altKey || event.metaKey) return;
    const { row, column } = state.active.value;
    const cell = cellAt({ row, column });
    const laid = layout.columns[Math.max(0, column - 1)];
    const isLetter = event.key.length === 1 && event.key !== ' ';
    if (isLetter && !hasLetterKeys.value) return;
    if ((event.key === 'Enter' || event.key === 's') && laid && (row < 0 || event.key === 's')) sortBy(laid.at);
    else if (event.key === 'Enter' || event.key === 'v') setOpened(Math.max(0, row));
    else if (event.key === ' ') {
      const drawn = document.getElementById(`events-${row}-${column}`)?.getBoundingClientRect();
      openMenu({ row, column }, { x: drawn?.left ?? innerWidth / 3, y: drawn?.bottom ?? innerHeight / 2 });
    } else if ((event.key === '+' || event.key === '-') && cell)
      void filterByKey(cell, event.key === '+').catch(sayError);
    else return;
    event.preventDefault();
  };
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
        {isCut && sort ? <span class="soft"> · sorted among those read</span> : null}
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
        // biome-ignore lint/a11y/noStaticElementInteractions: these are keys of the table within
        <div class="events-box" onKeyDown={onKey}>
          <DataGrid
            id="events"
            label={`${countWords(values.length, 'event')} of ${total.toLocaleString('en')}`}
            rows={rows}
            layout={layout}
            state={state}
            sort={sort}
            find=""
            onReady={() => () => undefined}
            onSort={({ at }) => sortBy(at)}
            onWidth={(name, width) => setChoices(withWidth(choices, name, width))}
            onMenu={openMenu}
            onOpen={setOpened}
          />
        </div>
      )}
      {menu ? (
        <CellMenu
          cell={menu.cell}
          at={menu.at}
          onClose={() => {
            setMenu(null);
            focusTable();
          }}
        />
      ) : null}
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
