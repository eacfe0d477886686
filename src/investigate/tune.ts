import type { DuckDBEngine, MaterialisedRows } from '../engines/duckdb/engine.ts';
import { aggregateCall, countWhere, filtered, freshColumns, given, grouped, hasValue } from '../esql/plan/build.ts';
import type { Constant, Expression } from '../esql/plan/expression.ts';
import type { Plan } from '../esql/plan/nodes.ts';
import { conditionsOf, conjuncts, timeBounds, timestampsOf, windowOf } from '../esql/plan/time-bounds.ts';
import { findKnobs, type Knob } from '../overrides/knobs.ts';
import { setKnob } from '../overrides/set-knob.ts';
import { applyEdits } from '../overrides/text-edit.ts';
import { type TypedQuery, typed } from '../overrides/typed-query.ts';
import { isNumeric, isWholeNumber } from '../values/types.ts';
import { rowChain } from './row-chain.ts';
import { looserThan, thresholdsFor } from './thresholds.ts';

/** How a hunt's answer depends on one of its thresholds, all others being what they are. */
export interface KnobStudy {
  readonly knob: Knob;
  readonly literal: number;
  /** Rows that this threshold decides about. */
  readonly candidates: number;
  /** The values that it is compared with, at these shares of the rows; empty without any. */
  readonly quantiles: readonly { readonly share: number; readonly value: number }[];
  /** How many hits there would be, by threshold, ascending. */
  readonly hits: readonly { readonly threshold: number; readonly hits: number }[];
  /** The loosest threshold with at most so many hits a day; null when the window has no length. */
  readonly suggestion: { readonly threshold: number; readonly hits: number } | null;
}

export interface Tuning {
  readonly studies: readonly KnobStudy[];
  /** The length of the hunt's window in days; null without a window. */
  readonly days: number | null;
  /** Whether the events were read once for all thresholds, or once for each. */
  readonly passes: 'one' | 'many';
}

export interface TuneOptions {
  readonly now: Date;
  /** How many hits a day are bearable. */
  readonly hitsPerDay: number;
  /** Thresholds to try instead of chosen ones. */
  readonly at: readonly number[];
  /** Only the knob of that name. */
  readonly knob: string | null;
  readonly signal?: AbortSignal;
}

const shares = [0, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1];

/** Tries thresholds on a query. What the events are aggregated to is kept, and looked at for every threshold. */
export async function tune(text: string, engine: DuckDBEngine, options: TuneOptions): Promise<Tuning> {
  const query = await typed(text, { catalogue: async () => engine.catalogue, now: options.now.getTime() });
  const knobs = findKnobs(query).filter(
    ({ name, threshold }) => isNumeric(threshold.type) && (options.knob === null || name === options.knob),
  );
  const days = windowDays(query, options.now);
  const chain = rowChain(query.plan);
  const filters = chain.nodes.flatMap((node) => (node.kind === 'filter' ? conjuncts(node.condition) : []));
  const onRows = knobs.filter(({ comparison }) => filters.includes(comparison));
  const studies: KnobStudy[] = [];
  const rows =
    onRows.length > 0 && isCutLast(query.plan)
      ? await engine.materialise(chain.base, query.source, options.signal)
      : null;
  try {
    for (const knob of knobs) {
      studies.push(
        rows && onRows.includes(knob)
          ? await studyRows(knob, query, rows, days, options)
          : await studyRuns(knob, query, engine, options),
      );
    }
  } finally {
    await rows?.drop();
  }
  return { studies, days, passes: studies.length === onRows.length && rows ? 'one' : 'many' };
}

/** A LIMIT that other conditions follow cuts rows before they are counted. */
function isCutLast(plan: Plan): boolean {
  const kinds = rowChain(plan).nodes.map(({ kind }) => kind);
  const limit = kinds.indexOf('limit');
  return limit < 0 || !kinds.slice(limit).includes('filter');
}

const limitOf = (plan: Plan): number =>
  Math.min(...rowChain(plan).nodes.map((node) => (node.kind === 'limit' ? Number(node.count) : Infinity)));

