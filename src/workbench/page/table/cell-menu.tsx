import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Calls } from '../../contract/calls.ts';
import type { Cell, ColumnInfo, Scalar } from '../../contract/question.ts';
import type { Origin, ResultInfo } from '../../contract/states.ts';
import { call } from '../api/client.ts';
import { opened } from '../hunt/opened.ts';
import { go, place } from '../state/location.ts';
import { hello, say, sayError } from '../state/session.ts';
import { countWords } from '../words.ts';
import { applyFilter } from './apply-filter.ts';
import { conditionOn, defanged, guarded, plain, toClipboard } from './copy.ts';
import { type Filter, filtersOf } from './filters.ts';
import { lookUpsOf } from './look-ups.ts';
import { Menu, type MenuGroup, type MenuItem } from './menu.tsx';
import { isSoughtElsewhere, seek } from './where-else.tsx';

type Known = Calls['cell']['answer'];

/** The cell that a menu is about: of a row of the answer, or of an event behind one. */
export interface MenuCell {
  readonly result: ResultInfo;
  /** The place of the row in the whole answer: for an event, of the row that it stands behind. */
  readonly row: number;
  readonly column: ColumnInfo;
  readonly origin: Origin;
  /** The value as it is, and how many rows have it. `isCut`: only its beginning is here, of which nothing is made. */
  read(signal?: AbortSignal): Promise<Known & { readonly isCut?: boolean }>;
}

/** The cell of a row of the answer. */
export const cellOfRow = (result: ResultInfo, row: number, column: number): MenuCell => ({
  ...{ result, row, column: result.columns[column]! },
  origin: result.origins[column] ?? { kind: 'aggregate', field: null },
  read: (signal) => call('cell', { handle: result.handle!, row, column }, signal),
});

/** What can be done with a value. Filters are made of the value as it is, which is asked for first. */
export function CellMenu({
  cell,
  at,
  onClose,
}: {
  readonly cell: MenuCell;
  readonly at: { readonly x: number; readonly y: number };
  readonly onClose: () => void;
}): JSX.Element | null {
  const { result, column } = cell;
  const [known, setKnown] = useState<Awaited<ReturnType<MenuCell['read']>> | null>(null);
  const [counts, setCounts] = useState<ReadonlyMap<string, string>>(new Map());
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    cell.read(signal).then(
      (answer) => {
        setKnown(answer);
        if (answer.isCut) return;
        countEvents(result, filtersOfCell(cell, answer.value), signal, (condition, text) =>
          setCounts((before) => new Map(before).set(condition, text)),
        ).catch(() => undefined);
      },
      (error) => {
        sayError(error);
        onClose();
      },
    );
    return () => controller.abort();
  }, []);
  if (!known) return null;
  const filters = known.isCut ? [] : filtersOfCell(cell, known.value);
  const items = (kind: 'events' | 'rows' | 'other'): MenuItem[] =>
    filters
      .filter(({ effect }) => (effect.kind === 'events' || effect.kind === 'rows' ? effect.kind : 'other') === kind)
      .map((filter, i) => ({
        label: shortened(filter.label),
        detail: leaves(filter, known, counts),
        keys:
          kind !== 'other' && i < 2 && filters.indexOf(filter) === firstOf(filters, i === 0)
            ? i === 0
              ? '+'
              : '−'
            : undefined,
        run: () => applyFilter(result, filter.effect),
      }));
  const groups: MenuGroup[] = [
    { title: 'Filter events', items: items('events') },
    { title: 'Filter rows after the query', items: items('rows') },
    { title: 'Window and threshold', items: items('other') },
    { title: 'Copy', items: copies(column, known.value) },
    { title: 'Pivot', items: pivots(cell, known.value) },
    { title: 'Elsewhere', items: known.isCut ? [] : elsewhere(cell, known.value) },
  ];
  return <Menu label={`Cell ${column.name}`} groups={groups} at={at} onClose={onClose} />;
}

/** Labels of long values keep both ends. */
const shortened = (label: string): string =>
  label.length <= 90 ? label : `${label.slice(0, 60)} … ${label.slice(-24)}`;

export const filtersOfCell = ({ column, origin }: MenuCell, value: Cell): Filter[] =>
  filtersOf(column, origin, value, opened.value?.thresholds ?? []);

/** The filter that + or − means: the first that keeps, or the first that excludes. */
const firstOf = (filters: readonly Filter[], keeps: boolean): number =>
  filters.findIndex(({ label }) => label.startsWith(keeps ? 'Only ' : 'Exclude '));

