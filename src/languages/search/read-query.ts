import type { Condition } from '../filters/condition.ts';
import { parseQueryDsl } from '../filters/parse-query-dsl.ts';

/** A query in Query DSL; null where there is none. Throws a QueryDslError. */
export const readQuery = (query: unknown): Condition | null =>
  query === undefined || query === null ? null : parseQueryDsl(query);
