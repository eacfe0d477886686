import { InputError } from '../diagnostics/diagnostic.ts';
import type { SourceText, Span } from '../diagnostics/source-text.ts';
import type { Engine, MaterialisedRows } from '../engines/engine.ts';
import { resultColumns } from '../engines/planned-query.ts';
import { CompiledQuery, type QueryText } from '../languages/esql/compiled-query.ts';
import { settingText } from '../overrides/set-threshold.ts';
import { findThresholds, type Threshold } from '../overrides/thresholds.ts';
import { type TypedQuery, typed } from '../overrides/typed-query.ts';
import { conditionOf, countWhere, filtered, freshColumns, given, grouped } from '../plan/build.ts';
import type { Column } from '../plan/column.ts';
import type { ComparisonOperator } from '../plan/comparison.ts';
import { type Expression, reference } from '../plan/expression.ts';
import { inputsOf, type Plan } from '../plan/nodes.ts';
import { type CellValue, isNumeric, isWholeNumber, type ResultColumn } from '../values/types.ts';
import { type KeptPlan, keepBelow } from './kept-plan.ts';
import { computedOf, conditionsOnLastRows, isCutLast, limitOf, onLastRows, withThresholds } from './last-rows.ts';
import { rowChain } from './row-chain.ts';
import { looserThan } from './thresholds.ts';
import { areEvents, nodeOf, stands } from './tune.ts';

/** A threshold of a query, and what rows have to pass it with. */
export interface OpenThreshold {
  /** What `--set` calls it. */
  readonly name: string;
  /** What is compared, as it stands in the query. */
  readonly subject: string;
  readonly operator: ComparisonOperator;
  /** The constant's place in the text, and the number that stands there. */
  readonly literal: Span;
  readonly value: number;
  /** Whether only whole numbers can be set. */
  readonly isWhole: boolean;
  /** Which way it must move to let more rows through; null where neither is looser. */
  readonly looser: 'higher' | 'lower' | null;
  /**
   * A value for each row, NaN for one that has none; null where rows are too many (then there is a ladder), or where it does
   * not decide alone (then there is a reason).
   */
  readonly measures: Float64Array | null;
  readonly ladder: Ladder | null;
  /** Why there are neither measures nor a ladder, so that `count` must be asked; null where there are. */
  readonly reason: string | null;
  /** Whether it decides about the rows by itself, so that these are the rows before it. */
  readonly isAlone: boolean;
}

/** How many rows pass a threshold at each of some settings, exactly, all other thresholds being what they are. */
export interface Ladder {
  /** Ascending; the present value is one of them. */
  readonly settings: Float64Array;
  /** As many as there are settings. */
  readonly rows: Float64Array;
}

/** How many hits a query has. */
export interface TunedCount {
  readonly hits: number;
  /** Whether a LIMIT of the query leaves more rows out. */
  readonly isCut: boolean;
}

/** The rows of a query before its thresholds, open until `close`. */
export interface OpenTuning {
  /** The text that spans point into. */
  readonly text: string;
  readonly thresholds: readonly OpenThreshold[];
  /** How many rows there are before the thresholds that decide alone; null where none does. */
  readonly rows: number | null;
  /** What LIMIT lets through of the rows that pass, so that hits are at most as many; null without one. */
  readonly limit: number | null;
  /** The columns of `rowsAt`: those of the query's answer. */
  readonly columns: readonly ResultColumn[];
  /**
   * Rows at some places among those before the thresholds, from zero, in the order of the places. Throws an InputError
   * where rows are too many to be kept, which is where thresholds have ladders.
   */
  rowsAt(places: readonly number[], signal?: AbortSignal): Promise<CellValue[][]>;
  /** Counts by a run, for every kind of threshold: settings by the place of the threshold, null to leave it as it is. */
  count(settings: readonly (number | null)[], signal?: AbortSignal): Promise<TunedCount>;
  /** What `--set` takes for a threshold at a setting. */
  setText(threshold: number, setting: number): string;
  /** Frees the rows. */
  close(): Promise<void>;
}

export interface OpenTuningOptions {
  readonly now: Date;
  readonly signal?: AbortSignal | undefined;
  /** How many rows have their measures given; more of them have ladders. */
  readonly mostRows?: number;
  /** How many settings a ladder has at most. */
  readonly rungs?: number;
}

/** Beyond these a measure may have been rounded on its way. */
const mostExact = Number.MAX_SAFE_INTEGER;

