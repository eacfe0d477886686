import type { SourceText } from '../diagnostics/source-text.ts';
import type { Engine } from '../engines/engine.ts';
import type { QueryText } from '../languages/esql/compiled-query.ts';
import { canonical, isCalled, settingText } from '../overrides/set-threshold.ts';
import { findThresholds, type Threshold } from '../overrides/thresholds.ts';
import { type TypedQuery, typed } from '../overrides/typed-query.ts';
import { aggregateCall, countWhere, filtered, freshColumns, given, grouped, hasValue } from '../plan/build.ts';
import { type Expression, walkExpression } from '../plan/expression.ts';
import { expressionsOf, inputOf, inputsOf, type Plan } from '../plan/nodes.ts';
import { conditionsOf, timeBounds, timestampsOf, windowOf } from '../plan/time-bounds.ts';
import { type CellValue, isNumeric, isWholeNumber } from '../values/types.ts';
import { type KeptPlan, keepBelow } from './kept-plan.ts';
import { compared, computedOf, conditionsOnLastRows, limitOf, onLastRows, withThresholds } from './last-rows.ts';
import { rowChain } from './row-chain.ts';
import { rowsBefore, rowsBySetting } from './rows-by-setting.ts';
import { looserThan, thresholdsFor } from './thresholds.ts';

/** How a hunt's answer depends on one of its thresholds, all others being what they are. */
export interface ThresholdStudy {
  readonly threshold: Threshold;
  readonly literal: number;
  /** Rows that this threshold decides about. */
  readonly candidates: number;
  /** The values that it is compared with, at these shares of the rows; empty without any. */
  readonly quantiles: readonly { readonly share: number; readonly value: number }[];
  /** How many hits there would be, by threshold, ascending. */
  readonly hits: readonly HitsAt[];
  /**
   * The loosest threshold with at most this number of hits a day that still leaves something out; the current one where that
   * gives as many. Null when the window has no length, nothing is compared, or no threshold gives some hits and few enough.
   */
  readonly suggestion: Suggestion | null;
}

/** How many hits a threshold gives. */
export interface HitsAt {
  readonly threshold: number;
  readonly hits: number;
  /** Set where a LIMIT of the query may have left more rows out. */
  readonly isCut?: true;
}

/** A threshold, what comes of it, and what `--set` takes for it. */
interface Suggestion extends HitsAt {
  readonly set: string;
}

export interface Tuning {
  readonly studies: readonly ThresholdStudy[];
  /** The length of the hunt's window in days; null without a window. */
  readonly days: number | null;
}

export interface TuneOptions {
  readonly now: Date;
  /** How many hits a day are bearable. */
  readonly hitsPerDay: number;
  /** Thresholds to try instead of chosen ones. */
  readonly at: readonly number[];
  /** Only the thresholds of that name. */
  readonly threshold: string | null;
  readonly signal?: AbortSignal;
}

const shares = [0, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1];

/**
 * Tries thresholds on a query. The events are read once for all thresholds on what was aggregated of them: what these leave
 * as it is, which is at least what the events were first aggregated to, is kept and looked at for each of them. A threshold
 * on events that are then aggregated reads them anew, once for all its settings where that can be asked.
 */
export async function tune(text: QueryText, engine: Engine, options: TuneOptions): Promise<Tuning> {
  const query = await typed(text, { catalogue: async () => engine.catalogue, now: options.now.getTime() });
  const known = findThresholds(query).filter(({ constant }) => isNumeric(constant.type));
  const thresholds =
    options.threshold === null ? known : known.filter((threshold) => isNamed(threshold, options.threshold!));
  const days = windowDays(query, options.now);
  if (thresholds.length === 0) return { studies: [], days };
  const { plan, source } = query;
  const onLast = onLastRows(thresholds, plan);
  // Rows that are events themselves may be many: they are counted where they are.
  const isOnEvents = onLast.length > 0 && areEvents(plan) && engine.takes(plan);
  const inPlace: KeptPlan = { plan, engine, drop: async () => {} };
  const beforeStats = thresholds.filter(
    (threshold) => !onLast.includes(threshold) && areEvents(nodeOf(threshold, plan)),
  );
  const varying = isOnEvents ? [] : thresholds.filter((threshold) => !beforeStats.includes(threshold));
  const kept =
    varying.length === 0
      ? inPlace
      : await keepBelow(query, (node) => varying.some((threshold) => stands(threshold, node)), engine, options.signal);
  try {
    const { base } = rowChain(kept.plan);
    const rows =
      onLast.length === 0
        ? null
        : isOnEvents
          ? { scan: base, engine, drop: async () => {} }
          : await keptRows(base, kept, source, options.signal);
    const studies: ThresholdStudy[] = [];
    for (const threshold of thresholds) {
      options.signal?.throwIfAborted();
      const over = beforeStats.includes(threshold) ? inPlace : kept;
      studies.push(
        rows && onLast.includes(threshold)
          ? await studyRows(threshold, { plan: kept.plan, source }, rows, days, options)
          : await studyVariants(threshold, { ...over, source }, days, options),
      );
    }
    await rows?.drop();
    return { studies, days };
  } finally {
    await kept.drop();
  }
}

