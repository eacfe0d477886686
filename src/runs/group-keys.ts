import { SourceText } from '../diagnostics/source-text.ts';
import { analyze } from '../esql/analyze/analyze.ts';
import { OpenCatalogue } from '../esql/analyze/open-catalogue.ts';
import { parse } from '../esql/parse.ts';
import { inputOf, type Plan } from '../esql/plan/nodes.ts';
import { rowKeys } from '../esql/plan/row-keys.ts';
import { indexPatterns } from '../esql/syntax/walk.ts';

/**
 * The columns of a query's answer that say which row is which: the keys of its last STATS … BY, as far as they reach
 * the answer. None for a single row of totals; null where only the whole row identifies it.
 */
export async function groupKeysOf(text: string): Promise<readonly string[] | null> {
  const plan = await planOf(text);
  return plan && groupKeys(plan);
}

/** The columns of a query's answer; null where these depend on what the events carry. */
export async function columnsOf(text: string): Promise<readonly string[] | null> {
  const plan = await planOf(text);
  let node = plan;
  while (node && node.kind !== 'aggregate') node = inputOf(node);
  return plan && node ? plan.output.map(({ name }) => name) : null;
}

async function planOf(text: string): Promise<Plan | null> {
  const source = new SourceText(text);
  const { query } = parse(source);
  if (!query) return null;
  const catalogue = await OpenCatalogue.of(indexPatterns(query), query);
  const { plan } = analyze(query, source, catalogue, { now: Date.now(), defaultLimit: null });
  return plan;
}

function groupKeys(plan: Plan): readonly string[] | null {
  const keys = rowKeys(plan);
  if (keys === null || keys.length === 0) return keys && [];
  const ids = new Set(keys.map(({ id }) => id));
  const names = plan.output.filter(({ id }) => ids.has(id)).map(({ name }) => name);
  return names.length > 0 ? names : null;
}
