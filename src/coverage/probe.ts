import type { SourceText } from '../diagnostics/source-text.ts';
import {
  aggregateCall,
  allOf,
  conditionOf,
  countWhere,
  filtered,
  freshColumns,
  grouped,
  hasValue,
} from '../plan/build.ts';
import { columnsIn, type Expression, reference } from '../plan/expression.ts';
import type { AggregateCall, Plan, Scan } from '../plan/nodes.ts';
import { timestampsOf } from '../plan/time-bounds.ts';
import { parseDate } from '../values/date.ts';
import type { CellValue } from '../values/types.ts';
import type { Counter } from './batched-counts.ts';
import { type Passing, passingCounts } from './condition-counts.ts';
import type { Requirements } from './requirements.ts';

/** How many of the events of one index and platform carry each field. */
export interface FieldCounts {
  readonly index: string;
  readonly platform: string | null;
  readonly events: number;
  /** By the field's name. */
  readonly carrying: ReadonlyMap<string, number>;
}

/** The events of the platform that a query is about: how many lie in its window, and when the first and the last were. */
export interface TimeCounts {
  readonly inWindow: number;
  /** Events that say a time, and events that say none. */
  readonly timed: number;
  readonly timeless: number;
  readonly first: number | null;
  readonly last: number | null;
}

/** How many events fulfil a value that is asked for; a platform also in the window of the query. */
export interface ValueCounts {
  readonly all: number;
  readonly inWindow: number;
}

/** How many events fulfil a selector, how many carry any of its fields, and what each of its values comes to. */
export interface SelectorCounts {
  readonly events: number;
  readonly carrying: number;
  readonly values: readonly ValueCounts[];
}

/** What was counted in the events that a query is about. */
export interface Counts {
  /** How many events fulfil each selector, and each value that it asks for, whatever else they are. */
  readonly selectors: readonly SelectorCounts[];
  /** Of the events that fulfil all selectors, in the window if there are any. */
  readonly fields: readonly FieldCounts[];
  /** How many events fulfil each condition that only an aggregate or a value asks for. */
  readonly inner: readonly number[];
  readonly passing: Passing;
  /** Null where the query looks at all times. */
  readonly times: TimeCounts | null;
}

/** How many events fulfil all selectors of a query: nothing else is asked of them. */
export async function countSelected(
  { scan, selectors }: Pick<Requirements, 'scan' | 'selectors'>,
  engine: Counter,
  source: SourceText,
  signal?: AbortSignal,
): Promise<number> {
  const fresh = freshColumns(scan);
  const selected = allOf(selectors.map(({ condition }) => condition));
  const asked = grouped(scan, [], [countWhere(fresh('n', 'long'), selected)], fresh);
  return Number((await engine.run(asked, source, signal)).values[0]![0]);
}

/**
 * Counts what a query needs, in one pass over the events or two. An engine that answers several questions at a time is
 * asked everything at once, also what may not be needed then.
 */