/** Whether the rows of a plan are events, with whatever was computed beside them. */
export function areEvents(plan: Plan): boolean {
  for (let node: Plan | null = plan; node; node = inputOf(node)) if (node.kind === 'aggregate') return false;
  return true;
}

/** The node that a threshold stands in. */
export function nodeOf(threshold: Threshold, plan: Plan): Plan {
  const find = (node: Plan): Plan | undefined =>
    stands(threshold, node) ? node : inputsOf(node).flatMap((input) => find(input) ?? [])[0];
  return find(plan)!;
}

/** What is compared names all of its thresholds. */
const isNamed = (threshold: Threshold, name: string): boolean =>
  isCalled(threshold, name) || canonical(threshold.subject) === canonical(name);

/** Whether a threshold stands in a node itself. */
export const stands = ({ comparison }: Threshold, node: Plan): boolean =>
  expressionsOf(node).some((expression) => contains(expression, comparison));

function contains(expression: Expression, wanted: Expression): boolean {
  let found = false;
  walkExpression(expression, (part) => {
    if (part === wanted) found = true;
  });
  return found;
}

/** Rows that every question about the end of a plan begins with. */
interface Rows {
  readonly scan: Plan;
  readonly engine: Engine;
  drop(): Promise<void>;
}

async function keptRows(base: Plan, { engine }: KeptPlan, source: SourceText, signal?: AbortSignal): Promise<Rows> {
  const { scans, engine: reading, drop } = await engine.materialise([base], source, signal);
  return { scan: scans[0]!, engine: reading, drop };
}

