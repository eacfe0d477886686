import type { Engine } from '../engines/engine.ts';
import { severalAtOnce } from '../engines/several-at-once.ts';
import type { QueryText } from '../languages/esql/compiled-query.ts';
import type { ConditionOverride } from '../overrides/conditions.ts';
import { noOverrides, override } from '../overrides/override.ts';
import { type TypedQuery, typed } from '../overrides/typed-query.ts';
import { conditionOf, filtered, freshColumns, given, hasValue } from '../plan/build.ts';
import type { Column } from '../plan/column.ts';
import type { Expression } from '../plan/expression.ts';
import { reference } from '../plan/expression.ts';
import { inputOf, type Plan, rewritePlan, type SortKey, scansOf, withInput } from '../plan/nodes.ts';
import { planText } from '../plan/text.ts';
import { conjuncts, type TimeBound, timeBounds, timestampsOf } from '../plan/time-bounds.ts';
import { formatDate } from '../values/date.ts';
import type { CellValue, ResultColumn } from '../values/types.ts';
import { movesWithNow } from './even-steps.ts';
import { windowsOf } from './time-functions.ts';

/** Times at which a hunt would have run, in milliseconds: the first, and this number of others at equal steps. */
export interface Schedule {
  readonly first: number;
  readonly step: number;
  readonly count: number;
}

/** What a hunt would have answered at each of the times. */
export interface History {
  readonly columns: readonly ResultColumn[];
  /** For each time of the schedule its rows. */
  readonly windows: readonly { readonly now: number; readonly rows: readonly (readonly CellValue[])[] }[];
  /** The columns that identify groups; all of them where rows are not aggregated. */
  readonly keys: readonly number[];
  /** Whether the events were read once for all windows, or once for each. */
  readonly passes: 'one' | 'many';
}

/**
 * Runs a query as of several times in the past. Each run sees what had happened by then: nothing later. Where the
 * query's window moves with NOW() and its events are aggregated plainly, one pass puts every event into all of the
 * windows that hold it.
 */
export async function backfill(
  text: QueryText,
  engine: Engine,
  schedule: Schedule,
  signal?: AbortSignal,
): Promise<History> {
  const { keys, all, asOf } = await pastRuns(text, engine, schedule);
  if (all) return { ...(await all(signal)), keys, passes: 'one' };
  const results = await severalAtOnce(timesOf(schedule), engine.parallel, (now) => asOf(now, signal));
  const windows = results.map(({ now, rows }) => ({ now, rows }));
  return { columns: results.at(-1)?.columns ?? [], windows, keys, passes: 'many' };
}

/** The times of a schedule, the earliest first. */
export const timesOf = ({ first, step, count }: Schedule): number[] =>
  Array.from({ length: count }, (_, i) => first + i * step);

/** How a query is asked of the past. */
export interface PastRuns {
  readonly keys: readonly number[];
  /** Answers for all times of the schedule in one pass; null where only single runs can answer. */
  readonly all: ((signal?: AbortSignal) => Promise<Pick<History, 'columns' | 'windows'>>) | null;
  /** The answer as of one time. */
  asOf(
    now: number,
    signal?: AbortSignal,
  ): Promise<{
    readonly now: number;
    readonly columns: readonly ResultColumn[];
    readonly rows: readonly (readonly CellValue[])[];
  }>;
}

/** Finds out how a query can be asked of the past: all at once, or only time by time. Nothing runs yet. */
export async function pastRuns(text: QueryText, engine: Engine, schedule: Schedule): Promise<PastRuns> {
  const catalogue = async () => engine.catalogue;
  const query = withTimestamp(await typed(text, { catalogue, now: schedule.first }));
  const later = withTimestamp(await typed(text, { catalogue, now: schedule.first + schedule.step }));
  const once = movesWithNow(query.query) ? onePass(query, later, schedule) : null;
  const times = timesOf(schedule);
  return {
    keys: groupKeys(query.plan),
    all:
      once &&
      (async (signal) => {
        const { columns, values } = await engine.run(once, query.source, signal);
        const rows = times.map((): CellValue[][] => []);
        for (const row of values) rows[Number(row.at(-1))]!.push(row.slice(0, -1));
        const windows = times.map((now, i) => ({ now, rows: rows[i]! }));
        return { columns: columns.slice(0, -1), windows };
      }),
    async asOf(now, signal) {
      signal?.throwIfAborted();
      const then = await override(text, { ...noOverrides, conditions: [nothingLater(now)] }, { catalogue, now });
      const { columns, values } = await engine.query(then.query, { now, maxRows: null, ...(signal && { signal }) });
      return { now, columns, rows: values };
    },
  };
}

