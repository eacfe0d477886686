import type { Catalogue } from '../catalogue/catalogue.ts';
import type { SourceText } from '../diagnostics/source-text.ts';
import type { Analysis } from '../languages/esql/analyze/analyze.ts';
import { CompiledQuery, type QueryText } from '../languages/esql/compiled-query.ts';
import type { Query } from '../languages/esql/syntax/ast.ts';
import { withFilter } from '../languages/filters/filter-plan.ts';
import type { Column } from '../plan/column.ts';
import { inputOf, type Plan } from '../plan/nodes.ts';
import { rowKeys } from '../plan/row-keys.ts';
import { rewrite } from '../rewrite/rewrite.ts';
import type { QueryResult, ResultColumn } from '../values/types.ts';
import type { QueryOptions } from './engine.ts';

/** A query with its plan, every stage of it to look at, ready for an engine. */
export interface PlannedQuery {
  readonly source: SourceText;
  readonly query: Query;
  readonly analysis: Analysis & { readonly plan: Plan };
  /** The plan with what was asked for besides: a row more than an added limit, a filter, the keys of groups. */
  readonly whole: Plan;
  readonly rewritten: Plan;
  /** How many of the last columns are keys of groups that the query does not show. */
  readonly hiddenKeys: number;
}

/** What of a question shapes its plan. */
export type PlanOptions = Pick<
  QueryOptions,
  'now' | 'maxRows' | 'mostRows' | 'parameters' | 'locations' | 'filter' | 'timeZone' | 'withKeys' | 'allowsNoIndices'
>;

/** A query to the plan that an engine runs. Throws a QueryError with every problem found. */
export function planQuery(text: QueryText, catalogue: Catalogue, options: PlanOptions): PlannedQuery {
  const asked = typeof text === 'string' ? new CompiledQuery(text, options.parameters, [], options.locations) : text;
  const compiled = asked.withViews(catalogue.views);
  const { now, maxRows: defaultLimit, timeZone, filter, allowsNoIndices } = options;
  const { source, query } = compiled;
  const analysis = compiled.plan(catalogue, {
    ...{ now, defaultLimit },
    ...(timeZone && { timeZone }),
    ...(allowsNoIndices && { allowsNoIndices }),
  });
  const { plan } = analysis;
  const filtered = filter ? withFilter(plan, filter, catalogue, options.now) : plan;
  const bounded = cut(oneMore(filtered, analysis.addedLimit), options.mostRows);
  const keys = options.withKeys ? hiddenKeys(plan) : [];
  const whole: Plan =
    keys.length === 0 ? bounded : { kind: 'project', input: bounded, output: [...bounded.output, ...keys] };
  return { source, query, analysis, whole, rewritten: rewrite(whole), hiddenKeys: keys.length };
}

/** Columns of a plan as an answer shows them. */
export const resultColumns = (columns: readonly Column[]): ResultColumn[] =>
  columns.map(({ name, type, variants }) => ({
    name,
    type,
    ...(variants && { originalTypes: variants.map((variant) => variant.column.type) }),
  }));

/** An answer whose last columns are keys that the query does not show, with these apart. */
export function withoutKeys(result: QueryResult, hiddenKeys: number): QueryResult {
  if (hiddenKeys === 0) return result;
  const { columns, values } = result;
  const shown = columns.length - hiddenKeys;
  return {
    ...result,
    columns: columns.slice(0, shown),
    values: values.map((row) => row.slice(0, shown)),
    hiddenKeys: { columns: columns.slice(shown), values: values.map((row) => row.slice(shown)) },
  };
}

/** The keys of the groups that rows stand for, as far as the query does not show them. */
function hiddenKeys(plan: Plan): Column[] {
  const shown = new Set(plan.output.map(({ id }) => id));
  return (rowKeys(plan) ?? []).filter(({ id }) => !shown.has(id));
}

/** Never more rows than an answer may have. */
function cut(plan: Plan, mostRows: number | undefined): Plan {
  return mostRows === undefined ? plan : { kind: 'limit', input: plan, count: BigInt(mostRows), output: plan.output };
}

/** A limit that the query does not ask for lets one row more through, so that it shows when it cuts. */
function oneMore(plan: Plan, addedLimit: number | null): Plan {
  return addedLimit !== null && plan.kind === 'limit' ? { ...plan, count: plan.count + 1n } : plan;
}

/** How many rows the LIMIT of a query lets through: an answer with as many may be cut. Null where it has none at its end. */
export function lastLimit(plan: Plan): bigint | null {
  for (let node: Plan | null = plan; node; node = inputOf(node)) {
    if (node.kind === 'limit') return node.count;
    if (node.kind !== 'project' && node.kind !== 'compute' && node.kind !== 'sort') return null;
  }
  return null;
}

/** Whether an answer has as many rows as the LIMIT of its query lets through. */
export function isFull(limit: bigint | null, rows: number): boolean {
  return limit !== null && BigInt(rows) >= limit;
}
