import { useComputed, useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { memo } from 'preact/compat';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { GivenFor, VerdictWord } from '../../../view/verdict.tsx';
import type { Cell } from '../../contract/question.ts';
import type { Judgement } from '../../contract/states.ts';
import { ShownValue } from '../shown-value.tsx';
import { focusedGrid, mainGrid } from './current.ts';
import { type CellPlace, cellAfter, type Grid, type GridState } from './grid-state.ts';
import { columnsBetween, type LaidColumn, type Layout, leastWidth, rowsBetween } from './layout.ts';
import type { Rows } from './rows.ts';

const headHeight = 28;
/** Width of the heads of rows: with a verdict, and with what it was given for. */
const leadWidths = { none: 64, some: 170, changed: 290 } as const;
/** Rows that are drawn beyond what is seen, and pixels beside it. */
const moreRows = 10;
const morePixels = 300;

export interface GridProps {
  readonly label: string;
  readonly id: string;
  readonly rows: Rows;
  readonly layout: Layout;
  readonly state: GridState;
  readonly sort: { readonly column: number; readonly descending: boolean } | null;
  /** What is looked for: marked where it stands. */
  readonly find: string;
  /** Called with the table while it is shown. */
  readonly onReady: (grid: Grid) => () => void;
  readonly onSort: ((column: LaidColumn) => void) | null;
  readonly onWidth: ((name: string, width: number) => void) | null;
  /** A cell or a head was asked for its menu. */
  readonly onMenu: (cell: CellPlace, at: { readonly x: number; readonly y: number }) => void;
  readonly onOpen: (row: number) => void;
  /** Two rows were asked for their differences. */
  readonly onDiffer?: (one: number, other: number) => void;
}

/**
 * A table of any number of rows and columns, of which those are drawn that are seen. It is one tab stop: the active cell
 * is named by aria-activedescendant, so that the focus stays where cells come and go.
 */
export function DataGrid(props: GridProps): JSX.Element {
  const { label, id, rows, layout, state, sort, onReady, onMenu, onOpen } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const view = useSignal({ top: state.scrollTop, left: state.scrollLeft, width: 1200, height: 400 });
  const { count } = rows;
  const { rowHeight } = layout;
  // What is drawn changes in steps, not with every pixel.
  const drawn = useComputed(() => {
    const { top, left, width, height } = view.value;
    return JSON.stringify([
      Math.floor(top / (rowHeight * 4)) * rowHeight * 4,
      height,
      Math.floor(left / 100) * 100,
      width,
    ]);
  });
  const [top, height, left, width] = JSON.parse(drawn.value) as [number, number, number, number];
  const shown = rowsBetween(top, height + rowHeight * 4, rowHeight, count, moreRows);
  const across = columnsBetween(layout, left - morePixels, left + 100 + width + morePixels);
  const pinned = layout.columns.slice(0, layout.pinned);
  const scrolling = layout.columns.slice(across.from, across.to);
  const wanted = [...pinned, ...scrolling].map(({ at }) => at);
  // Reading the signal draws the table again when cells have come; of its rows those alone whose cells came.
  void rows.version.value;
  useEffect(() => {
    rows.want(shown.from, shown.to, wanted);
  }, [rows, shown.from, shown.to, wanted.join()]);

  const latest = useRef(props);
  latest.current = props;
  const noteSeen = (): void => {
    const { rows, layout } = latest.current;
    const first = Math.floor(state.scrollTop / layout.rowHeight);
    const end = Math.ceil((state.scrollTop + scroller.current!.clientHeight - headHeight) / layout.rowHeight);
    state.see(Math.min(rows.count, first), Math.min(rows.count, end));
  };
  useLayoutEffect(() => {
    const element = scroller.current!;
    element.scrollTop = state.scrollTop;
    element.scrollLeft = state.scrollLeft;
    const measure = (): void => {
      const next = {
        ...{ top: element.scrollTop, left: element.scrollLeft },
        ...{ width: element.clientWidth, height: element.clientHeight },
      };
      state.scrollTop = next.top;
      state.scrollLeft = next.left;
      view.value = next;
      noteSeen();
    };
    measure();
    element.addEventListener('scroll', measure, { passive: true });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => {
      element.removeEventListener('scroll', measure);
      observer.disconnect();
    };
  }, [state]);

  // The same rows stay in sight when columns begin or cease to wrap.
  useLayoutEffect(() => {
    if (state.rowHeight !== null && state.rowHeight !== rowHeight)
      scroller.current!.scrollTop = (state.scrollTop / state.rowHeight) * rowHeight;
    state.rowHeight = rowHeight;
  }, [state, rowHeight]);
  useLayoutEffect(noteSeen, [state, rowHeight, count]);
  useLayoutEffect(() => {
    const cellId = ({ row, column }: CellPlace): string => `${id}-${row}-${column}`;
    const own: Grid = {
      state,
      rows,
      columns: () => latest.current.layout.columns.map(({ at }) => at),
      focus: () => scroller.current?.focus(),
      rectangle: (cell) => document.getElementById(cellId(cell))?.getBoundingClientRect() ?? null,
    };
    const element = scroller.current!;
    const focused = (): void => {
      focusedGrid.value = own;
    };
    element.addEventListener('focus', focused);
    if (document.activeElement === element) focused();
    const end = onReady(own);
    return () => {
      element.removeEventListener('focus', focused);
      end();
      if (focusedGrid.value === own) focusedGrid.value = mainGrid.value;
    };
  }, [rows, state]);

  // What moves the active cell from elsewhere brings it into view as well.
  const active = state.active.value;
  useLayoutEffect(() => {
    const element = scroller.current!;
    bringIntoView(element, active, layout, leadWidths[rows.judged]);
  }, [active, layout]);

  const size = { rows: count, columns: layout.columns.length + 1 };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.target !== event.currentTarget) return;
    const page = Math.max(1, Math.floor((scroller.current!.clientHeight - headHeight) / rowHeight) - 1);
    const to = cellAfter(state.active.value, event, { ...size, page });
    if (!to) return;
    event.preventDefault();
    state.move(to, event.shiftKey && to.row >= 0);
  };
  const cellOf = (target: EventTarget | null): CellPlace | null => {
    const [, row, column] = /-(-?\d+)-(\d+)$/.exec((target as Element).closest('.grid-cell')?.id ?? '') ?? [];
    return row === undefined ? null : { row: Number(row), column: Number(column) };
  };
  const { selection } = state;
  const before = layout.columns[across.from]?.left ?? 0;
  const lead = leadWidths[rows.judged];
  const whole = lead + layout.width;
  const marks = useMemo(() => props.find.toLowerCase(), [props.find]);
  const isDrawn = active.row < 0 || (active.row >= shown.from && active.row < shown.to);
  const headOf = (column: LaidColumn, index: number) => ({
    ...{ id, column, index, lead, onWidth: props.onWidth },
    isActive: active.row < 0 && active.column === index,
    sorted: sort?.column === column.at ? (sort.descending ? ('descending' as const) : ('ascending' as const)) : null,
  });
  return (
    <div
      ref={scroller}
      class="grid"
      id={id}
      role="grid"
      data-keys="table"
      tabIndex={0}
      // A few rows take no more room than they need.
      style={{ maxHeight: headHeight + count * rowHeight + 24 }}
      aria-label={label}
      aria-rowcount={count + 1}
      aria-colcount={size.columns}
      aria-multiselectable="true"
      {...(isDrawn && { 'aria-activedescendant': `${id}-${active.row}-${active.column}` })}
      onKeyDown={onKeyDown}
      onMouseDown={(event) => {
        const cell = cellOf(event.target);
        if (!cell || event.button !== 0 || (event.target as Element).closest('.grip')) return;
        scroller.current!.focus({ preventScroll: true });
        if (cell.row < 0) {
          const column = layout.columns[cell.column - 1];
          state.move(cell, false);
          if (column) props.onSort?.(column);
        } else if ((event.ctrlKey || event.metaKey) && props.onDiffer) props.onDiffer(state.active.value.row, cell.row);
        else state.move(cell, event.shiftKey);
      }}
      onDblClick={(event) => {
        const cell = cellOf(event.target);
        if (cell && cell.row >= 0) onOpen(cell.row);
      }}
      onContextMenu={(event) => {
        const cell = cellOf(event.target);
        if (!cell) return;
        event.preventDefault();
        state.move(cell, false);
        scroller.current!.focus({ preventScroll: true });
        onMenu(cell, { x: event.clientX, y: event.clientY });
      }}
    >
      <div role="rowgroup" class="grid-head" style={{ width: whole }}>
        <div role="row" aria-rowindex={1} class="grid-row" style={{ height: headHeight }}>
          <div
            role="columnheader"
            id={`${id}--1-0`}
            aria-colindex={1}
            class={`grid-cell number ${active.row < 0 && active.column === 0 ? 'active' : ''}`}
            style={{ width: lead }}
          >
            {rows.judged === 'none' ? 'row' : 'row, verdict'}
          </div>
          {pinned.map((column, i) => (
            <HeadCell key={column.name} {...headOf(column, i + 1)} />
          ))}
          {before > 0 ? <Gap width={before} /> : null}
          {scrolling.map((column, i) => (
            <HeadCell key={column.name} {...headOf(column, across.from + i + 1)} />
          ))}
        </div>
      </div>
      <div role="rowgroup" class="grid-body" style={{ width: whole, height: count * rowHeight }}>
        {Array.from({ length: Math.max(0, shown.to - shown.from) }, (_, i) => {
          const row = shown.from + i;
          const isSelected =
            row >= selection.rows[0] && row <= selection.rows[1] && (selection.isRange || active.row === row);
          return (
            <GridRow
              key={row}
              id={id}
              row={row}
              place={rows.place(row)}
              isAccepted={rows.isAccepted(row)}
              judgement={rows.judgement(row)}
              lead={lead}
              layout={layout}
              from={across.from}
              to={across.to}
              activeColumn={active.row === row ? active.column : null}
              firstSelected={isSelected ? selection.columns[0] : null}
              lastSelected={isSelected ? selection.columns[1] : null}
              find={marks}
              rows={rows}
              version={rows.versionOf(row)}
            />
          );
        })}
      </div>
    </div>
  );
}

