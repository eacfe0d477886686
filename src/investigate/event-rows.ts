import { InputError } from '../diagnostics/diagnostic.ts';
import type { Engine } from '../engines/engine.ts';
import { CompiledQuery, type QueryText } from '../languages/esql/compiled-query.ts';
import type { ProcessingCommand } from '../languages/esql/syntax/ast.ts';
import { fieldsOfColumns } from '../overrides/lineage.ts';
import { countWhere, filtered, freshColumns, grouped } from '../plan/build.ts';
import type { Column } from '../plan/column.ts';
import { inputOf, type Plan, rewritePlan, scansOf } from '../plan/nodes.ts';
import { conjuncts, timeBounds, timestampsOf } from '../plan/time-bounds.ts';

/** Commands behind which a row is one event still, and as often there as the event. */
const ofEvents: ReadonlySet<ProcessingCommand['command']> = new Set([
  ...(['where', 'eval', 'keep', 'drop', 'rename', 'sort', 'dissect', 'grok', 'enrich', 'fillnull'] as const),
  ...(['uri_parts', 'registered_domain', 'user_agent', 'ip_location'] as const),
]);

/** The events that a query is about: those that pass its conditions, up to the first command that makes rows of several. */
export interface EventRows {
  readonly compiled: CompiledQuery;
  readonly plan: Plan;
  /** Every event that FROM reads. */
  readonly all: Plan;
  /** When an event happened; null where the events have no time. */
  readonly time: Column | null;
}

/** Throws a QueryError for a query that is wrong before it makes rows of events, and an InputError where it reads none. */
export function eventRows(text: QueryText, { catalogue }: Engine, now: Date): EventRows {
  const { query, source } = CompiledQuery.of(text);
  if (query.source.command !== 'from') throw new InputError('the query reads no events');
  const last = query.pipeline.findIndex(({ command }) => !ofEvents.has(command));
  const ends = query.ends[last < 0 ? query.pipeline.length : last]!;
  // A query that ends here offers every field of its events, also those that the rest does not name.
  const compiled = new CompiledQuery(source.text.slice(0, ends)).withViews(catalogue.views);
  const { plan, steps } = compiled.plan(catalogue, { now: now.getTime(), defaultLimit: null });
  const whole = withAllColumns(plan);
  const fields = fieldsOfColumns(whole);
  const isTime = ({ id, type }: Column): boolean => fields.get(id) === '@timestamp' && type === 'date';
  return { compiled, plan: whole, all: steps[0]!, time: whole.output.find(isTime) ?? null };
}

/** The same rows with the columns that KEEP, DROP and RENAME took away. */
function withAllColumns(plan: Plan): Plan {
  const input = inputOf(plan);
  if (!input) return plan;
  const inner = withAllColumns(input);
  const wide = (more: readonly Column[]): Plan['output'] => [...inner.output, ...more];
  switch (plan.kind) {
    case 'project':
    case 'sort':
      return inner;
    case 'filter':
      return { ...plan, input: inner, output: inner.output };
    case 'compute':
      return { ...plan, input: inner, output: wide(plan.definitions.map(({ column }) => column)) };
    case 'parse':
      return { ...plan, input: inner, output: wide(plan.columns) };
    case 'join':
      return { ...plan, input: inner, output: wide(plan.taken.map(({ column }) => column)) };
    default:
      return plan;
  }
}

/** The same events at any time: what bounds their time is left out. */
export function atAnyTime(plan: Plan): Plan {
  const times = timestampsOf(plan);
  return rewritePlan(plan, (node) =>
    node.kind === 'filter'
      ? filtered(
          node.input,
          conjuncts(node.condition).filter((condition) => timeBounds(condition, times).length === 0),
        )
      : node,
  );
}

/** How many events there are, exactly. */
export async function countEvents({ plan, compiled }: EventRows, engine: Engine, signal: AbortSignal): Promise<number> {
  const fresh = freshColumns(plan);
  const [[rows] = []] = await answerOf(
    grouped(plan, [], [countWhere(fresh('rows', 'long'), null)], fresh),
    compiled,
    engine,
    signal,
  );
  return Number(rows);
}

/** The rows of a plan made of a query. Throws an InputError where the engine would have to fetch the events for it. */
export async function answerOf(plan: Plan, { source }: CompiledQuery, engine: Engine, signal: AbortSignal) {
  if (!engine.takes(plan)) throw new InputError(`${engine.name} cannot count this by itself`, 'run the query instead');
  return (await engine.run(plan, source, signal)).values;
}

/** The indices that a plan reads, as the catalogue knows them. */
export function indicesOf(plan: Plan, { catalogue }: Engine) {
  const scans = scansOf(plan);
  const names = new Set(scans.flatMap(({ indices }) => indices ?? catalogue.indices.map(({ name }) => name)));
  return catalogue.indices.filter(({ name }) => names.has(name));
}
