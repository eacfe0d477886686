import { SourceText } from '../diagnostics/source-text.ts';
import { analyze } from '../languages/esql/analyze/analyze.ts';
import { OpenCatalogue } from '../languages/esql/analyze/open-catalogue.ts';
import { parse } from '../languages/esql/parse.ts';
import { indexPatterns } from '../languages/esql/syntax/walk.ts';
import { inputOf, type Plan } from '../plan/nodes.ts';
import { rowKeys } from '../plan/row-keys.ts';
import type { EsqlType } from '../values/types.ts';

/**
 * The columns of a query's answer that say which row is which: the keys of its last STATS … BY, as far as they reach
 * the answer. None for a single row of totals; null where only the whole row identifies it.
 */
export async function groupKeysOf(text: string): Promise<readonly string[] | null> {
  const { plan } = await read(text);
  return plan && groupKeys(plan);
}

/** What is known of the columns of a query's answer without any event. */
export interface AnswerColumns {
  /** Whether there are no others: these do not depend on what the events carry. */
  readonly areAll: boolean;
  readonly names: readonly string[];
  /** The types of those that do not hang on a field that nobody knows. */
  readonly types: ReadonlyMap<string, EsqlType>;
}

/** The columns of a query's answer; null for a query that is wrong. */
export async function columnsOf(text: string): Promise<AnswerColumns | null> {
  const { plan, assumed } = await read(text);
  if (!plan) return null;
  let node: Plan | null = plan;
  while (node && node.kind !== 'aggregate') node = inputOf(node);
  const known = plan.output.filter(({ type }) => assumed.size === 0 || type !== 'keyword');
  return {
    areAll: node !== null,
    names: plan.output.map(({ name }) => name),
    types: new Map(known.map(({ name, type }) => [name, type])),
  };
}

/** The plan of a query, and the names in it that no schema knows. */
async function read(text: string): Promise<{ plan: Plan | null; assumed: ReadonlySet<string> }> {
  const source = new SourceText(text);
  const { query } = parse(source);
  if (!query) return { plan: null, assumed: new Set() };
  const catalogue = await OpenCatalogue.of(indexPatterns(query), query);
  const { plan } = analyze(query, source, catalogue, { now: Date.now(), defaultLimit: null });
  return { plan, assumed: catalogue.assumed };
}

function groupKeys(plan: Plan): readonly string[] | null {
  const keys = rowKeys(plan);
  if (keys === null || keys.length === 0) return keys && [];
  const ids = new Set(keys.map(({ id }) => id));
  const names = plan.output.filter(({ id }) => ids.has(id)).map(({ name }) => name);
  return names.length > 0 ? names : null;
}