export async function filterByKey(cell: MenuCell, keeps: boolean): Promise<void> {
  const { result, column } = cell;
  const { value, isCut } = await cell.read();
  const filters = isCut ? [] : filtersOfCell(cell, value);
  const filter = filters[firstOf(filters, keeps)];
  if (!filter) return say(`there is no ${keeps ? 'only' : 'exclude'} for ${column.name}: Space shows what there is`);
  applyFilter(result, filter.effect);
  say(`${filter.label}: on ${filter.effect.kind}`);
}

/** What a filter leaves, in words. */
function leaves({ effect, count }: Filter, known: Known, counts: ReadonlyMap<string, string>): string | undefined {
  if (effect.kind === 'events') return counts.get(`${effect.keeps}${effect.condition}`) ?? 'counting …';
  const rows =
    count === 'same'
      ? known.same
      : count === 'others'
        ? known.of - known.same
        : count === 'at least'
          ? known.atLeast
          : count === 'below'
            ? known.below
            : null;
  return rows === null ? undefined : `leaves ${rows.toLocaleString('en')} of ${countWords(known.of, 'row')}`;
}

/** Counts what conditions on events leave, one after the other. */
async function countEvents(
  { question }: ResultInfo,
  filters: readonly Filter[],
  signal: AbortSignal,
  onCount: (key: string, text: string) => void,
): Promise<void> {
  for (const { effect } of filters) {
    if (effect.kind !== 'events' || !effect.keeps) continue;
    const { condition } = effect;
    const found = await call('condition-count', { question, condition }, signal).catch((error: Error) => {
      if (signal.aborted) throw error;
      return { rows: null, of: null, reason: error.message };
    });
    const { rows, of, reason } = found;
    const text = (left: number): string => `leaves ${left.toLocaleString('en')} of ${countWords(of ?? left, 'event')}`;
    onCount(`true${condition}`, rows === null ? `not counted: ${reason}` : text(rows));
    onCount(`false${condition}`, rows === null || of === null ? `not counted: ${reason ?? ''}` : text(of - rows));
  }
}

function copies({ name, type }: ColumnInfo, value: Cell): MenuItem[] {
  const text = value === null ? '' : plain(value);
  const condition = conditionOn(name, type, value);
  const item = (label: string, copied: string): MenuItem => ({
    label,
    detail: copied === text ? undefined : shortened(copied),
    run: () => void copyText(copied, label).catch(sayError),
  });
  return [
    item('Copy value', text),
    item('Copy for a spreadsheet', guarded(text)),
    ...(condition === null ? [] : [item('Copy as condition', condition)]),
    ...(typeof value === 'string' ? [item('Copy defanged', defanged(text))] : []),
  ];
}

export async function copyText(text: string, what: string): Promise<void> {
  await toClipboard(text);
  say(`${what}: ${countWords(text.length, 'character')} copied`);
}

/** Ids of processes lead to their process. */
function pivots({ row, column: { name } }: MenuCell, value: Cell): MenuItem[] {
  if (!isProcessId(name) || value === null) return [];
  return scalarsOf(value).map((id) => ({
    label: `Process ${shortened(String(id))}`,
    keys: 'p',
    run: () => openProcess(row, String(id)),
  }));
}

/** Values of a cell that are offered one by one. */
const mostValues = 5;
const scalarsOf = (value: Cell): readonly Scalar[] =>
  value === null || value === ''
    ? []
    : (Array.isArray(value) ? (value as readonly Scalar[]) : [value as Scalar]).slice(0, mostValues);

/** Where a value is in all events, and pages elsewhere that know more of it. These are opened by a click alone. */
function elsewhere({ column: { name, type }, origin }: MenuCell, value: Cell): MenuItem[] {
  const values = scalarsOf(value);
  const off = hello.value?.can.elsewhere ?? undefined;
  return [
    ...(isSoughtElsewhere(type) ? values : []).map((one) => ({
      label: `Where else is ${shortened(String(one))}`,
      off,
      run: () => seek({ value: one, type, name }),
    })),
    ...values.flatMap((one) =>
      lookUpsOf(hello.value?.links ?? [], origin.field ?? name, String(one)).map(({ name: page, address }) => ({
        label: `Look up at ${page}`,
        detail: address,
        run: () => void window.open(address, '_blank', 'noopener,noreferrer'),
      })),
    ),
  ];
}

export const isProcessId = (column: string): boolean => /(?:^|\.)entity_id$/.test(column);

/** Shows a process in the drawer. */
export const openProcess = (row: number, id: string): void =>
  go({ row, panel: 'process', options: { ...place.value.options, process: id } });