const isNumeric = (type: string): boolean => /^(?:long|integer|double|unsigned_long)$/.test(type);

const Gap = ({ width }: { readonly width: number }): JSX.Element => (
  <div class="gap" aria-hidden="true" role="presentation" style={{ width }} />
);

function HeadCell({
  id,
  column,
  index,
  lead,
  isActive,
  sorted,
  onWidth,
}: {
  readonly id: string;
  readonly column: LaidColumn;
  readonly index: number;
  readonly lead: number;
  readonly isActive: boolean;
  readonly sorted: 'ascending' | 'descending' | null;
  readonly onWidth: GridProps['onWidth'];
}): JSX.Element {
  return (
    <div
      role="columnheader"
      id={`${id}--1-${index}`}
      aria-colindex={index + 1}
      aria-sort={sorted ?? 'none'}
      class={`grid-cell ${column.isPinned ? 'pinned' : ''} ${isActive ? 'active' : ''} ${isNumeric(column.type) ? 'numeric' : ''}`}
      style={{ width: column.width, ...(column.isPinned && { left: lead + column.left }) }}
      title={`${column.name}, ${column.type}`}
    >
      <span class="column-name">{column.name}</span>
      {sorted ? (
        <span class="sort-sign" aria-hidden="true">
          {sorted === 'descending' ? '▾' : '▴'}
        </span>
      ) : null}
      {onWidth ? <Grip column={column} onWidth={onWidth} /> : null}
    </div>
  );
}

