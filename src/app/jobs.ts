import type { View } from '../catalogue/catalogue.ts';
import type { Hunt } from '../hunts/hunt.ts';
import { CompiledQuery } from '../languages/esql/compiled-query.ts';
import type { LocationDatabase } from '../values/ip-location.ts';

/** A query to run, and where it comes from. */
export interface Job {
  readonly hunt: Hunt | null;
  readonly query: number;
  readonly esql: CompiledQuery;
  /** What errors call its text, and how many lines stand before it there. */
  readonly name: string;
  readonly lineOffset: number;
  /** The command that leads from a row to its events, `N` for the row. */
  readonly drillDown?: string | null;
  /** Why it cannot run as it was asked for. */
  readonly refusal?: string;
}

/** A job of a hunt. */
export type HuntJob = Job & { readonly hunt: Hunt };

/** The queries of a hunt as jobs. */
export const jobsOf = (hunt: Hunt): HuntJob[] =>
  hunt.queries.map((query, i) => ({
    hunt,
    query: i,
    esql: new CompiledQuery(query.text),
    name: hunt.file,
    lineOffset: query.line - 1,
  }));

/** What queries may name besides indices and their fields. */
export interface Named {
  readonly views: readonly View[];
  readonly locations: readonly LocationDatabase[];
}

/** A job that may read views besides indices, and databases of locations. */
export const withNamed = <J extends Job>(job: J, { views, locations }: Named): J => ({
  ...job,
  esql: job.esql.withViews(views).withLocations(locations),
});

/** A query that belongs to no hunt, as a job. */
export const loneJob = (text: string): Job => ({
  ...{ hunt: null, query: 0, esql: new CompiledQuery(text) },
  name: 'query',
  lineOffset: 0,
});