/** A run as of a time knows nothing that happened later. */
export const nothingLater = (now: number): ConditionOverride => ({
  keeps: true,
  condition: `@timestamp <= "${formatDate(BigInt(now))}"`,
});

/** The places of the columns by which the rows of a plan are grouped. */
export function groupKeys(plan: Plan): number[] {
  let node: Plan | null = plan;
  while (node && node.kind !== 'aggregate') node = inputOf(node);
  const groups = node?.kind === 'aggregate' ? node.groups.map(({ column }) => column.id) : [];
  const places = plan.output.flatMap(({ id }, i) => (groups.includes(id) ? [i] : []));
  return places.length > 0 ? places : plan.output.map((_, i) => i);
}

/** A plan for all windows, whose last column is the number of the window; null where only single runs can answer. */
function onePass(query: TypedQuery, later: TypedQuery, schedule: Schedule): Plan | null {
  const [scan, ...more] = scansOf(query.plan);
  const timestamp = scan?.columns.find(({ column }) => timestampsOf(query.plan).has(column.id))?.column;
  if (!scan || more.length > 0 || !timestamp || timestamp.multi) return null;
  const bounds = boundsOf(query.plan);
  const others = boundsOf(later.plan);
  const moves = bounds.every((bound, i) => others[i]!.time - bound.time === BigInt(schedule.step));
  // Whatever else depends on NOW() is one value in one pass.
  if (!moves || planText(withoutBounds(query.plan)) !== planText(withoutBounds(later.plan))) return null;
  const fresh = freshColumns(query.plan);
  const window = fresh('window', 'long', true);
  const each = { ...window, id: fresh('window', 'long').id, multi: false };
  const reach = reachOf(bounds, schedule);
  const spread = (events: Plan): Plan => {
    const assigned: Plan = {
      kind: 'compute',
      input: filtered(events, reach.conditions(timestamp)),
      definitions: [{ column: window, expression: windowsOf(timestamp, window, schedule, reach) }],
      output: [...events.output, window],
    };
    const output = [...events.output, each];
    // Between windows that do not touch, an event is in none.
    return filtered({ kind: 'expand', input: assigned, source: window, column: each, output }, [hasValue(each)]);
  };
  return throughWindows(withoutBounds(query.plan), spread, each);
}

/** A query that does not ask for the time of events has it at hand all the same. */
function withTimestamp(query: TypedQuery): TypedQuery {
  if (timestampsOf(query.plan).size > 0) return query;
  const fresh = freshColumns(query.plan);
  const plan = rewritePlan(query.plan, (node) => {
    const field = node.kind === 'scan' ? query.catalogue.field('@timestamp', node.indices ?? undefined) : undefined;
    if (node.kind !== 'scan' || field?.type !== 'date') return node;
    const column = fresh('@timestamp', field.type, field.listColumn !== null);
    return { ...node, columns: [...node.columns, { column, source: field }] };
  });
  return { ...query, plan };
}

function boundsOf(plan: Plan): TimeBound[] {
  const ids = timestampsOf(plan);
  const found: TimeBound[] = [];
  for (let node: Plan | null = plan; node; node = inputOf(node))
    if (node.kind === 'filter') found.push(...conjuncts(node.condition).flatMap((one) => timeBounds(one, ids)));
  return found;
}

/** A plan that no longer asks when events happened. */
function withoutBounds(plan: Plan): Plan {
  const ids = timestampsOf(plan);
  const take = (node: Plan): Plan => {
    const input = inputOf(node);
    if (!input) return node;
    if (node.kind !== 'filter') return withInput(node, take(input));
    return filtered(
      take(input),
      conjuncts(node.condition).filter((one) => timeBounds(one, ids).length === 0),
    );
  };
  return take(plan);
}

/** How far before its time a window reaches, and how late it ends, in milliseconds. */
export interface Reach {
  readonly from: { readonly before: number; readonly inclusive: boolean } | null;
  readonly to: { readonly before: number; readonly inclusive: boolean };
  /** What an event must fulfil to be in any window. */
  conditions(timestamp: Column): Expression[];
}