/**
 * Opens a query for its thresholds to be moved: the rows before the thresholds that decide alone are computed once and kept,
 * and their measures given, so that whoever has them counts hits at any setting, also of several thresholds together
 * (`countPassing`). Rows stay on the engine's connection until `close`. Throws a QueryError for a query that is wrong.
 */
export async function openTuning(text: QueryText, engine: Engine, options: OpenTuningOptions): Promise<OpenTuning> {
  const { now, signal, mostRows = 250_000, rungs = 1024 } = options;
  const compiled = CompiledQuery.of(text).withViews(engine.catalogue.views);
  const query = await typed(compiled, { catalogue: async () => engine.catalogue, now: now.getTime() });
  const { plan, source } = query;
  const thresholds = findThresholds(query);
  const numeric = thresholds.filter(({ constant, measure }) => isNumeric(constant.type) && isNumeric(measure.type));
  const deciding = onLastRows(numeric, plan);
  const rows = deciding.length === 0 ? null : await keptRows(query, deciding, engine, { mostRows, rungs }, signal);
  /** Those with something to keep below them: events themselves are read anew for each run. */
  const late = numeric.filter((threshold) => aggregates(nodeOf(threshold, plan)));
  const inPlace: KeptPlan = { plan, engine, drop: async () => {} };
  let variants: KeptPlan | null = null;
  const limit = limitOf(plan);
  return {
    text: source.text,
    thresholds: thresholds.map((threshold) => {
      const place = deciding.indexOf(threshold);
      const reason = place < 0 ? whyNot(threshold, plan) : (rows!.reasons[place] ?? null);
      const { name, subject, operator, literal, constant } = threshold;
      return {
        ...{ name, subject, operator, literal, reason, value: Number(constant.value) },
        isWhole: isWholeNumber(constant.type),
        looser: looserThan(operator),
        isAlone: place >= 0,
        measures: reason === null ? (rows!.measures?.[place] ?? null) : null,
        ladder: reason === null ? (rows!.ladders?.[place] ?? null) : null,
      };
    }),
    rows: rows?.count ?? null,
    limit: Number.isFinite(limit) ? limit : null,
    columns: resultColumns(plan.output),
    async rowsAt(places, asking) {
      if (!rows?.at)
        throw new InputError('the rows before the thresholds are not kept', 'narrow the query with --only or --window');
      return rows.at(places, asking);
    },
    async count(settings, asking) {
      const changed = numeric.flatMap((threshold): [Threshold, number][] => {
        const setting = settings[thresholds.indexOf(threshold)] ?? null;
        return setting === null ? [] : [[threshold, setting]];
      });
      const isLate = changed.length > 0 && changed.every(([threshold]) => late.includes(threshold));
      if (isLate) variants ??= await keepBelow(query, (node) => late.some((one) => stands(one, node)), engine, asking);
      const over = isLate && variants ? variants : inPlace;
      const variant = withoutLimit(withThresholds(over.plan, changed), limit);
      const fresh = freshColumns(variant);
      const counted = grouped(variant, [], [countWhere(fresh('rows', 'long'), null)], fresh);
      const hits = Number((await over.engine.run(counted, source, asking)).values[0]![0]);
      return { hits: Math.min(hits, limit), isCut: hits > limit };
    },
    setText: (threshold, setting) => settingText(thresholds[threshold]!, setting),
    async close() {
      await rows?.kept.drop();
      await variants?.drop();
    },
  };
}

const aggregates = (plan: Plan): boolean => plan.kind === 'aggregate' || inputsOf(plan).some(aggregates);

/** A plan that lets through what its last LIMIT would cut, so that it shows what that is. */
function withoutLimit(plan: Plan, limit: number): Plan {
  if (!Number.isFinite(limit) || !isCutLast(plan)) return plan;
  if (plan.kind === 'limit') return withoutLimit(plan.input, limit);
  return plan.kind === 'project' || plan.kind === 'compute' || plan.kind === 'sort'
    ? { ...plan, input: withoutLimit(plan.input, limit) }
    : plan;
}

/** Why the measures of a threshold do not say how many hits there are. */
function whyNot(threshold: Threshold, plan: Plan): string {
  if (!isNumeric(threshold.constant.type) || !isNumeric(threshold.measure.type))
    return 'it is compared with a time, which only --set changes';
  if (!isCutLast(plan)) return 'a LIMIT before it cuts the rows that come to it, so each setting takes a run';
  if (!threshold.decides) return 'it is one condition among others that decide together, so each setting takes a run';
  return 'later commands make other rows of those that pass it, so each setting takes a run';
}

