import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { cellWords } from '../../../view/value.tsx';
import type { ColumnInfo, Question } from '../../contract/question.ts';
import type { ResultInfo } from '../../contract/states.ts';
import { call } from '../api/client.ts';
import { go, place, questionKey } from '../state/location.ts';
import { judged, results, sayError } from '../state/session.ts';
import { countWords } from '../words.ts';
import { askForMore } from './apply-filter.ts';
import { CellMenu, cellOfRow, type MenuCell } from './cell-menu.tsx';
import { CopyMenu } from './copy-menu.tsx';
import { focusedGrid, mainGrid, refreshRows, rowsRevision, shownResult } from './current.ts';
import { DifferencesView } from './differences-view.tsx';
import { Drawer } from './drawer.tsx';
import { DataGrid } from './grid.tsx';
import { type Grid, GridState } from './grid-state.ts';
import { HeadMenu } from './head-menu.tsx';
import { type ColumnChoices, choicesFromOptions, choicesToOptions, layOut, widthOf, withWidth } from './layout.ts';
import { setOption, setOptions, toggleHidden } from './options.ts';
import { PlainTable } from './plain-table.tsx';
import { RecordView } from './record.tsx';
import { type Look, PagedRows } from './rows.ts';
import { Strip } from './strip.tsx';
import { useTableActions } from './table-actions.ts';

/** The last answer to a query, whatever was changed about it since: its rows stay readable. */
const lastAnswers = new Map<string, ResultInfo>();
const queryKey = ({ hunt, query }: Question): string => JSON.stringify([hunt, query]);

/** What came of a question: its state in words, its rows, and below them what stands behind a row. */
export function Result({ question }: { readonly question: Question }): JSX.Element {
  const own = results.value.get(questionKey(question));
  if (own) lastAnswers.set(queryKey(question), own);
  const result = own ?? lastAnswers.get(queryKey(question)) ?? null;
  const [isGone, setGone] = useState(false);
  const withHidden = place.value.options.hidden !== undefined;
  useLayoutEffect(() => {
    shownResult.value = result;
    setGone(false);
    return () => {
      shownResult.value = null;
    };
  }, [result]);
  return (
    <section class="result" aria-label="Result">
      <Strip question={question} result={result} isGone={isGone} withHidden={withHidden} onHidden={toggleHidden} />
      {result?.handle && result.columns.length > 0 && result.rows + hiddenRows(result) > 0 ? (
        <Table key={result.handle} result={result} onGone={() => setGone(true)} />
      ) : null}
    </section>
  );
}

const hiddenRows = ({ hidden }: ResultInfo): number => hidden.reduce((sum, { rows }) => sum + rows, 0);

/** `bytes_sent`, `bytes_sent desc`: the order of rows as the address has it. */
function sortOf(text: string | undefined, { columns }: ResultInfo): Look['sort'] {
  if (text === undefined) return null;
  const descending = text.endsWith(' desc');
  const column = columns.findIndex(({ name }) => name === (descending ? text.slice(0, -5) : text));
  return column < 0 ? null : { column, descending };
}

type Open =
  | { readonly kind: 'cell'; readonly cell: MenuCell; readonly at: { readonly x: number; readonly y: number } }
  | { readonly kind: 'head'; readonly name: string; readonly at: { readonly x: number; readonly y: number } }
  | { readonly kind: 'copy'; readonly grid: Grid; readonly at: { readonly x: number; readonly y: number } }
  | { readonly kind: 'record'; readonly row: number }
  | { readonly kind: 'differences'; readonly rows: readonly [number, number] };

