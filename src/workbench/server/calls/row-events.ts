import { telling, withColumns } from '../../../app/event-columns.ts';
import { InputError } from '../../../diagnostics/diagnostic.ts';
import type { Engine } from '../../../engines/engine.ts';
import { readEvents } from '../../../investigate/read-events.ts';
import {
  type EventsOfRows,
  eventsLikeRow,
  eventsOfGroups,
  groupColumns,
  keyOfRow,
  keyText,
  traceable,
} from '../../../investigate/row-events.ts';
import type { CellValue, QueryResult, ResultColumn } from '../../../values/types.ts';
import { wireCell } from '../../../values/wire-cell.ts';
import type { ProcessRef } from '../../contract/calls.ts';
import type { Handler } from '../call.ts';
import { columnsOf, cutCell } from '../cells.ts';
import type { KeptResult } from '../handles.ts';

/** Characters of a value in a table. */
const mostCharacters = 1000;

/** The events that a row was made of: those with the values of its keys, or the event that it is. */
export const rowEvents: Handler<'row-events'> = async ({ handle, row, limit }, workbench, signal) => {
  const kept = workbench.handles.get(handle);
  return workbench.ask(
    [kept.whole.text],
    async ({ engine }) => {
      const { found, key } = await eventsBehind(kept, row, engine, signal);
      const { result, total } = await readEvents(found, engine, limit, signal);
      const shown = tellingFirst(withColumns(result, [], found.query));
      return {
        ...{ total, key, notes: found.notes, processes: processesOf(result) },
        columns: columnsOf(shown.columns),
        values: shown.values.map((values) => values.map((value) => cutCell(value, mostCharacters).cell)),
      };
    },
    signal,
  );
};

async function eventsBehind(
  { whole, now }: KeptResult,
  row: number,
  engine: Engine,
  signal: AbortSignal,
): Promise<{ found: EventsOfRows; key: string | null }> {
  const answer = whole.result!;
  if (row >= answer.values.length) throw new InputError(`the answer has no row ${row + 1}`, 'run it again');
  const query = await traceable(whole.text, engine, now);
  if (groupColumns(query) === null) return { found: eventsLikeRow(query, answer, row), key: null };
  const asked = { query, engine, signal };
  const key = await keyOfRow(asked, answer, row);
  return { found: await eventsOfGroups(asked, [key]), key: keyText(key) };
}

/** What people look at first stands first. */
function tellingFirst(result: QueryResult): QueryResult {
  const { columns, values } = result;
  const rank = ({ name }: ResultColumn): number => {
    const at = telling.indexOf(name);
    return at < 0 ? telling.length : at;
  };
  const order = columns.map((_, at) => at).sort((a, b) => rank(columns[a]!) - rank(columns[b]!) || a - b);
  return {
    ...result,
    columns: order.map((at) => columns[at]!),
    values: values.map((row) => order.map((at) => row[at]!)),
  };
}

/** The processes that some of the events name, the most frequent first. */
function processesOf({ columns, values }: QueryResult): ProcessRef[] {
  const at = (name: string): number => columns.findIndex((column) => column.name === name);
  const [id, host, name] = ['process.entity_id', 'host.name', 'process.name'].map(at) as [number, number, number];
  const found = new Map<string, ProcessRef>();
  for (const row of id < 0 ? [] : values) {
    const entityId = textOf(row[id]);
    if (entityId === null) continue;
    const one = { entityId, host: textOf(row[host]), name: textOf(row[name]) };
    const key = JSON.stringify([entityId, one.host]);
    const known = found.get(key);
    found.set(key, { ...(known ?? one), name: known?.name ?? one.name, events: (known?.events ?? 0) + 1 });
  }
  return [...found.values()].sort((a, b) => b.events - a.events);
}

function textOf(value: CellValue | undefined): string | null {
  const cell = wireCell(value ?? null);
  return cell === null ? null : String(Array.isArray(cell) ? cell[0] : cell);
}