interface RowProps {
  readonly id: string;
  readonly row: number;
  readonly place: number | undefined;
  readonly isAccepted: boolean;
  readonly judgement: Judgement | null;
  readonly lead: number;
  readonly layout: Layout;
  readonly from: number;
  readonly to: number;
  readonly activeColumn: number | null;
  /** The columns that are selected of the row, with both ends. */
  readonly firstSelected: number | null;
  readonly lastSelected: number | null;
  readonly find: string;
  readonly rows: Rows;
  /** Of the cells, which are read from `rows`. */
  readonly version: number;
}

/** A row is drawn again when something that it shows has changed, and then the cells alone that have. */
const GridRow = memo((props: RowProps): JSX.Element => {
  const { id, row, place, isAccepted, judgement, lead, layout, from, to, activeColumn, find, rows } = props;
  const { firstSelected, lastSelected } = props;
  const before = layout.columns[from]?.left ?? 0;
  const cell = (column: LaidColumn, index: number): JSX.Element => (
    <GridCell
      key={column.name}
      id={`${id}-${row}-${index}`}
      column={column}
      index={index}
      value={rows.cell(row, column.at)}
      lead={column.isPinned ? lead : 0}
      isActive={activeColumn === index}
      isSelected={firstSelected !== null && index >= firstSelected && index <= lastSelected!}
      find={find}
    />
  );
  return (
    <div
      role="row"
      aria-rowindex={row + 2}
      aria-selected={firstSelected !== null}
      class={`grid-row ${isAccepted ? 'accepted' : ''} ${activeColumn !== null ? 'current' : ''}`}
      style={{ top: row * layout.rowHeight, height: layout.rowHeight }}
    >
      <div
        role="rowheader"
        id={`${id}-${row}-0`}
        aria-colindex={1}
        class={`grid-cell number ${activeColumn === 0 ? 'active' : ''}`}
        style={{ width: lead }}
      >
        {judgement !== null ? (
          <>
            <VerdictWord judgement={judgement} /> <GivenFor judgement={judgement} />
          </>
        ) : null}
        {isAccepted ? <span class="visually-hidden">accepted</span> : null}
        {place === undefined ? '…' : (place + 1).toLocaleString('en')}
      </div>
      {layout.columns.slice(0, layout.pinned).map((column, i) => cell(column, i + 1))}
      {before > 0 ? <Gap width={before} /> : null}
      {layout.columns.slice(from, to).map((column, i) => cell(column, from + i + 1))}
    </div>
  );
});

