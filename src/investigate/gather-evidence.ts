import { InputError } from '../diagnostics/diagnostic.ts';
import type { Engine } from '../engines/engine.ts';
import type { QueryText } from '../languages/esql/compiled-query.ts';
import { aggregateCall, countWhere, filtered, freshColumns, grouped, hasValue } from '../plan/build.ts';
import type { Column } from '../plan/column.ts';
import { type Expression, reference } from '../plan/expression.ts';
import type { Plan } from '../plan/nodes.ts';
import type { CellValue } from '../values/types.ts';
import { type Evidence, noEvidence } from './evidence.ts';
import type { IndexPattern } from './indices.ts';
import { kinFields, treesOfEntities } from './kinship.ts';
import { rhythmOf } from './rhythm.ts';
import {
  type EventsOfRows,
  eventOfRow,
  eventsOfGroups,
  type GroupKey,
  groupColumns,
  keysOfRows,
  keyText,
  traceable,
} from './row-events.ts';
import { spanOf } from './time-functions.ts';

/** The fields that evidence is made of, as queries that name them. */
export const evidenceFields = (): string[] => [
  'FROM * | KEEP @timestamp, destination.address, destination.ip, source.bytes, process.entity_id',
  kinFields(),
];

/** Rows whose events are looked at together, and rows that are looked at one by one. */
const mostRows = 100;
const topRows = 5;
const mostTimes = 5000;
const mostDestinations = 15;
const mostSpans = 60;
const nowhere = { start: 0, end: 0 };

