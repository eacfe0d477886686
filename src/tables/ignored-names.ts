import { join, list, type Sql, sql, text } from '../sql/sql.ts';

/**
 * The names of those fields for which `bad` is true, as Elasticsearch's _ignored; null where it is for none.
 * In the order of their bytes, as Elasticsearch keeps them: the order in which fields became known changes nothing.
 */
export function ignoredNames(judged: readonly { readonly name: string; readonly bad: Sql }[]): Sql {
  if (judged.length === 0) return sql`NULL::VARCHAR[]`;
  const inOrder = [...judged].sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
  const tests = inOrder.map(({ bad }) => sql`coalesce(${bad}, false)`);
  const names = inOrder.map(({ name }, i) => sql`CASE WHEN ${tests[i]!} THEN ${text(name)} END`);
  return sql`CASE WHEN ${join(tests, ' OR ')} THEN list_filter(${list(names)}, lambda n: n IS NOT NULL) END`;
}