interface CellProps {
  readonly id: string;
  readonly column: LaidColumn;
  readonly index: number;
  readonly value: Cell | undefined;
  /** Width of the heads of rows; zero where the cell does not stand beside them. */
  readonly lead: number;
  readonly isActive: boolean;
  readonly isSelected: boolean;
  readonly find: string;
}

const GridCell = memo(
  ({ id, column, index, value, lead, isActive, isSelected, find }: CellProps): JSX.Element => (
    <div
      role="gridcell"
      id={id}
      aria-colindex={index + 1}
      aria-selected={isSelected}
      class={`grid-cell cell ${column.isPinned ? 'pinned' : ''} ${column.isWrapped ? 'wrapped' : ''} ${isActive ? 'active' : ''} ${isSelected ? 'selected' : ''} ${isNumeric(column.type) ? 'numeric' : ''} ${isFound(value, find) ? 'found' : ''}`}
      style={{ width: column.width, ...(column.isPinned && { left: lead + column.left }) }}
    >
      {value === undefined ? (
        <span class="coming" aria-hidden="true">
          …
        </span>
      ) : (
        <ShownValue value={value} type={column.type} name={column.name} />
      )}
    </div>
  ),
);

const isFound = (value: Cell | undefined, find: string): boolean =>
  find !== '' &&
  value !== undefined &&
  value !== null &&
  (Array.isArray(value) ? value : [value]).some((one) => String(one).toLowerCase().includes(find));

/** Drags the width of a column; a double click gives it back. */
function Grip({
  column,
  onWidth,
}: {
  readonly column: LaidColumn;
  readonly onWidth: (name: string, width: number) => void;
}): JSX.Element {
  return (
    <span
      class="grip"
      aria-hidden="true"
      onPointerDown={(event) => {
        event.preventDefault();
        event.stopPropagation();
        const grip = event.currentTarget;
        grip.setPointerCapture(event.pointerId);
        const start = event.clientX - column.width;
        const move = (moved: PointerEvent): void => onWidth(column.name, Math.max(leastWidth, moved.clientX - start));
        const end = (): void => {
          grip.removeEventListener('pointermove', move);
          grip.removeEventListener('pointerup', end);
        };
        grip.addEventListener('pointermove', move);
        grip.addEventListener('pointerup', end);
      }}
    />
  );
}

/** Scrolls as little as it takes to show a cell beside the head and the pinned columns. */
function bringIntoView(element: HTMLElement, { row, column }: CellPlace, layout: Layout, lead: number): void {
  const { rowHeight } = layout;
  if (row >= 0) {
    const top = row * rowHeight;
    const seen = element.clientHeight - headHeight;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + rowHeight > element.scrollTop + seen) element.scrollTop = top + rowHeight - seen;
  }
  const laid = layout.columns[column - 1];
  if (!laid || laid.isPinned) return;
  const seen = element.clientWidth - lead - layout.pinnedWidth;
  if (laid.left < element.scrollLeft) element.scrollLeft = laid.left;
  else if (laid.left + laid.width > element.scrollLeft + seen)
    element.scrollLeft = Math.min(laid.left, laid.left + laid.width - seen);
}
