import type { Catalogue } from '../../catalogue/catalogue.ts';
import type { QueryText } from '../../languages/esql/compiled-query.ts';
import { type Emitted, emit } from '../../sql/duckdb/emit.ts';
import type { EventRelation } from '../../sql/duckdb/event-relation.ts';
import { type PlannedQuery, type PlanOptions, planQuery } from '../planned-query.ts';

/** A planned query with its SQL. */
export interface Prepared extends PlannedQuery {
  readonly emitted: Emitted;
}

/** A query to SQL. Throws a QueryError with every problem found. */
export function prepare(
  text: QueryText,
  catalogue: Catalogue,
  relation: EventRelation,
  options: PlanOptions,
  firstSite = 0,
): Prepared {
  const planned = planQuery(text, catalogue, options);
  return { ...planned, emitted: emit(planned.rewritten, planned.source, relation, firstSite) };
}