function Table({ result, onGone }: { readonly result: ResultInfo; readonly onGone: () => void }): JSX.Element {
  const { options, row: openRow, panel } = place.value;
  const { handle, columns } = result;
  const filter = options.filter ?? '';
  const hidden = options.hidden !== undefined;
  const sort = sortOf(options.sort, result);
  const choices = useMemo(
    () => choicesFromOptions(options),
    [options.order, options.hide, options.pin, options.wrap, options.width],
  );
  const layout = useMemo(() => layOut(columns, choices), [columns, choices]);
  const state = useMemo(() => new GridState(), []);
  const revision = rowsRevision.value;
  const rows = useMemo(
    () =>
      new PagedRows(handle!, columns, result.rows + (hidden ? hiddenRows(result) : 0), {
        ...{ sort, hidden },
        filter: filter === '' ? null : filter,
      }),
    [handle, filter, hidden, options.sort, revision],
  );
  useEffect(() => () => rows.close(), [rows]);
  const heard = judged.value;
  const first = useRef(heard);
  useEffect(() => {
    if (heard === first.current) return;
    first.current = heard;
    // Somebody has judged: here, in another tab, or another hunt.
    rows.renewJudgements().then((same) => {
      if (!same) refreshRows();
    }, sayError);
  }, [heard]);
  const [open, setOpen] = useState<Open | null>(null);
  const [isPlain, setPlain] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  // Reading the signals draws the table again when rows have come.
  void rows.version.value;
  const isGone = rows.isGone.value;
  useEffect(() => {
    if (isGone) onGone();
  }, [isGone]);
  useEffect(() => {
    const { active } = state;
    if (active.value.row >= rows.count) state.move({ ...active.value, row: Math.max(0, rows.count - 1) }, false);
  }, [rows, rows.count]);
  // Without a place of its own the focus goes to what was found.
  useLayoutEffect(() => {
    const now = document.activeElement;
    if (!now || now === document.body || now.matches('#main, .hunt-list a, .hunt > header *')) mainGrid.value?.focus();
  }, []);

  const choose = (next: ColumnChoices): void => setOptions(choicesToOptions(next));
  const sortBy = (name: string): void => {
    const now = options.sort;
    setOption('sort', now === name ? `${name} desc` : now === `${name} desc` ? '' : name);
  };
  const openDrawer = (row: number): void => {
    const at = rows.place(row);
    if (at !== undefined) go({ row: at, panel: panel ?? 'events' });
  };
  /** By their places in the answer: rows may be sorted meanwhile. */
  const openDifferences = (one: number, other: number): void => {
    const [a, b] = [rows.place(one), rows.place(other)];
    if (a !== undefined && b !== undefined && a !== b) setOpen({ kind: 'differences', rows: [a, b] });
  };
  const closeMenu = (): void => {
    setOpen(null);
    (focusedGrid.value ?? mainGrid.value)?.focus();
  };
  const cellAt = (row: number, column: number): MenuCell | null => {
    const at = rows.place(row);
    const laid = layout.columns[column - 1];
    return at === undefined || !laid ? null : cellOfRow(result, at, laid.at);
  };
  const onMenu = (cell: { row: number; column: number }, at: { x: number; y: number }): void => {
    const laid = layout.columns[Math.max(0, cell.column - 1)];
    if (cell.row < 0) {
      if (laid) setOpen({ kind: 'head', name: laid.name, at });
      return;
    }
    const found = cellAt(cell.row, Math.max(1, cell.column));
    if (found) setOpen({ kind: 'cell', cell: found, at });
  };
  useTableActions({
    cellAt,
    onMenu,
    openDrawer,
    openRecord: (row) => setOpen({ kind: 'record', row }),
    openDifferences: (one, other) => openDifferences(one, other),
    openCopy: (grid, at) => setOpen({ kind: 'copy', grid, at }),
    sortBy: (column) => {
      const laid = layout.columns[Math.max(0, column - 1)];
      if (laid) sortBy(laid.name);
    },
    find: () => box.current?.querySelector<HTMLInputElement>('.filter-rows input')?.focus(),
  });
  const recordPlace = open?.kind === 'record' ? rows.place(open.row) : undefined;
  return (
    <div class={`table-box ${openRow !== null && panel !== null ? 'with-drawer' : ''}`} ref={box}>
      <div class="table-head">
        <label class="filter-rows">
          <span class="visually-hidden">Filter rows</span>
          <input
            type="search"
            placeholder="Filter rows"
            value={filter}
            onInput={(event) => setOption('filter', event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter' && event.key !== 'ArrowDown') return;
              event.preventDefault();
              mainGrid.value?.focus();
            }}
          />
        </label>
        {choices.hidden.length > 0 ? (
          <button type="button" class="quiet" onClick={() => choose({ ...choices, hidden: [] })}>
            {`Show ${countWords(choices.hidden.length, 'hidden column')}`}
          </button>
        ) : null}
        <button type="button" class="quiet" aria-pressed={isPlain} onClick={() => setPlain(!isPlain)}>
          As a plain table
        </button>
      </div>
      {isPlain ? (
        <PlainTable rows={rows} layout={layout} label={captionOf(result, rows.count)} />
      ) : (
        <DataGrid
          id="rows"
          label={captionOf(result, rows.count)}
          rows={rows}
          layout={layout}
          state={state}
          sort={sort}
          find={filter}
          onReady={(grid) => {
            mainGrid.value = grid;
            return () => {
              if (mainGrid.value === grid) mainGrid.value = null;
            };
          }}
          onSort={({ name }) => sortBy(name)}
          onWidth={(name, width) => choose(withWidth(choices, name, width))}
          onMenu={onMenu}
          onOpen={openDrawer}
          onDiffer={openDifferences}
        />
      )}
      <Foot result={result} rows={rows} state={state} />
      {rows.failure.value !== null && !isGone ? (
        <p class="state-failed" role="alert">{`rows cannot be read: ${rows.failure.value}`}</p>
      ) : null}
      {openRow !== null && panel !== null ? <Drawer result={result} row={openRow} panel={panel} /> : null}
      {open?.kind === 'cell' ? <CellMenu cell={open.cell} at={open.at} onClose={closeMenu} /> : null}
      {open?.kind === 'head' ? (
        <HeadMenu
          name={open.name}
          at={open.at}
          columns={columns}
          choices={choices}
          fit={() => widthOf(open.name, wordsOf(rows, columns, open.name))}
          onChoose={choose}
          onSort={setOption}
          onClose={closeMenu}
        />
      ) : null}
      {open?.kind === 'copy' ? <CopyMenu grid={open.grid} result={result} at={open.at} onClose={closeMenu} /> : null}
      {open?.kind === 'differences' ? (
        <DifferencesView
          columns={columns}
          rows={open.rows}
          read={(row, signal) => call('record', { handle: handle!, row }, signal)}
          onClose={() => setOpen(null)}
        />
      ) : null}
      {recordPlace !== undefined ? (
        <RecordView
          title={`Row ${(recordPlace + 1).toLocaleString('en')}`}
          columns={columns}
          read={(signal) => call('record', { handle: handle!, row: recordPlace }, signal)}
          readWhole={async (column) => (await call('cell', { handle: handle!, row: recordPlace, column })).value}
          onClose={() => setOpen(null)}
        />
      ) : null}
    </div>
  );
}

