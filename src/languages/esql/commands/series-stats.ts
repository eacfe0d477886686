import type { Span } from '../../../diagnostics/source-text.ts';
import { bucketsOf } from '../../../functions/buckets.ts';
import type { Argument } from '../../../functions/definition.ts';
import { aggregateNamed } from '../../../functions/table.ts';
import { conditionOf } from '../../../plan/build.ts';
import type { Column } from '../../../plan/column.ts';
import {
  type CallOptions,
  columnsIn,
  constant,
  type Expression,
  optionOf,
  reference,
  type TimeSpan,
} from '../../../plan/expression.ts';
import { type AggregateCall, inputOf, type Plan } from '../../../plan/nodes.ts';
import { own } from '../../../values/own.ts';
import { countedType, type EsqlType } from '../../../values/types.ts';
import type { StatsCommand } from '../syntax/ast.ts';
import type { AnalysisContext } from './command.ts';
import type { Series } from './series.ts';

/** The column that says of which series, or of which dimensions, a row of STATS is. */
export const timeseries = '_timeseries';

/** An aggregate over time: what it comes to is a column of the rows that are grouped in the end. */
interface OverTime {
  readonly column: Column;
  /** By its name in the table of functions. */
  readonly function: string;
  readonly args: readonly Expression[];
  /** The number of milliseconds at the end of a bucket, or up to its end; null for the bucket itself. */
  readonly window: number | null;
  readonly filter: Expression | null;
  readonly span: Span;
}

/** The time buckets of a STATS. */
interface Bucket {
  readonly source: Column;
  readonly length: TimeSpan;
  /** In milliseconds; null where buckets are not all of one length. */
  readonly step: number | null;
}

/** A row for each series and time bucket, with what the aggregates over time come to. */
export interface PerSeries {
  readonly plan: Plan;
  readonly id: Column;
  /** The column that holds a key of the STATS. */
  keyOf(source: Column): Column;
}

/** The first aggregates of a STATS behind TS: those of each series. */
export class SeriesRows {
  readonly #calls: OverTime[] = [];

  constructor(
    readonly series: Series,
    private readonly context: AnalysisContext,
  ) {}

  /** What an aggregate over time comes to. */
  overTime(call: Omit<AggregateCall, 'filter'>, filter: Expression | null): Expression {
    const { parameters } = aggregateNamed(call.function);
    const takesWindow = parameters.at(-1)!.name === 'window' && call.args.length === parameters.length;
    const given = takesWindow ? call.args.at(-1)! : null;
    const span = given?.kind === 'constant' ? (given.value as TimeSpan | null) : null;
    const length = span && millisecondsOf(span);
    if (given && given.kind !== 'invalid' && (length === null || length < 0))
      this.context.report(
        `the window of [${this.context.text(call.span)}] cannot be ${length === null ? 'null' : 'negative'}, received [${this.context.text(given.span)}]`,
        given.span,
      );
    // A window of no length is none.
    const window = length === 0 ? null : length;
    const args = given ? call.args.slice(0, -1) : call.args;
    return this.#add({ ...call, args, window, filter });
  }

  /** The latest value of each series. */
  latest(value: Expression, filter: Expression | null): Expression {
    const type = value.type === 'text' ? 'keyword' : countedType(value.type);
    const column = this.context.column(this.context.text(value.span), type, false);
    return this.#add({ column, function: 'LAST_OVER_TIME', args: [value], window: null, filter, span: value.span });
  }