interface Asked {
  readonly engine: Engine;
  /** Where the processes of hits are looked for. */
  readonly pattern: IndexPattern;
  readonly now: Date;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Looks at the events behind the hits of a query. `places`: where these stand among its rows, from zero. Rows that
 * cannot be traced back give no evidence.
 */
export async function gatherEvidence(text: QueryText, places: readonly number[], asked: Asked): Promise<Evidence> {
  const { engine, now, signal } = asked;
  const first = places.slice(0, mostRows);
  const reach = Math.max(...first) + 1;
  try {
    const query = await traceable(text, engine, now);
    if (groupColumns(query) === null) {
      const events = eventOfRow(query, reach);
      return {
        ...noEvidence,
        timeline: await timelineOf(events, asked),
        bytesByDestination: await bytesOf(events, asked),
      };
    }
    const all = await keysOfRows({ query, engine, signal }, reach);
    const keys = first.flatMap((place) => (all[place] ? [all[place]] : []));
    const events = await eventsOfGroups({ query, engine, signal }, keys);
    const rhythms: Evidence['rhythms'][number][] = [];
    for (const [row, key] of keys.slice(0, topRows).entries()) {
      const times = await timesOf(await eventsOfGroups({ query, engine, signal }, [key]), asked);
      const { histogram } = rhythmOf(times);
      if (histogram.length > 0) rhythms.push({ row, label: keyText(key), intervals: histogram });
    }
    return {
      timeline: await timelineOf(events, asked),
      bytesByDestination: await bytesOf(events, asked),
      rhythms,
      trees: await treesOf(keys, asked),
    };
  } catch (error) {
    if (error instanceof InputError) return noEvidence;
    throw error;
  }
}

const ask = async (
  { query }: EventsOfRows,
  plan: Plan,
  { engine, signal }: Asked,
): Promise<readonly (readonly CellValue[])[]> => (await engine.run(plan, query.source, signal)).values;

const columnValue = (column: Column): Expression => reference(column, nowhere);

async function timelineOf(events: EventsOfRows, asked: Asked): Promise<Evidence['timeline']> {
  const time = events.fields.get('@timestamp');
  if (time?.type !== 'date' || time.multi) return null;
  const fresh = freshColumns(events.plan);
  const ends = grouped(
    events.plan,
    [],
    ['MIN', 'MAX'].map((name) => aggregateCall(name, fresh(name, 'date'), [columnValue(time)], null)),
    fresh,
  );
  const [first, last] = (await ask(events, ends, asked))[0]!.map((cell) =>
    cell === null ? null : Date.parse(String(cell)),
  );
  if (first == null || last == null) return null;
  const span = roundSpan((last - first) / mostSpans);
  const start = Math.floor(first / span) * span;
  const column = fresh('span', time.type);
  const spans: Plan = {
    kind: 'compute',
    input: filtered(events.plan, [hasValue(time)]),
    definitions: [{ column, expression: spanOf(time, span) }],
    output: [...events.plan.output, column],
  };
  const counted = await ask(events, grouped(spans, [column], [countWhere(fresh('n', 'long'), null)], fresh), asked);
  const counts = new Array<number>(Math.floor((last - start) / span) + 1).fill(0);
  for (const [n, at] of counted) if (at !== null) counts[(Date.parse(String(at)) - start) / span] = Number(n);
  return { start, span, counts };
}

const minute = 60_000;
const lengths = [1 / 60, 1 / 12, 1 / 6, 1 / 2, 1, 5, 10, 30, 60, 180, 360, 720, 1440, 10_080, 43_200].map(
  (minutes) => minutes * minute,
);

/** A length of time that people think in, no shorter than asked for; milliseconds. */
const roundSpan = (least: number): number => lengths.find((length) => length >= least) ?? lengths.at(-1)!;

async function bytesOf(events: EventsOfRows, asked: Asked): Promise<Evidence['bytesByDestination']> {
  const destination = events.fields.get('destination.address') ?? events.fields.get('destination.ip');
  const bytes = events.fields.get('source.bytes');
  if (!destination || bytes?.type !== 'long') return [];
  const fresh = freshColumns(events.plan);
  const sum = fresh('bytes', 'long');
  const sums = grouped(events.plan, [destination], [aggregateCall('SUM', sum, [columnValue(bytes)], null)], fresh);
  const sorted: Plan = {
    kind: 'sort',
    input: filtered(sums, [hasValue(sum)]),
    keys: [{ expression: columnValue(sum), descending: true, nulls: 'last' }],
    output: sums.output,
  };
  const cut: Plan = { kind: 'limit', input: sorted, count: BigInt(mostDestinations), output: sums.output };
  const rows = await ask(events, cut, asked);
  return rows.flatMap(([n, name]) => (name === null ? [] : [{ destination: String(name), bytes: Number(n) }]));
}

/** When the events happened, in milliseconds: the first ones, up to a number. */
async function timesOf(events: EventsOfRows, asked: Asked): Promise<number[]> {
  const time = events.fields.get('@timestamp');
  if (time?.type !== 'date' || time.multi) return [];
  const sorted: Plan = {
    kind: 'sort',
    input: filtered(events.plan, [hasValue(time)]),
    keys: [{ expression: columnValue(time), descending: false, nulls: 'last' }],
    output: [time],
  };
  const cut: Plan = { kind: 'limit', input: sorted, count: BigInt(mostTimes), output: [time] };
  return (await ask(events, cut, asked)).map(([cell]) => Date.parse(String(cell)));
}

async function treesOf(keys: readonly GroupKey[], { engine, pattern, now, signal }: Asked): Promise<Evidence['trees']> {
  const top = keys.slice(0, topRows).map((key, row) => {
    const id = key.find(({ column }) => /(?:^|\.)entity_id$/.test(column.name))?.value;
    return { row, id: typeof id === 'string' ? id : null };
  });
  const ids = top.flatMap(({ id }) => id ?? []);
  if (ids.length === 0) return [];
  const options = { depth: 3, children: 8, pattern, now, ...(signal && { signal }) };
  const trees = await treesOfEntities(ids, engine, options);
  return top.flatMap(({ row, id }) => {
    const root = id === null ? undefined : trees.get(id);
    return root ? [{ row, root }] : [];
  });
}
