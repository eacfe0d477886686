import type { Catalogue } from '../../catalogue/catalogue.ts';
import { QueryError } from '../../diagnostics/diagnostic.ts';
import { SourceText } from '../../diagnostics/source-text.ts';
import { type Emitted, emit } from '../../emit/emit.ts';
import type { EventRelation } from '../../emit/event-relation.ts';
import { type Analysis, analyze } from '../../esql/analyze/analyze.ts';
import { parse } from '../../esql/parse.ts';
import type { Plan } from '../../esql/plan/nodes.ts';
import { rewrite } from '../../esql/rewrite/rewrite.ts';
import type { Query } from '../../esql/syntax/ast.ts';
import type { Parameters } from '../../esql/syntax/parameters.ts';
import { withFilter } from '../../query-dsl/filter-plan.ts';
import type { QueryOptions } from '../engine.ts';

/** A query on its way to an answer, with every stage of it to look at. */
export interface Prepared {
  readonly source: SourceText;
  readonly query: Query;
  readonly analysis: Analysis & { readonly plan: Plan };
  readonly rewritten: Plan;
  readonly emitted: Emitted;
}

/** Parses a query; throws a QueryError that says what is wrong and where. */
export function parseQuery(text: string, parameters?: Parameters): { source: SourceText; query: Query } {
  const source = new SourceText(text);
  const { query, diagnostics } = parse(source, parameters);
  if (!query) throw new QueryError(source, diagnostics);
  return { source, query };
}

/** Text to SQL. Throws a QueryError with every problem found. */
export function prepare(
  text: string,
  catalogue: Catalogue,
  relation: EventRelation,
  options: Pick<QueryOptions, 'now' | 'maxRows' | 'mostRows' | 'parameters' | 'filter' | 'timeZone'>,
  firstSite = 0,
): Prepared {
  const { source, query } = parseQuery(text, options.parameters);
  const { now, maxRows: defaultLimit, timeZone } = options;
  const analysis = analyze(query, source, catalogue, { now, defaultLimit, ...(timeZone && { timeZone }) });
  const { plan } = analysis;
  if (!plan) throw new QueryError(source, analysis.diagnostics);
  const { filter } = options;
  const filtered = filter ? withFilter(plan, filter, catalogue, options.now) : plan;
  const rewritten = rewrite(cut(oneMore(filtered, analysis.addedLimit), options.mostRows));
  return {
    source,
    query,
    analysis: { ...analysis, plan },
    rewritten,
    emitted: emit(rewritten, source, relation, firstSite),
  };
}

/** Never more rows than an answer may have. */
function cut(plan: Plan, mostRows: number | undefined): Plan {
  return mostRows === undefined ? plan : { kind: 'limit', input: plan, count: BigInt(mostRows), output: plan.output };
}

/** A limit that the query does not ask for lets one row more through, so that it shows when it cuts. */
function oneMore(plan: Plan, addedLimit: number | null): Plan {
  return addedLimit !== null && plan.kind === 'limit' ? { ...plan, count: plan.count + 1n } : plan;
}
