import type { Catalogue } from '../catalogue/catalogue.ts';
import { InputError } from '../diagnostics/diagnostic.ts';
import type { Engine } from '../engines/engine.ts';
import type { CompiledQuery, QueryText } from '../languages/esql/compiled-query.ts';
import { conditionOf, countWhere, freshColumns, given, grouped } from '../plan/build.ts';
import type { Column } from '../plan/column.ts';
import { type Expression, reference } from '../plan/expression.ts';
import type { Plan } from '../plan/nodes.ts';
import type { CellValue, EsqlType } from '../values/types.ts';
import { answerOf, atAnyTime, eventRows, indicesOf } from './event-rows.ts';
import { topValues } from './field-values.ts';
import { spanOf } from './time-functions.ts';

/** Events between two times, the second excluded; milliseconds since the epoch. */
export interface TimeBar {
  readonly from: number;
  readonly to: number;
  /** Events that the query is about: one number for each series. */
  readonly counts: readonly number[];
  /** All events that FROM reads then: where there are none, nobody knows. */
  readonly events: number;
}

export interface EventsInTime {
  readonly bars: readonly TimeBar[];
  /** What the numbers of a bar are of: values of a field and the rest; empty where there is one number. */
  readonly series: readonly string[];
  /** Milliseconds of a bar. */
  readonly step: number;
  /** The first and the last event that FROM reads; null where none has a time. */
  readonly first: number | null;
  readonly last: number | null;
}