/** Asks the last rows of the query. */
async function studyRows(
  threshold: Threshold,
  { plan, source }: Pick<TypedQuery, 'plan' | 'source'>,
  { scan, engine }: Rows,
  days: number | null,
  { at, hitsPerDay, signal }: TuneOptions,
): Promise<ThresholdStudy> {
  const others = conditionsOnLastRows(plan).filter((condition) => condition !== threshold.comparison);
  const { measured, measure, value, fresh } = withMeasure(threshold, filtered(computedOf(plan, scan), others));
  const counting = (calls: Calls): Plan => grouped(measured, [], calls, fresh);
  const ask = async (calls: Calls): Promise<readonly CellValue[]> =>
    (await engine.run(counting(calls), source, signal)).values[0]!;
  const countsAt = (settings: readonly number[]): Calls =>
    settings.map((setting) => countWhere(fresh('hits', 'long'), compared(threshold, setting)));

  const literal = Number(threshold.constant.value);
  const limit = limitOf(plan);
  const bearable = days === null ? null : Math.floor(hitsPerDay * days);
  const direction = looserThan(threshold.operator);
  const isStrict = threshold.operator === '>' || threshold.operator === '<';
  // Where a LIMIT makes the rows few, none is beyond the edge.
  const atEdge = bearable === null || direction === null || limit <= bearable ? 0 : bearable + 1;
  const asked = [...at].sort((a, b) => a - b);
  const known = [...spreadOf(value, fresh), ...countsAt([...asked, literal])];
  const edgeToo = [...known, ...edgeOf(atEdge)];
  const isOneQuestion = atEdge <= mostInCell && engine.takes(counting(edgeToo));
  const answer = await ask(isOneQuestion ? edgeToo : known);

  const { candidates, quantiles } = spread(answer);
  const settings = asked.length > 0 ? asked : thresholdsFor(literal, quantiles, isWholeNumber(threshold.measure.type));
  const counted = answer.slice(1 + shares.length);
  const current = Number(counted[asked.length] ?? 0);
  const counts = asked.length > 0 ? counted : await ask(countsAt(settings));
  const hits = settings.map((setting, i) => hitsAt(setting, Number(counts[i])));
  const edge = atEdge === 0 ? [] : isOneQuestion ? [answer.at(-1) ?? []].flat().map(Number) : await rowsAtEdge();
  const suggestion = bearable === null || candidates === 0 ? null : await suggest(bearable);
  return { threshold, literal, candidates, quantiles, hits, suggestion };

  /** The values of the rows at the edge as one more cell of an answer. */
  function edgeOf(rows: number): Calls {
    if (rows === 0) return [];
    const order = given('keyword', direction === 'lower' ? 'desc' : 'asc');
    const column = fresh('edge', measure.type, true);
    return [aggregateCall('TOP', column, [value, given('integer', BigInt(rows)), order], null)];
  }

  /** The same as rows: for engines that have no aggregate for it, and where there are many. */
  async function rowsAtEdge(): Promise<number[]> {
    const sorted: Plan = {
      kind: 'sort',
      input: filtered(measured, [hasValue(measure)]),
      keys: [{ expression: value, descending: direction === 'lower', nulls: 'last' }],
      output: measured.output,
    };
    const cut: Plan = { kind: 'limit', input: sorted, count: BigInt(atEdge), output: sorted.output };
    const shown: Plan = { kind: 'project', input: cut, output: [measure] };
    const { values } = await engine.run(shown, source, signal);
    return values.map(([cell]) => Number(cell));
  }

  /** The rows at the edge show where the threshold must stand for at most this number of hits. */
  async function suggest(bearable: number): Promise<ThresholdStudy['suggestion']> {
    if (direction === null) return null;
    if (limit > bearable && candidates > bearable) {
      const beyond = edge.at(-1)!;
      const kept = edge.filter((one) => (direction === 'lower' ? one > beyond : one < beyond));
      if (kept.length === 0) return null;
      return kept.length === current ? suggested(literal, current) : suggested(without(beyond, kept), kept.length);
    }
    // All rows are few enough: a threshold that lets all of them through is none.
    const extreme = loosestValue(quantiles, direction);
    if (current === candidates) return suggested(literal, candidates);
    const useful = without(
      extreme,
      edge.filter((one) => one !== extreme),
    );
    const left = Number((await ask(countsAt([useful])))[0]);
    if (left === current && left > 0) return suggested(literal, left);
    return left > 0 ? suggested(useful, left) : suggested(open(extreme), candidates);
  }

  /** The loosest setting that leaves out rows of a value. `kept`: the values of those that stay, the nearest last, if known. */
  function without(beyond: number, kept: readonly number[]): number {
    if (isStrict) return beyond;
    const next = direction === 'lower' ? beyond + step(beyond) : beyond - step(beyond);
    return isWholeNumber(threshold.measure.type) ? next : (kept.at(-1) ?? next);
  }

  /** The tightest setting that rows of a value pass. */
  function open(last: number): number {
    if (!isStrict) return last;
    return direction === 'lower' ? last - step(last) : last + step(last);
  }

  function suggested(setting: number, count: number): Suggestion {
    return { ...hitsAt(setting, count), set: settingText(threshold, setting) };
  }

  function hitsAt(setting: number, rows: number): HitsAt {
    return { threshold: setting, hits: Math.min(rows, limit), ...(rows > limit && { isCut: true }) };
  }

  function step(around: number): number {
    return isWholeNumber(threshold.measure.type) ? 1 : Math.max(Math.abs(around), 1) * 1e-6;
  }
}

/** The value that the loosest threshold has to let through. */
const loosestValue = (quantiles: ThresholdStudy['quantiles'], looser: 'lower' | 'higher'): number =>
  quantiles.find(({ share }) => share === (looser === 'lower' ? 0 : 1))?.value ?? Number.NaN;