  #add(call: OverTime): Expression {
    const known = this.#calls.find((other) => isSame(other, call));
    if (!known) this.#calls.push(call);
    return reference((known ?? call).column, call.span);
  }

  /** Whether a column is of time buckets. */
  isBucket(source: Column, input: Plan): boolean {
    const definition = definitionOf(source, input);
    return lengthOf(definition, this.series.timestamp) !== null;
  }

  plan(input: Plan, keys: readonly Column[], span: Span): PerSeries {
    const { context } = this;
    const { id, timestamp } = this.series;
    const time = reference(timestamp, span);
    const bucket = this.#bucketOf(input, keys, span);
    const windows = this.#calls.filter((call) => isWindowed(call, bucket));
    for (const call of windows) {
      if (bucket?.step) continue;
      const text = context.text(call.span);
      context.report(`Using a window in aggregation [${text}] requires a time bucket in groupings`, call.span);
    }
    let rows = input;
    let at = bucket?.source ?? null;
    const reach = Math.max(...windows.map(({ window }) => window!));
    if (bucket?.step && reach > bucket.step) {
      const reached = this.#column('(reached)', bucket.source.type, true);
      const options = [
        { name: 'step', value: BigInt(bucket.step) },
        { name: 'reach', value: BigInt(reach) },
      ];
      rows = computed(rows, [
        [reached, internal('REACHED', [time, reference(bucket.source, span)], reached.type, span, options)],
      ]);
      at = this.#column('(bucket)', bucket.source.type);
      rows = { kind: 'expand', input: rows, source: reached, column: at, output: [...rows.output, at] };
    }
    const isOwn =
      bucket && at && at !== bucket.source
        ? conditionOf('==', [reference(at, span), reference(bucket.source, span)], span)
        : null;
    const endOf = (start: Column): Expression => {
      const options = Object.entries(bucket!.length).map(([name, value]) => ({ name, value: BigInt(value) }));
      return internal('BUCKET_END', [reference(start, span)], start.type, span, options);
    };
    const windowStart = (start: Column, length: number): Expression =>
      internal('EARLIER', [endOf(start), constant('long', BigInt(length), span)], start.type, span);

    const idOf = this.#column(id.name, id.type);
    const atOf = at && this.#column(at.name, at.type);
    const groups = [{ source: id, column: idOf }, ...(at && atOf ? [{ source: at, column: atOf }] : [])];
    const aggregates: AggregateCall[] = [];
    /** Steps that follow when the rows of each series are put together. */
    const after: ((plan: Plan) => Plan)[] = [];
    const aggregate = (
      name: string,
      type: EsqlType,
      args: readonly Expression[],
      filter: Expression | null,
      more: Pick<Partial<AggregateCall>, 'column' | 'options'> & { multi?: boolean } = {},
    ): Expression => {
      const column = more.column ?? this.#column(`(${name})`, type, more.multi === true);
      const options = more.options && { options: more.options };
      aggregates.push({ column, function: name, args, filter, span, ...options });
      return reference(column, span);
    };
    const finish = (column: Column, expression: Expression): void => {
      after.push((plan) => computed(plan, [[column, expression]]));
    };

    for (const call of this.#calls) {
      const windowed = windows.includes(call);
      const scope = windowed && at ? conditionOf('>=', [time, windowStart(at, call.window!)], span) : isOwn;
      const filter = both(scope, call.filter, span);
      const kind = aggregateNamed(call.function).overTime!;
      const [first] = call.args as readonly [Expression, ...Expression[]];
      switch (kind) {
        case 'FIRST':
        case 'LAST': {
          const value = first.multi ? internal('MV_MIN', [first], first.type, span) : first;
          aggregate(kind, call.column.type, [value, time], both(filter, isThere(first, span), span), call);
          break;
        }
        case 'DELTA':
        case 'RATE':
        case 'INCREASE': {
          const isCounter = kind !== 'DELTA';
          const type = countedType(first.type);
          const plain = first.multi ? internal('MV_MAX', [first], type, span) : first;
          const value = this.#column('(value)', type);
          rows = computed(rows, [[value, filter ? internal('CASE', [filter, plain], type, span) : plain]]);
          const v = reference(value, span);
          const there = isThere(v, span);
          const count = aggregate('COUNT', 'long', [v], null);
          const [from, to] = [aggregate('FIRST', type, [v, time], there), aggregate('LAST', type, [v, time], there)];
          const [start, end] = [
            aggregate('MIN', timestamp.type, [time], there),
            aggregate('MAX', timestamp.type, [time], there),
          ];
          const ends = [count, from, to, start, end];
          const bounds =
            atOf === null ? [] : [windowed ? windowStart(atOf, call.window!) : reference(atOf, span), endOf(atOf)];
          if (!isCounter) {
            finish(call.column, internal('GAUGE_CHANGE', [...ends, ...bounds], 'double', span));
            break;
          }
          const before = this.#column('(before)', type);
          const partition = [reference(id, span), ...(at ? [reference(at, span)] : []), isMissing(v, span)];
          rows = previous(rows, v, before, partition, time, false);
          const b = reference(before, span);
          const resets = aggregate('SUM', type, [b], conditionOf('>', [b, v], span));
          const zero = constant(type, type === 'double' ? 0 : 0n, span);
          const beside: Expression[] = [];
          if (atOf && !windowed) {
            // What the buckets right before and right after it hold.
            const place = reference(atOf, span);
            const within = [reference(idOf, span), isMissing(from, span)];
            for (const [parts, isAfter] of [
              [[to, end, endOf(atOf)], false],
              [[from, start, place], true],
            ] as const) {
              for (const part of parts) {
                const column = this.#column('(beside)', part.type);
                beside.push(reference(column, span));
                after.push((plan) => previous(plan, part, column, within, place, isAfter));
              }
            }
          }
          const args = [...ends, internal('COALESCE', [resets, zero], resets.type, span), ...bounds, ...beside];
          finish(call.column, internal('COUNTER_CHANGE', args, 'double', span, perSecond(kind)));
          break;
        }
        case 'IRATE':
        case 'IDELTA':
          aggregate('LAST_CHANGE', 'double', [first, time], filter, { column: call.column, options: perSecond(kind) });
          break;
        case 'DERIV':
          // From the beginning of the bucket on, so that no digit of the time is lost.
          aggregate('SLOPE', 'double', at ? [first, time, reference(at, span)] : [first, time], filter, call);
          break;
        default:
          aggregate(kind, call.column.type, call.args, filter, call);
      }
    }

    const made = new Map<number, Column>();
    if (bucket) made.set(bucket.source.id, atOf!);
    for (const key of keys) {
      if (made.has(key.id)) continue;
      const isOfSeries = key.series === 'dimension' || isWithout(definitionOf(key, input));
      const column = this.#column(key.name, key.type === 'text' ? 'keyword' : key.type, isOfSeries ? key.multi : true);
      const args = isOfSeries ? [reference(key, span), time] : [reference(key, span)];
      aggregate(isOfSeries ? 'FIRST' : 'VALUES', column.type, args, null, { column });
      made.set(key.id, column);
    }
    const output = [...aggregates.map(({ column }) => column), ...groups.map(({ column }) => column)];
    let plan: Plan = { kind: 'aggregate', input: rows, groups, aggregates, output };
    // Windows reach into buckets without rows of their own, but not beyond the last that has any.
    if (isOwn) plan = this.#upTo(this.#last(input, bucket!.source, span), plan, atOf!, span);
    for (const step of after) plan = step(plan);
    return { plan, id: idOf, keyOf: (source) => made.get(source.id)! };
  }

  /** The last time bucket of all rows. */
  #last(input: Plan, bucket: Column, span: Span): Plan {
    const column = this.#column('(last)', bucket.type);
    const last = { column, function: 'MAX', args: [reference(bucket, span)], filter: null, span };
    return { kind: 'aggregate', input, groups: [], aggregates: [last], output: [column] };
  }

  /** Rows up to a time bucket. */
  #upTo(right: Plan, input: Plan, at: Column, span: Span): Plan {
    const [last] = right.output as readonly [Column];
    const output = [...input.output, last];
    const joined: Plan = {
      ...{ kind: 'join', input, right, on: [], nullsMatch: true, condition: null, collect: false, warns: null },
      ...{ taken: [{ source: last, column: last }], output },
    };
    const condition = conditionOf('<=', [reference(at, span), reference(last, span)], span);
    return { kind: 'filter', input: joined, condition, output };
  }

  #column(name: string, type: EsqlType, multi = false): Column {
    return this.context.column(name, type, multi);
  }

  #bucketOf(input: Plan, keys: readonly Column[], span: Span): Bucket | null {
    const found = keys.flatMap((source) => {
      const length = lengthOf(definitionOf(source, input), this.series.timestamp);
      return length ? [{ source, length }] : [];
    });
    if (found.length > 1)
      this.context.report(
        `expected at most one time bucket, found [${found.map(({ source }) => source.name).join(', ')}]`,
        span,
      );
    const [bucket] = found;
    if (!bucket) return null;
    return { ...bucket, step: bucket.length.months === 0 ? millisecondsOf(bucket.length) : null };
  }
}

