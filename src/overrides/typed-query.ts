import type { Catalogue } from '../catalogue/catalogue.ts';
import type { SourceText, Span } from '../diagnostics/source-text.ts';
import { type Analysis, analyze } from '../languages/esql/analyze/analyze.ts';
import { CompiledQuery, type QueryText } from '../languages/esql/compiled-query.ts';
import type { FromCommand, ProcessingCommand, Query, Subquery } from '../languages/esql/syntax/ast.ts';
import { innerQueries } from '../languages/esql/syntax/walk.ts';
import type { Plan } from '../plan/nodes.ts';

/** Where overrides learn about fields: what the data holds, or what ECS and Elastic Defend define. */
export interface Surroundings {
  readonly catalogue: (query: Query) => Promise<Catalogue>;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** A query with its text, syntax and types, on which overrides find what they change. */
export interface TypedQuery {
  readonly compiled: CompiledQuery;
  readonly source: SourceText;
  readonly query: Query;
  readonly plan: Plan;
  readonly catalogue: Catalogue;
  readonly now: number;
}

/** Reads a query and gives it types. Throws a QueryError with every problem found. */
export async function typed(text: QueryText, { catalogue, now }: Surroundings): Promise<TypedQuery> {
  const compiled = CompiledQuery.of(text);
  const { source, query } = compiled;
  const known = await catalogue(query);
  const { plan } = compiled.plan(known, { now, defaultLimit: null });
  return { compiled, source, query, plan, catalogue: known, now };
}

/** A FROM with the commands that its events pass before anything is aggregated or branches off. */
export interface EventPipeline {
  readonly pipeline: Subquery;
  readonly from: FromCommand;
  /** Offsets of the text: the end of FROM, and of each of these commands. */
  readonly ends: readonly number[];
  /** The conditions of WHERE among them. */
  readonly conditions: readonly Span[];
  /** The conditions of WHERE behind them: a list for each branch of FORK, else one. */
  readonly later: readonly (readonly Span[])[];
}

/** The pipelines of events of a query, those of subqueries first. */
export function eventPipelines(subquery: Subquery): EventPipeline[] {
  const { source, pipeline, ends } = subquery;
  const inner = innerQueries(subquery).flatMap(eventPipelines);
  if (source.command !== 'from') return inner;
  const last = pipeline.findIndex(({ command }) => command === 'stats' || command === 'inline' || command === 'fork');
  const before = last < 0 ? pipeline : pipeline.slice(0, last);
  const own: EventPipeline = {
    pipeline: subquery,
    from: source,
    ends: ends.slice(0, before.length + 1),
    conditions: before.flatMap(conditionsIn),
    later: branchesOf(last < 0 ? [] : pipeline.slice(last)),
  };
  return [...inner, own];
}

const conditionsIn = (command: ProcessingCommand): Span[] =>
  command.command === 'where' ? [command.condition.span] : [];

/** The conditions that rows pass on each way through commands. */
function branchesOf(commands: readonly ProcessingCommand[]): Span[][] {
  let ways: Span[][] = [[]];
  for (const command of commands) {
    const further = command.command === 'fork' ? command.branches.flatMap(branchesOf) : [conditionsIn(command)];
    ways = ways.flatMap((way) => further.map((spans) => [...way, ...spans]));
  }
  return ways;
}

export const within = (inner: Span, outer: Span): boolean => inner.start >= outer.start && inner.end <= outer.end;

/** The plan of the first commands of a pipeline of the query; null where these are no query of their own. */
export function planAfter(
  { source, query, catalogue, now }: TypedQuery,
  pipeline: Subquery,
  commands: number,
): Pick<Analysis, 'plan'>['plan'] {
  const prefix = {
    settings: query.settings,
    source: pipeline.source,
    pipeline: pipeline.pipeline.slice(0, commands),
    ends: pipeline.ends.slice(0, commands + 1),
  };
  return analyze(prefix, source, catalogue, { now, defaultLimit: null }).plan;
}