/** Counts the last rows at each setting of a threshold that decides about earlier ones. */
async function studyVariants(
  threshold: Threshold,
  kept: KeptPlan & Pick<TypedQuery, 'source'>,
  days: number | null,
  { at, hitsPerDay, signal }: TuneOptions,
): Promise<ThresholdStudy> {
  const { plan, engine, source } = kept;
  const { candidates, quantiles } = await distribution(threshold, kept, signal);
  const literal = Number(threshold.constant.value);
  const whole = isWholeNumber(threshold.measure.type);
  const settings = at.length > 0 ? [...at].sort((a, b) => a - b) : thresholdsFor(literal, quantiles, whole);
  const limit = limitOf(plan);
  const atOnce = rowsBySetting(threshold, settings, plan);
  const rows =
    atOnce && engine.takes(atOnce.plan)
      ? atOnce.read((await engine.run(atOnce.plan, source, signal)).values)
      : await rowsOfEach(settings.map((setting) => withThresholds(plan, [[threshold, setting]])));
  const hits = settings.map((setting, i): HitsAt => {
    const isCut = rows[i]! > limit || (!atOnce && rows[i]! >= limit);
    return { threshold: setting, hits: Math.min(rows[i]!, limit), ...(isCut && { isCut }) };
  });
  const looser = looserThan(threshold.operator);
  const found = days === null || looser === null ? null : loosestUseful(Math.floor(hitsPerDay * days), looser);
  const suggestion = found && { ...found, set: settingText(threshold, found.threshold) };
  return { threshold, literal, candidates, quantiles, hits, suggestion };

  /** Of the settings that were tried. */
  function loosestUseful(bearable: number, looser: 'lower' | 'higher'): HitsAt | null {
    const fromLoosest = looser === 'higher' ? [...hits].reverse() : hits;
    const few = fromLoosest.filter((at) => at.hits > 0 && at.hits <= bearable);
    const extreme = loosestValue(quantiles, looser);
    const passesAll = (setting: number): boolean => {
      if (setting === extreme) return threshold.operator.endsWith('=');
      return looser === 'lower' ? setting < extreme : setting > extreme;
    };
    const current = few.find((at) => at.threshold === literal);
    const useful = few.find((at) => !passesAll(at.threshold)) ?? few[0] ?? null;
    return current && (current.hits === useful?.hits || passesAll(literal)) ? current : useful;
  }

  async function rowsOfEach(variants: readonly Plan[]): Promise<number[]> {
    const counts: number[] = [];
    for (const variant of variants) counts.push((await engine.run(variant, source, signal)).values.length);
    return counts;
  }
}

/** What a threshold within a query is compared with, in the rows that come to it. */
async function distribution(
  threshold: Threshold,
  { plan, engine, source }: KeptPlan & Pick<TypedQuery, 'source'>,
  signal?: AbortSignal,
): Promise<Pick<ThresholdStudy, 'candidates' | 'quantiles'>> {
  const { measured, value, fresh } = withMeasure(threshold, rowsBefore(threshold, nodeOf(threshold, plan)));
  const { values } = await engine.run(grouped(measured, [], spreadOf(value, fresh), fresh), source, signal);
  return spread(values[0]!);
}

/** Rows with the value that a threshold is compared with as a column of its own. */
function withMeasure(threshold: Threshold, input: Plan) {
  const fresh = freshColumns(input);
  const measure = fresh('measure', threshold.measure.type);
  const measured: Plan = {
    kind: 'compute',
    input,
    definitions: [{ column: measure, expression: threshold.measure }],
    output: [...input.output, measure],
  };
  const value: Expression = {
    kind: 'column',
    column: measure,
    type: measure.type,
    multi: false,
    span: threshold.literal,
  };
  return { measured, measure, value, fresh };
}

type Calls = Parameters<typeof grouped>[2];

/** How many values a cell may hold. */
const mostInCell = 10_000;

/** Aggregates that count values and describe their spread. */
const spreadOf = (value: Expression, fresh: ReturnType<typeof freshColumns>): Calls => [
  aggregateCall('COUNT', fresh('n', 'long'), [value], null),
  ...shares.map((share) =>
    aggregateCall('PERCENTILE', fresh('q', 'double'), [value, given('double', share * 100)], null),
  ),
];

/** Reads what these aggregates gave. */
function spread([count, ...values]: readonly CellValue[]): Pick<ThresholdStudy, 'candidates' | 'quantiles'> {
  return {
    candidates: Number(count ?? 0),
    quantiles: shares.flatMap((share, i) => (values[i] == null ? [] : [{ share, value: Number(values[i]) }])),
  };
}

export function windowDays({ plan }: TypedQuery, now: Date): number | null {
  const ids = timestampsOf(plan);
  const { from, to } = windowOf(conditionsOf(plan).flatMap((condition) => timeBounds(condition, ids)));
  return from === null ? null : (Number(to ?? now.getTime()) - Number(from)) / 86_400_000;
}