/** The rows before thresholds, and what these compare in them. */
interface KeptRows {
  readonly kept: Pick<MaterialisedRows, 'drop'>;
  readonly count: number;
  readonly measures: readonly Float64Array[] | null;
  readonly ladders: readonly (Ladder | null)[] | null;
  readonly reasons: readonly (string | null)[];
  readonly at: ((places: readonly number[], signal?: AbortSignal) => Promise<CellValue[][]>) | null;
}

async function keptRows(
  { plan, source }: TypedQuery,
  thresholds: readonly Threshold[],
  engine: Engine,
  { mostRows, rungs }: { readonly mostRows: number; readonly rungs: number },
  signal?: AbortSignal,
): Promise<KeptRows> {
  const { base } = rowChain(plan);
  const own = new Set(thresholds.map(({ comparison }) => comparison));
  const others = conditionsOnLastRows(plan).filter((condition) => !own.has(condition));
  const input = filtered(computedOf(plan, base), others);
  const fresh = freshColumns(input);
  const measures = thresholds.map(() => fresh('measure', 'double'));
  const measured: Plan = {
    kind: 'compute',
    input,
    definitions: thresholds.map(({ measure }, i) => ({ column: measures[i]!, expression: asDouble(measure) })),
    output: [...input.output, ...measures],
  };
  // Rows that are events themselves are wide, and may be too many to be kept.
  const isWide = areEvents(plan);
  const tooMany = isWide && (await rowsOf(measured, engine, source, signal)) > mostRows;
  const output = tooMany ? measures : [...plan.output, ...measures];
  const kept = await engine.materialise([{ kind: 'project', input: measured, output }], source, signal);
  try {
    const [scan] = kept.scans as [Plan & { kind: 'scan' }];
    const count = await rowsOf(scan, kept.engine, source, signal);
    const common = { kept, count, reasons: thresholds.map(() => null) };
    if (count > mostRows) {
      const ladders = await laddersOf(thresholds, measures, scan, kept.engine, source, { count, rungs }, signal);
      const reasons = ladders.map((ladder) => (ladder ? null : notALadder));
      return { ...common, measures: null, ladders, reasons, at: null };
    }
    const { values } = await kept.engine.run({ kind: 'project', input: scan, output: measures }, source, signal);
    const arrays = measures.map((_, i) => Float64Array.from(values, (row) => numberOf(row[i]!)));
    const reasons = arrays.map((array, i) =>
      isWholeNumber(thresholds[i]!.measure.type) && array.some((value) => Math.abs(value) > mostExact) ? inexact : null,
    );
    return { ...common, measures: arrays, ladders: null, reasons, at: readerOf(kept, plan.output, source) };
  } catch (error) {
    await kept.drop();
    throw error;
  }
}

const notALadder = 'more rows than can be counted here, and no setting is looser than another: each takes a run';
const inexact = 'some values are whole numbers beyond 2^53, which only a run compares exactly';

const asDouble = (measure: Expression): Expression =>
  measure.type === 'double' && !measure.multi
    ? measure
    : {
        kind: 'call',
        function: 'TO_DOUBLE',
        args: [measure],
        type: 'double',
        multi: measure.multi,
        span: measure.span,
      };

/** Several values pass no comparison, and neither does none. */
const numberOf = (cell: CellValue): number => (cell === null || Array.isArray(cell) ? Number.NaN : Number(cell));

async function rowsOf(plan: Plan, engine: Engine, source: SourceText, signal?: AbortSignal): Promise<number> {
  const fresh = freshColumns(plan);
  const counted = grouped(plan, [], [countWhere(fresh('rows', 'long'), null)], fresh);
  return Number((await engine.run(counted, source, signal)).values[0]![0]);
}

/** The place of kept rows as a column. */
function placed(scan: Plan & { kind: 'scan' }): { readonly plan: Plan; readonly place: Column } {
  const place = freshColumns(scan)('place', 'long');
  const columns = [...scan.columns, { column: place, source: '_place' as const }];
  return { plan: { ...scan, columns, output: [...scan.output, place] }, place };
}

const nowhere = { start: 0, end: 0 };

/** Reads rows by their places, which are those of the table that keeps them. */
function readerOf(kept: MaterialisedRows, output: readonly Column[], source: SourceText): KeptRows['at'] {
  const { plan, place } = placed(kept.scans[0]! as Plan & { kind: 'scan' });
  return async (places, signal) => {
    if (places.length === 0) return [];
    const wanted = conditionOf('IN', [reference(place, nowhere), ...places.map((one) => given('long', BigInt(one)))]);
    const found: Plan = { kind: 'project', input: filtered(plan, [wanted]), output: [...output, place] };
    const { values } = await kept.engine.run(found, source, signal);
    const rows = new Map(values.map((row) => [Number(row.at(-1)), row.slice(0, -1)]));
    return places.flatMap((one) => [rows.get(one) ?? []]);
  };
}