/** Asks the kept rows. */
async function studyRows(
  knob: Knob,
  { plan, source }: TypedQuery,
  { scan, engine }: MaterialisedRows,
  days: number | null,
  { at, hitsPerDay, signal }: TuneOptions,
): Promise<KnobStudy> {
  const { nodes } = rowChain(plan);
  const computed = nodes.reduce<Plan>(
    (input, node) =>
      node.kind === 'compute'
        ? { ...node, input, output: [...input.output, ...node.definitions.map(({ column }) => column)] }
        : node.kind === 'parse'
          ? { ...node, input, output: [...input.output, ...node.columns] }
          : input,
    scan,
  );
  const others = nodes
    .flatMap((node) => (node.kind === 'filter' ? conjuncts(node.condition) : []))
    .filter((condition) => condition !== knob.comparison);
  const fresh = freshColumns(computed);
  const measure = fresh('measure', knob.measure.type);
  const measured: Plan = {
    kind: 'compute',
    input: filtered(computed, others),
    definitions: [{ column: measure, expression: knob.measure }],
    output: [...computed.output, measure],
  };
  const value: Expression = { kind: 'column', column: measure, type: measure.type, multi: false, span: knob.literal };
  const ask = async (calls: Parameters<typeof grouped>[2]): Promise<(number | null)[]> => {
    const { values } = await engine.runPlan(grouped(measured, [], calls, fresh), source, signal);
    return values[0]!.map((cell) => (cell === null ? null : Number(cell)));
  };
  const [count, ...spread] = await ask([
    aggregateCall('COUNT', fresh('n', 'long'), [value], null),
    ...shares.map((share) =>
      aggregateCall('PERCENTILE', fresh('q', 'double'), [value, given('double', share * 100)], null),
    ),
  ]);
  const quantiles = shares.flatMap((share, i) => (spread[i] == null ? [] : [{ share, value: spread[i] }]));
  const literal = Number(knob.threshold.value);
  const thresholds =
    at.length > 0 ? [...at].sort((a, b) => a - b) : thresholdsFor(literal, quantiles, isWholeNumber(knob.measure.type));
  const counts = await ask(thresholds.map((threshold) => countWhere(fresh('hits', 'long'), compared(knob, threshold))));
  const limit = limitOf(plan);
  const hits = thresholds.map((threshold, i) => ({ threshold, hits: Math.min(counts[i]!, limit) }));
  const most = days === null ? null : Math.floor(hitsPerDay * days);
  const suggestion = most === null ? null : await suggest(most);
  return { knob, literal, candidates: count ?? 0, quantiles, hits, suggestion };

  /** The rows at the edge tell where the threshold must stand for at most so many hits. */
  async function suggest(bearable: number): Promise<KnobStudy['suggestion']> {
    const direction = looserThan(knob.operator);
    if (direction === null) return null;
    const sorted: Plan = {
      kind: 'sort',
      input: filtered(measured, [hasValue(measure)]),
      keys: [{ expression: value, descending: direction === 'lower', nulls: 'last' }],
      output: measured.output,
    };
    const cut: Plan = { kind: 'limit', input: sorted, count: BigInt(bearable + 1), output: sorted.output };
    const shown: Plan = { kind: 'project', input: cut, output: [measure] };
    const { values } = await engine.runPlan(shown, source, signal);
    const edge = values.map(([cell]) => Number(cell));
    if (edge.length === 0) return null;
    const strict = knob.operator === '>' || knob.operator === '<';
    if (edge.length <= bearable) {
      // All rows are few enough: the loosest threshold lets all of them through.
      const last = edge.at(-1)!;
      const open = strict ? last + (direction === 'lower' ? -step(last) : step(last)) : last;
      return { threshold: open, hits: edge.length };
    }
    const beyond = edge.at(-1)!;
    const kept = edge.filter((one) => (direction === 'lower' ? one > beyond : one < beyond));
    if (strict) return { threshold: beyond, hits: kept.length };
    const inner = kept.at(-1) ?? beyond + (direction === 'lower' ? step(beyond) : -step(beyond));
    return { threshold: inner, hits: kept.length };
  }

  function step(around: number): number {
    return isWholeNumber(knob.measure.type) ? 1 : Math.max(Math.abs(around), 1) * 1e-6;
  }
}

/** Runs the query once for each threshold: for what no single pass can tell. */
async function studyRuns(
  knob: Knob,
  query: TypedQuery,
  engine: DuckDBEngine,
  options: TuneOptions,
): Promise<KnobStudy> {
  const literal = Number(knob.threshold.value);
  const thresholds =
    options.at.length > 0
      ? [...options.at].sort((a, b) => a - b)
      : thresholdsFor(literal, [], isWholeNumber(knob.measure.type));
  const hits: { threshold: number; hits: number }[] = [];
  for (const threshold of thresholds) {
    const text = applyEdits(query.source.text, [setKnob(knob, { name: knob.name, value: String(threshold) })]);
    const { values } = await engine.query(text, {
      now: options.now.getTime(),
      maxRows: null,
      ...(options.signal && { signal: options.signal }),
    });
    hits.push({ threshold, hits: values.length });
  }
  return { knob, literal, candidates: Math.max(...hits.map((one) => one.hits)), quantiles: [], hits, suggestion: null };
}

/** The comparison with another number in the constant's place. */
function compared({ comparison, threshold }: Knob, value: number): Expression {
  if (comparison.kind !== 'call') return comparison;
  const whole = Number.isInteger(value) && threshold.type !== 'double';
  const other: Constant = whole
    ? { ...threshold, type: 'long', value: BigInt(value) }
    : { ...threshold, type: 'double', value };
  return { ...comparison, args: comparison.args.map((arg) => (arg === threshold ? other : arg)) };
}

function windowDays({ plan }: TypedQuery, now: Date): number | null {
  const ids = timestampsOf(plan);
  const { from, to } = windowOf(conditionsOf(plan).flatMap((condition) => timeBounds(condition, ids)));
  return from === null ? null : (Number(to ?? now.getTime()) - Number(from)) / 86_400_000;
}