export interface EventsInTimeOptions {
  readonly now: Date;
  /** How many bars there are at most. */
  readonly bars: number;
  /** A field that divides the bars. */
  readonly by: string | null;
  readonly signal: AbortSignal;
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
/** Lengths of bars that people read at a glance. */
const steps = [
  ...[second, 5 * second, 10 * second, 30 * second],
  ...[minute, 5 * minute, 10 * minute, 30 * minute],
  ...[hour, 3 * hour, 6 * hour, 12 * hour],
  ...[day, 2 * day, 5 * day, 10 * day, 30 * day, 90 * day, 365 * day, 3650 * day],
];
/** Series beside which the others are one. */
const mostSeries = 5;

/** The shortest of the usual lengths with which bars from one time to another are not too many. */
function stepFor(first: number, last: number, bars: number): number {
  const count = (step: number): number => Math.floor(last / step) - Math.floor(first / step) + 1;
  return steps.find((step) => count(step) <= Math.max(1, bars)) ?? steps.at(-1)!;
}

/**
 * When the events of a query happened: those that pass its conditions before its first STATS, at any time that the data
 * has. Throws a QueryError for a query that is wrong, and an InputError where events have no time.
 */
export async function eventsInTime(
  text: QueryText,
  engine: Engine,
  { now, bars, by, signal }: EventsInTimeOptions,
): Promise<EventsInTime> {
  const rows = eventRows(text, engine, now);
  if (!rows.time)
    throw new InputError('these events have no @timestamp', 'a histogram needs to know when they happened');
  const indices = indicesOf(rows.all, engine);
  const first = least(indices.flatMap(({ firstTimestamp }) => firstTimestamp ?? []));
  const last = least(indices.flatMap(({ lastTimestamp }) => (lastTimestamp === null ? [] : -lastTimestamp)));
  if (first === null || last === null) return { bars: [], series: [], step: hour, first: null, last: null };
  const step = stepFor(first, -last, bars);
  const plan = atAnyTime(rows.plan);
  const { names, conditions } = await seriesOf(plan, by, rows.compiled, engine, signal);
  const events = await allBars(rows.all, step, rows.compiled, engine, signal);
  const counted = await countBars(plan, rows.time, step, conditions, rows.compiled, engine, signal);
  const begin = Math.floor(first / step) * step;
  const count = Math.floor((-last - begin) / step) + 1;
  return {
    bars: Array.from({ length: count }, (_, i) => {
      const from = begin + i * step;
      const counts = counted.get(from) ?? [];
      return { from, to: from + step, events: events.get(from)?.[0] ?? 0, counts: divided(counts, conditions.length) };
    }),
    ...{ series: names, step, first, last: -last },
  };
}

const least = (numbers: readonly number[]): number | null => (numbers.length > 0 ? Math.min(...numbers) : null);

/** The number of all, or those of each series and of the rest. */
function divided([all = 0, ...parts]: readonly number[], series: number): number[] {
  if (series === 0) return [all];
  const own = Array.from({ length: series }, (_, i) => parts[i] ?? 0);
  return [...own, Math.max(0, all - own.reduce((sum, n) => sum + n, 0))];
}

/** The most frequent values of a field, and the conditions that events of each fulfil. */
async function seriesOf(
  plan: Plan,
  by: string | null,
  compiled: CompiledQuery,
  engine: Engine,
  signal: AbortSignal,
): Promise<{ readonly names: readonly string[]; readonly conditions: readonly Expression[] }> {
  if (by === null) return { names: [], conditions: [] };
  const column = plan.output.findLast(({ name }) => name === by);
  if (!column) throw new InputError(`the events have no field ${by}`);
  if (!divides.has(column.type))
    throw new InputError(`${by} is ${column.type}: bars are divided by words, numbers or true and false`);
  const top = await topValues(plan, column, mostSeries, compiled, engine, signal);
  const conditions = top.map(({ value }) =>
    conditionOf('==', [
      reference(column, nowhere),
      given(column.type, typeof value === 'number' ? BigInt(value) : value),
    ]),
  );
  return { names: [...top.map(({ value }) => String(value)), 'other'], conditions };
}

const nowhere = { start: 0, end: 0 };
const divides: ReadonlySet<EsqlType> = new Set(['keyword', 'boolean', 'integer', 'long']);

/** By the beginning of each bar that has events: how many there are, and how many fulfil each condition. */
async function countBars(
  plan: Plan,
  time: Column,
  step: number,
  conditions: readonly Expression[],
  compiled: CompiledQuery,
  engine: Engine,
  signal: AbortSignal,
): Promise<ReadonlyMap<number, readonly number[]>> {
  const fresh = freshColumns(plan);
  const bar = fresh('bar', 'date');
  const timed: Plan = {
    ...{ kind: 'compute', input: plan, output: [...plan.output, bar] },
    definitions: [{ column: bar, expression: spanOf(time, step) }],
  };
  const counts = [null, ...conditions].map((condition) => countWhere(fresh('events', 'long'), condition));
  const values = await answerOf(grouped(timed, [bar], counts, fresh), compiled, engine, signal);
  return new Map(values.flatMap((row) => barOf(row)));
}

function barOf(row: readonly CellValue[]): [number, number[]][] {
  const begin = row.at(-1);
  return typeof begin === 'string' ? [[Date.parse(begin), row.slice(0, -1).map(Number)]] : [];
}

/** All events of the same indices by bar: the same for every query over them, until the events change. */
const known = new WeakMap<Catalogue, Map<string, Promise<ReadonlyMap<number, readonly number[]>>>>();

async function allBars(
  all: Plan,
  step: number,
  compiled: CompiledQuery,
  engine: Engine,
  signal: AbortSignal,
): Promise<ReadonlyMap<number, readonly number[]>> {
  const time = all.output.find(({ name, type }) => name === '@timestamp' && type === 'date');
  if (!time) return new Map();
  const kept = known.get(engine.catalogue) ?? new Map<string, Promise<ReadonlyMap<number, readonly number[]>>>();
  known.set(engine.catalogue, kept);
  const names = indicesOf(all, engine).map(({ name }) => name);
  const key = JSON.stringify([step, all.kind === 'scan' ? names : compiled.text]);
  const found = kept.get(key) ?? countBars(all, time, step, [], compiled, engine, signal);
  kept.set(key, found);
  // Who stopped waiting has not counted for others.
  found.catch(() => kept.delete(key));
  return found;
}