/** Settings at which rows are counted: values of some of the rows, which lie where all of them do. */
async function laddersOf(
  thresholds: readonly Threshold[],
  measures: readonly Column[],
  scan: Plan & { kind: 'scan' },
  engine: Engine,
  source: SourceText,
  { count, rungs }: { readonly count: number; readonly rungs: number },
  signal?: AbortSignal,
): Promise<(Ladder | null)[]> {
  const { plan, place } = placed(scan);
  const every = given('long', BigInt(Math.max(1, Math.floor(count / mostSampled))));
  const rest: Expression = { ...conditionOf('%', [reference(place, nowhere), every]), type: 'long' };
  const some = filtered(plan, [conditionOf('==', [rest, given('long', 0n)])]);
  const { values } = await engine.run({ kind: 'project', input: some, output: measures }, source, signal);
  const ladders: (Ladder | null)[] = [];
  for (const [i, threshold] of thresholds.entries()) {
    if (looserThan(threshold.operator) === null) {
      ladders.push(null);
      continue;
    }
    const present = Number(threshold.constant.value);
    const sampled = values.map((row) => numberOf(row[i]!)).filter((value) => !Number.isNaN(value));
    const settings = settingsOf(sampled, present, rungs);
    const others = thresholds.filter((other) => other !== threshold);
    const among = others.map((other) =>
      comparisonWith(other.operator, measures[thresholds.indexOf(other)]!, Number(other.constant.value)),
    );
    const rows = await countsAt(
      settings,
      threshold.operator,
      measures[i]!,
      filtered(scan, among),
      engine,
      source,
      signal,
    );
    ladders.push({ settings, rows });
  }
  return ladders;
}

const mostSampled = 50_000;

function settingsOf(values: readonly number[], present: number, rungs: number): Float64Array {
  const distinct = Float64Array.from(new Set(values)).sort();
  const few = Math.min(distinct.length, rungs - 1);
  const chosen = Array.from(
    { length: few },
    (_, i) => distinct[few === 1 ? 0 : Math.round((i * (distinct.length - 1)) / (few - 1))]!,
  );
  return Float64Array.from(new Set([...chosen, present])).sort();
}

const comparisonWith = (operator: ComparisonOperator, measure: Column, setting: number): Expression =>
  conditionOf(operator, [reference(measure, nowhere), given('double', setting)]);

/** Counts rows at ascending settings in one pass: each row once, by the last setting that it is on the far side of. */
async function countsAt(
  settings: Float64Array,
  operator: ComparisonOperator,
  measure: Column,
  rows: Plan,
  engine: Engine,
  source: SourceText,
  signal?: AbortSignal,
): Promise<Float64Array> {
  const fresh = freshColumns(rows);
  // Rows that pass at a setting of `>` pass at all below it; those that fail at one of `<` pass at none below.
  const isLower = looserThan(operator) === 'lower';
  const beyond: ComparisonOperator = operator === '>' || operator === '<=' ? '>' : '>=';
  /** How many settings a value is beyond, found by halving. */
  const rung = (low: number, high: number): Expression => {
    if (low === high) return given('integer', BigInt(low));
    const middle = Math.floor((low + high) / 2);
    return {
      ...conditionOf('CASE', [
        comparisonWith(beyond, measure, settings[middle]!),
        rung(middle + 1, high),
        rung(low, middle),
      ]),
      type: 'integer',
    };
  };
  const column = fresh('rung', 'integer');
  const present = filtered(rows, [conditionOf('IS NOT NULL', [reference(measure, nowhere)])]);
  const definitions = [{ column, expression: rung(0, settings.length) }];
  const marked: Plan = { kind: 'compute', input: present, definitions, output: [...present.output, column] };
  const counted = grouped(marked, [column], [countWhere(fresh('rows', 'long'), null)], fresh);
  const { values } = await engine.run(counted, source, signal);
  const onRung = new Float64Array(settings.length + 1);
  for (const [n, at] of values) onRung[Number(at)] = Number(n);
  const total = onRung.reduce((sum, n) => sum + n, 0);
  let below = 0;
  return settings.map((_, i) => {
    below += onRung[i]!;
    return isLower ? total - below : below;
  });
}
