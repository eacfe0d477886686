import type { SourceText } from '../diagnostics/source-text.ts';
import type { Engine } from '../engines/engine.ts';
import { countWhere, filtered, freshColumns, grouped, hasValue } from '../plan/build.ts';
import type { Expression } from '../plan/expression.ts';
import type { Plan, Scan } from '../plan/nodes.ts';
import type { TimeBound } from '../plan/time-bounds.ts';
import type { CellValue } from '../values/types.ts';
import type { Requirements } from './requirements.ts';

/** How many of the events of one index and platform carry each field. */
export interface FieldCounts {
  readonly index: string;
  readonly platform: string | null;
  readonly events: number;
  /** By the field's name. */
  readonly carrying: ReadonlyMap<string, number>;
}

/** What was counted in the events that a query is about. */
export interface Counts {
  /** How many events fulfil each selector, and each value that it asks for, whatever else they are. */
  readonly selectors: readonly { readonly events: number; readonly values: readonly number[] }[];
  /** Of the events that fulfil all selectors, in the window if there are any. */
  readonly fields: readonly FieldCounts[];
  /** Whether these are events of the window. */
  readonly inWindow: boolean;
}

/** Counts what a query needs, in one pass over the events or two. */
export async function count(
  { scan, fields, selectors, bounds }: Requirements,
  engine: Engine,
  source: SourceText,
  signal?: AbortSignal,
): Promise<Counts> {
  const conditions = selectors.map(({ condition }) => condition);
  const perSelector = selectors.flatMap(({ condition, values }) => [condition, ...values.map((one) => one.condition)]);
  const bySelector = perSelector.length > 0 ? await counted(scan, perSelector, engine, source, signal) : [];
  let at = 0;
  const told = selectors.map(({ values }) => {
    const [events, ...rest] = bySelector.slice(at, at + 1 + values.length);
    at += 1 + values.length;
    return { events: events!, values: rest };
  });
  const times = comparisons(bounds);
  const inWindow = await fieldCounts([...conditions, ...times]);
  const isThere = inWindow.length > 0 || times.length === 0;
  return {
    selectors: told,
    fields: isThere ? inWindow : await fieldCounts(conditions),
    inWindow: isThere,
  };

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

const comparisons = (bounds: readonly TimeBound[]): Expression[] => [
  ...new Map(bounds.map(({ comparison }) => [comparison.span.start, comparison])).values(),
];

/** How many events fulfil each condition. */
async function counted(
  scan: Scan,
  conditions: readonly Expression[],
  engine: Engine,
  source: SourceText,
  signal?: AbortSignal,
): Promise<number[]> {
  const fresh = freshColumns(scan);
  const wide: Plan = { ...scan, output: scan.columns.map(({ column }) => column) };
  const calls = conditions.map((condition) => countWhere(fresh('n', 'long'), condition));
  const { values } = await engine.run(grouped(wide, [], calls, fresh), source, signal);
  return (values[0] as readonly CellValue[]).map(Number);
}
