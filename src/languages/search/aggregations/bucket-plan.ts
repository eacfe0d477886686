import { aggregateCall, conditionOf, countWhere, filtered, given, grouped, hasValue } from '../../../plan/build.ts';
import type { Column } from '../../../plan/column.ts';
import type { ConstantScalar, Expression } from '../../../plan/expression.ts';
import type { AggregateCall, Plan, SortKey } from '../../../plan/nodes.ts';
import { columnValue, isAnyOf } from '../calls.ts';
import type { Documents, Rows } from '../documents.ts';
import { illegal } from '../search-error.ts';
import { constantOf } from '../sort-keys.ts';
import type { Bucketing, NamedAggregation, Terms, ValueChoice } from './aggregation.ts';
import { keyMaker } from './key-columns.ts';
import { type MetricCalls, metricCalls } from './metric-calls.ts';

/** A bucketing on the way to others below it, and which of its buckets an answer shows; null for all. */
export interface PathStep {
  readonly bucketing: Bucketing;
  readonly chosen: readonly ConstantScalar[] | null;
}

/** A plan whose rows are buckets: `keys` of the steps, how many documents there are, then the numbers of the metrics. */
export interface BucketPlan {
  readonly plan: Plan;
  readonly keys: readonly Column[];
  readonly metrics: ReadonlyMap<string, MetricCalls>;
  /** The plan that gives for each parent the documents of all its buckets, those not shown too; null where all are shown. */
  readonly totals: Plan | null;
}

/** Rows in their buckets: with a column for each step that has keys; null where no document can be in any. */
export interface KeyedRows {
  readonly rows: Plan;
  readonly keys: readonly Column[];
  readonly fresh: Rows['fresh'];
  /** True for the buckets that are shown, in terms of columns that hold one key each. */
  readonly chosen: (keys: readonly Column[]) => Expression[];
}

/** The documents that fulfil tests, in the buckets of a path. Every other field that is wanted must have been named. */
export function keyedRows(
  path: readonly PathStep[],
  tests: readonly Expression[],
  documents: Documents,
  now: number,
): KeyedRows | null {
  const makers = path.map(({ bucketing }) => keyMaker(bucketing, documents, now));
  if (makers.includes(null)) return null;
  const { plan, fresh } = documents.rows(tests);
  let rows = plan;
  const keys: Column[] = [];
  const choices: (readonly ConstantScalar[] | null)[] = [];
  for (const [i, maker] of makers.entries()) {
    const made = maker!(rows, fresh, keys);
    rows = made.plan;
    if (made.key === null) continue;
    keys.push(made.key);
    choices.push(path[i]!.chosen);
  }
  const chosen = (columns: readonly Column[]): Expression[] =>
    columns.map((column, i) => {
      const choice = choices[i];
      return choice ? isAnyOf(columnValue(column), choice) : hasValue(column);
    });
  return { rows, keys, fresh, chosen };
}

/** As Elasticsearch's search.max_buckets. */
export const mostBuckets = 65_536;

/**
 * The plan of the buckets of the last step of a path, within those of the steps before it, with the metrics directly below.
 * For no step, of all documents. Null where there can be no bucket.
 */
export function bucketPlan(
  path: readonly PathStep[],
  below: readonly NamedAggregation[],
  tests: readonly Expression[],
  documents: Documents,
  now: number,
): BucketPlan | null {
  const makers = below.flatMap(({ name, aggregation }) =>
    aggregation.kind === 'metric' ? [[name, metricCalls(aggregation, documents, now)] as const] : [],
  );
  const keyed = keyedRows(path, tests, documents, now);
  if (!keyed) return null;
  const { fresh } = keyed;
  const metrics = new Map(makers.map(([name, make]) => [name, make(fresh)]));
  const count = fresh('doc_count', 'long');
  const calls: AggregateCall[] = [
    countWhere(count, null),
    ...[...metrics.values()].flatMap((of) => of.calls.map(({ call }) => call)),
  ];
  const groups = grouped(keyed.rows, keyed.keys, calls, fresh);
  const keys = groups.groups.map(({ column }) => column);
  const last = path.at(-1)?.bucketing;
  const terms = last?.kind === 'terms' ? last : null;
  const buckets = filtered(groups, [
    ...keyed.chosen(keys),
    ...(terms ? termsChoice(terms, keys.at(-1)!, count, now) : []),
  ]);
  const output = [...keys, ...calls.map(({ column }) => column)];
  const shown = terms ? firstTerms(terms, buckets, keys, count, metrics) : limited(buckets);
  return {
    plan: { kind: 'project', input: inOrder(shown, keys, terms, count, metrics), output },
    keys,
    metrics,
    totals: terms ? totalsOf(buckets, keys.slice(0, -1), count, fresh) : null,
  };
}