/** Several values as one, for rows that are grouped by all of them together. */
export const packed = (column: Column, span: Span): Expression =>
  internal('PACKED', [reference(column, span)], 'keyword', span);

function internal(
  name: string,
  args: readonly Expression[],
  type: EsqlType,
  span: Span,
  options?: CallOptions,
): Expression {
  return { kind: 'call', function: name, args, type, multi: name === 'REACHED', span, ...(options && { options }) };
}

function computed(input: Plan, definitions: readonly (readonly [Column, Expression])[]): Plan {
  return {
    kind: 'compute',
    input,
    definitions: definitions.map(([column, expression]) => ({ column, expression })),
    output: [...input.output, ...definitions.map(([column]) => column)],
  };
}

const previous = (
  input: Plan,
  value: Expression,
  column: Column,
  groups: readonly Expression[],
  order: Expression,
  descending: boolean,
): Plan => ({
  kind: 'previous',
  input,
  value,
  column,
  groups,
  order: [{ expression: order, descending, nulls: 'last' }],
  output: [...input.output, column],
});

const perSecond = (name: string): CallOptions => [
  { name: 'per_second', value: name !== 'INCREASE' && name !== 'IDELTA' },
];

const isThere = (value: Expression, span: Span): Expression => conditionOf('IS NOT NULL', [value], span);
const isMissing = (value: Expression, span: Span): Expression => conditionOf('IS NULL', [value], span);
const both = (a: Expression | null, b: Expression | null, span: Span): Expression | null =>
  a && b ? conditionOf('AND', [a, b], span) : (a ?? b);