/** The values of a column in the rows that have come, as they are shown. */
function* wordsOf(rows: PagedRows, columns: readonly ColumnInfo[], name: string): Iterable<string> {
  const at = columns.findIndex((column) => column.name === name);
  for (let row = 0; row < rows.count; row++) {
    const value = rows.cell(row, at);
    if (value !== undefined) yield cellWords(value, columns[at]!.type, name);
  }
}

const captionOf = ({ columns }: ResultInfo, count: number): string =>
  `${countWords(count, 'row')}, ${countWords(columns.length, 'column')}`;

/** Rows of a run without a smaller LIMIT: the size that the table is made for. */
const mostAsked = 10_000;

function Foot({
  result,
  rows,
  state,
}: {
  readonly result: ResultInfo;
  readonly rows: PagedRows;
  readonly state: GridState;
}): JSX.Element {
  const { count } = rows;
  const { row } = state.active.value;
  const [from, to] = state.seen.value;
  const active = row < 0 ? '' : `row ${(row + 1).toLocaleString('en')}, `;
  const all =
    rows.look.filter === null ? '' : ` that have "${rows.look.filter}" of ${result.rows.toLocaleString('en')}`;
  return (
    <p class="foot">
      <span>{`${active}${Math.min(to, from + 1).toLocaleString('en')}-${to.toLocaleString('en')} of ${count.toLocaleString('en')}${all}${result.isCut ? ', cut' : ''}`}</span>
      {result.isCut && result.rows < mostAsked ? (
        <button type="button" class="quiet" onClick={() => askForMore(result, mostAsked)}>
          run all (LIMIT {mostAsked.toLocaleString('en')})
        </button>
      ) : null}
      {count === 0 && rows.look.filter !== null ? (
        <button type="button" onClick={() => setOption('filter', '')}>
          Clear the filter
        </button>
      ) : null}
    </p>
  );
}
