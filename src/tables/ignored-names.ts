import { join, list, type Sql, sql, text } from '../sql/sql.ts';

/** The names of those fields for which `bad` is true, as Elasticsearch's _ignored; null where it is for none. */
export function ignoredNames(judged: readonly { readonly name: string; readonly bad: Sql }[]): Sql {
  if (judged.length === 0) return sql`NULL::VARCHAR[]`;
  const tests = judged.map(({ bad }) => sql`coalesce(${bad}, false)`);
  const names = judged.map(({ name }, i) => sql`CASE WHEN ${tests[i]!} THEN ${text(name)} END`);
  return sql`CASE WHEN ${join(tests, ' OR ')} THEN list_filter(${list(names)}, lambda n: n IS NOT NULL) END`;
}