const millisecondsOf = ({ days, milliseconds }: TimeSpan): number => days * 86_400_000 + milliseconds;

const isWindowed = ({ window }: OverTime, bucket: Bucket | null): boolean =>
  window !== null && (bucket === null || window !== bucket.step);

function isSame(a: OverTime, b: OverTime): boolean {
  const textOf = ({ function: name, args, window, filter }: OverTime): string =>
    JSON.stringify([name, args, window, filter], (key, value) =>
      key === 'span' ? undefined : typeof value === 'bigint' ? String(value) : value,
    );
  return textOf(a) === textOf(b);
}

/** What a column was computed of. */
export function definitionOf(column: Column, plan: Plan): Expression | undefined {
  const made = plan.kind === 'compute' ? plan.definitions.find((one) => one.column.id === column.id) : undefined;
  const input = inputOf(plan);
  if (made || !input) return made?.expression;
  return definitionOf(column, input);
}

const isWithout = (expression: Expression | undefined): boolean =>
  expression?.kind === 'call' && expression.function === 'SERIES';

/** How long the time buckets are that an expression puts rows into; null for anything else. */
function lengthOf(expression: Expression | undefined, timestamp: Column): TimeSpan | null {
  if (expression?.kind !== 'call' || !columnsIn(expression).some(({ id }) => id === timestamp.id)) return null;
  const { args } = expression;
  const [interval] = args;
  if (expression.function === 'DATE_TRUNC') return interval?.kind === 'constant' ? (interval.value as TimeSpan) : null;
  if (expression.function !== 'BUCKET') return null;
  const [size, from, to] = args.slice(1).map(
    (arg): Argument => ({
      ...{ type: arg.type, multi: false, text: '' },
      ...(arg.kind === 'constant' && { value: arg.value }),
    }),
  );
  const zone = optionOf(expression.options, 'time_zone');
  return bucketsOf(true, size!, from, to, zone === undefined ? null : String(zone)).interval ?? null;
}

/** Reports commands that may not stand between TS and its first STATS: they would change what the series are. */
export function checkBeforeSeries({ span, aggregates, groupings }: StatsCommand, context: AnalysisContext): void {
  const end = Math.max(span.end, ...[...aggregates, ...groupings].map((item) => item.span.end));
  const text = context.text({ start: span.start, end });
  for (const keyword of context.before) {
    const problem = own(problems, keyword)?.(text);
    if (problem !== undefined) context.report(problem, span);
  }
}

const problems: Readonly<Record<string, (stats: string) => string>> = {
  sort: (stats) => `sorting between the time-series source and the first aggregation [${stats}] is not allowed`,
  limit: (stats) =>
    `limiting the time-series source before the first aggregation [${stats}] is not allowed; filter data with a WHERE command instead`,
  lookup: (stats) => `lookup join in the time-series before the first aggregation [${stats}] is not allowed`,
  enrich: (stats) => `enrich in the time-series before the first aggregation [${stats}] is not allowed`,
  mv_expand: (stats) => `mv_expand in the time-series before the first aggregation [${stats}] is not allowed`,
  change_point: (stats) => `change_point in the time-series before the first aggregation [${stats}] is not allowed`,
};