function reachOf(bounds: readonly TimeBound[], { first, step, count }: Schedule): Reach {
  const before = (bound: TimeBound) => ({ before: first - Number(bound.time), inclusive: bound.inclusive });
  const side = (name: TimeBound['side']) => bounds.filter((bound) => bound.side === name).map(before);
  const narrow = (a: { before: number; inclusive: boolean }, b: typeof a, closer: (x: number, y: number) => boolean) =>
    closer(b.before, a.before) || (a.before === b.before && !b.inclusive) ? b : a;
  const [lowest, ...lower] = side('from');
  const from = lowest ? lower.reduce((a, b) => narrow(a, b, (x, y) => x < y), lowest) : null;
  // Nothing later than the time of the run itself.
  const to = side('to').reduce((a, b) => narrow(a, b, (x, y) => x > y), { before: 0, inclusive: true });
  const compare = (name: string, column: Column, time: number): Expression => {
    const span = { start: 0, end: 0 };
    const args = [reference(column, span), given('date', BigInt(Math.floor(time)))];
    return conditionOf(name, args);
  };
  return {
    from,
    to,
    conditions: (column) => [
      ...(from ? [compare('>=', column, first - from.before)] : []),
      compare('<=', column, first + step * (count - 1) - to.before),
    ],
  };
}

/**
 * The same plan for many windows at once: events are spread over them right above the scan's filters, groups are kept
 * apart by window, and a LIMIT counts in each. Null where a node has no such form.
 */
function throughWindows(plan: Plan, spread: (events: Plan) => Plan, window: Column): Plan | null {
  const first = lowestAggregate(plan);
  const go = (node: Plan): { plan: Plan; key: Column } | null => {
    if (node === first || (first === null && node.kind === 'scan')) {
      if (node.kind !== 'aggregate') return { plan: spread(node), key: window };
      if (!looksAtSingleEvents(node.input)) return null;
      // Without keys there is a row even for a window without events.
      if (node.groups.length === 0) return null;
      const below = spread(node.input);
      return { plan: withWindow(node, below, window), key: window };
    }
    const input = inputOf(node);
    const done = input && go(input);
    if (!done) return null;
    const { plan: below, key } = done;
    switch (node.kind) {
      case 'aggregate':
        return node.groups.length > 0 ? { plan: withWindow(node, below, key), key } : null;
      case 'limit':
        if (first === null) return null;
        return {
          plan: {
            kind: 'limitBy',
            input: below,
            count: node.count,
            keys: [reference(key, { start: 0, end: 0 })],
            order: orderBelow(node.input),
            output: [...node.output, key],
          },
          key,
        };
      case 'filter':
      case 'compute':
      case 'project':
      case 'sort':
      case 'parse':
        return { plan: { ...node, input: below, output: [...node.output, key] }, key };
      default:
        return null;
    }
  };
  return go(plan)?.plan ?? null;
}

/** Whether what a node gives of an event depends on that event alone: a LIMIT takes others for every window. */
function looksAtSingleEvents(node: Plan): boolean {
  const input = inputOf(node);
  const does = ['scan', 'filter', 'compute', 'project', 'sort', 'parse', 'expand'].includes(node.kind);
  return does && (input === null || looksAtSingleEvents(input));
}

/** The order in which a LIMIT takes rows: that of SORT, and the keys of groups among rows that it holds equal. */
function orderBelow(plan: Plan): readonly SortKey[] {
  const keys: SortKey[] = [];
  for (let node: Plan | null = plan; node; node = inputOf(node)) {
    if (node.kind === 'sort' && keys.length === 0) keys.push(...node.keys);
    if (node.kind === 'aggregate') return [...keys, ...node.groups.map(({ column }) => ascending(column))];
  }
  return keys;
}

const ascending = (column: Column): SortKey => ({
  expression: reference(column, { start: 0, end: 0 }),
  descending: false,
  nulls: 'last',
});

const withWindow = (node: Plan & { kind: 'aggregate' }, input: Plan, key: Column): Plan => ({
  ...node,
  input,
  groups: [...node.groups, { source: key, column: key }],
  output: [...node.output, key],
});

/** The aggregate nearest to the scan. */
function lowestAggregate(plan: Plan): Plan | null {
  let found: Plan | null = null;
  for (let node: Plan | null = plan; node; node = inputOf(node)) if (node.kind === 'aggregate') found = node;
  return found;
}