const limited = (input: Plan): Plan => ({ kind: 'limit', input, count: BigInt(mostBuckets + 1), output: input.output });

/** The values that `include` and `exclude` let through, and those of enough documents. */
function termsChoice({ include, exclude, minDocCount }: Terms, key: Column, count: Column, now: number): Expression[] {
  const least = given('long', BigInt(minDocCount));
  return [
    ...(minDocCount > 1 ? [conditionOf('>=', [columnValue(count), least])] : []),
    ...(include === null ? [] : [fits(include, key, now)]),
    ...(exclude === null ? [] : [conditionOf('NOT', [fits(exclude, key, now)])]),
  ];
}

function fits(choice: ValueChoice, key: Column, now: number): Expression {
  if (typeof choice !== 'string')
    return isAnyOf(
      columnValue(key),
      choice.map((one) => constantOf(key.type, one, key.name, now)),
    );
  if (key.type !== 'keyword')
    throw illegal(
      `Aggregation cannot support regular expression style include/exclude settings as they can only be applied to string fields. Use an array of values for include/exclude clauses`,
    );
  return conditionOf('RLIKE', [columnValue(key), given('keyword', choice)]);
}

/** The order of the values of a field: what is asked for, then the values themselves. */
function orderOfTerms(
  { order }: Terms,
  key: Column,
  count: Column,
  metrics: ReadonlyMap<string, MetricCalls>,
): SortKey[] {
  const keys = order.flatMap(({ by, descending }): SortKey[] => {
    const column = by === '_key' ? key : by === '_count' ? count : metricAt(by, metrics);
    return column ? [{ expression: columnValue(column), descending, nulls: 'last' }] : [];
  });
  return [...keys, { expression: columnValue(key), descending: false, nulls: 'last' }];
}

/** The column of a metric that a path names, such as `mean` or `all.max`; null where it has no values. */
function metricAt(path: string, metrics: ReadonlyMap<string, MetricCalls>): Column | null {
  for (const [name, { type, calls }] of metrics) {
    if (path !== name && !path.startsWith(`${name}.`)) continue;
    if (type === null) return null;
    const part = path === name ? 'value' : path.slice(name.length + 1);
    const found = calls.find((one) => one.part === part || Number(one.part) === Number(part));
    if (found) return found.call.column;
    throw illegal(`Invalid aggregation order path [${path}]. The metric [${name}] has no [${part}]`);
  }
  throw illegal(
    `Invalid aggregator order path [${path}]. The provided aggregation [${path.split(/[.>]/)[0]}] either does not exist, or is no metric directly below the terms.`,
  );
}

/** One value more than is shown: where it is there, others are left out. */
function firstTerms(
  terms: Terms,
  input: Plan,
  keys: readonly Column[],
  count: Column,
  metrics: ReadonlyMap<string, MetricCalls>,
): Plan {
  const order = orderOfTerms(terms, keys.at(-1)!, count, metrics);
  const size = BigInt(terms.size) + 1n;
  const parents = keys.slice(0, -1);
  const { output } = input;
  if (parents.length === 0)
    return limited({ kind: 'limit', input: { kind: 'sort', input, keys: order, output }, count: size, output });
  return limited({ kind: 'limitBy', input, count: size, keys: parents.map(columnValue), order, output });
}

function inOrder(
  input: Plan,
  keys: readonly Column[],
  terms: Terms | null,
  count: Column,
  metrics: ReadonlyMap<string, MetricCalls>,
): Plan {
  const up = (column: Column): SortKey => ({ expression: columnValue(column), descending: false, nulls: 'last' });
  const own = terms ? orderOfTerms(terms, keys.at(-1)!, count, metrics) : keys.slice(-1).map(up);
  const order = [...keys.slice(0, -1).map(up), ...own];
  return order.length === 0 ? input : { kind: 'sort', input, keys: order, output: input.output };
}

function totalsOf(buckets: Plan, parents: readonly Column[], count: Column, fresh: Rows['fresh']): Plan {
  const sum = aggregateCall('SUM', fresh('all', 'long'), [columnValue(count)], null);
  const totals = grouped(buckets, parents, [sum], fresh);
  return { kind: 'project', input: totals, output: [...totals.groups.map(({ column }) => column), sum.column] };
}