export async function count(
  requirements: Requirements,
  engine: Counter,
  source: SourceText,
  signal?: AbortSignal,
): Promise<Counts> {
  const { scan, fields, selectors, bounds, inner } = requirements;
  const conditions = selectors.map(({ condition }) => condition);
  const window = [...new Set(bounds.map(({ condition }) => condition))];
  const platform = selectors.filter(({ isPlatform }) => isPlatform).map(({ condition }) => condition);
  const within = (): Promise<FieldCounts[]> => fieldCounts([...conditions, ...window]);
  const ever = (): Promise<FieldCounts[]> => fieldCounts(conditions);
  if (engine.parallel > 1) {
    const [single, inWindow, all] = await Promise.all([totals(), within(), window.length > 0 ? ever() : []]);
    return { ...single, fields: inWindow.length > 0 ? inWindow : all };
  }
  const single = await totals();
  const inWindow = await within();
  return { ...single, fields: inWindow.length > 0 || window.length === 0 ? inWindow : await ever() };

  async function totals(): Promise<Omit<Counts, 'fields'>> {
    const fresh = freshColumns(scan);
    const counting = (condition: Expression): AggregateCall => countWhere(fresh('n', 'long'), condition);
    const calls = selectors.flatMap(({ condition, isPlatform, values }) => [
      counting(condition),
      counting(carriesAny(condition)),
      ...values.flatMap((one) => [
        counting(one.condition),
        counting(isPlatform ? allOf([one.condition, ...window])! : one.condition),
      ]),
    ]);
    const [time] = scan.columns.filter(({ column }) => timestampsOf(scan).has(column.id));
    const isBounded = window.length > 0 && time !== undefined;
    if (isBounded) {
      const extreme = (name: 'MIN' | 'MAX'): AggregateCall =>
        aggregateCall(name, fresh(name, 'date'), [reference(time.column, nowhere)], allOf(platform));
      const isTimeless = conditionOf('IS NULL', [reference(time.column, nowhere)]);
      for (const more of [window, [hasValue(time.column)], [isTimeless]])
        calls.push(counting(allOf([...platform, ...more])!));
      calls.push(extreme('MIN'), extreme('MAX'));
    }
    const passing = passingCounts(requirements, fresh);
    const wide: Plan = { ...scan, output: scan.columns.map(({ column }) => column) };
    const counted = [...passing.calls, ...inner.map(({ condition }) => counting(condition))];
    const asked = grouped(wide, [], [...counted, ...calls], fresh);
    const row = (await engine.run(asked, source, signal)).values[0]!;
    let at = counted.length;
    const perSelector = selectors.map(({ values }) => {
      const [events, carrying, ...rest] = row.slice(at, at + 2 + 2 * values.length).map(Number) as [number, number];
      at += 2 + rest.length;
      const pairs = rest as readonly number[];
      return {
        events,
        carrying,
        values: values.map((_, i) => ({ all: pairs[2 * i]!, inWindow: pairs[2 * i + 1]! })),
      };
    });
    const [inWindow, timed, timeless] = row.slice(at, at + 3).map(Number) as [number, number, number];
    const [first, last] = row.slice(at + 3) as readonly CellValue[];
    const times = isBounded
      ? { inWindow, timed, timeless, first: milliseconds(first!), last: milliseconds(last!) }
      : null;
    const numbers = row.slice(0, counted.length).map(Number);
    return {
      selectors: perSelector,
      inner: numbers.slice(passing.calls.length),
      passing: passing.read(numbers),
      times,
    };
  }

  async function fieldCounts(among: readonly Expression[]): Promise<FieldCounts[]> {
    const fresh = freshColumns(scan);
    const index = fresh('_index', 'keyword');
    const platform = fields.find(({ name, isInData }) => name === 'host.os.type' && isInData)?.column;
    const columns = fields.map(({ column }) => countWhere(fresh('n', 'long'), hasValue(column)));
    const everything = countWhere(fresh('events', 'long'), null);
    const wide: Scan = {
      ...scan,
      columns: [...scan.columns, { column: index, source: '_index' }],
      output: [...scan.columns.map(({ column }) => column), index],
    };
    // A host has one platform; several values would put an event in several groups.
    const keys = platform && !platform.multi ? [index, platform] : [index];
    const plan = grouped(filtered(wide, among), keys, [everything, ...columns], fresh);
    const { values } = await engine.run(plan, source, signal);
    return values.map((row) => ({
      index: String(row[columns.length + 1]),
      platform: keys.length > 1 ? ((row[columns.length + 2] as string | null) ?? null) : null,
      events: Number(row[0]),
      carrying: new Map(fields.map(({ name }, i) => [name, Number(row[i + 1])])),
    }));
  }
}

const nowhere = { start: 0, end: 0 };

const carriesAny = (condition: Expression): Expression =>
  [...new Map(columnsIn(condition).map((column) => [column.id, column])).values()]
    .map(hasValue)
    .reduce((any, next) => conditionOf('OR', [any, next]));

function milliseconds(time: CellValue): number | null {
  const parsed = typeof time === 'string' ? parseDate(time) : null;
  return parsed === null ? null : Number(parsed);
}
