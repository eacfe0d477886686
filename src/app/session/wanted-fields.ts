import { CompiledQuery, type QueryText } from '../../languages/esql/compiled-query.ts';
import { mentions } from '../../languages/esql/syntax/walk.ts';
import type { Wanted } from '../../tables/names-of-index.ts';

/**
 * The fields that queries mention; every field when one of them shows more than it names. What does not parse wants nothing.
 * `sought` are those names that the query itself does not define.
 */
export function wantedBy(queries: readonly QueryText[]): {
  readonly wanted: Wanted;
  readonly sought: ReadonlySet<string>;
} {
  const names = new Set<string>();
  const sought = new Set<string>();
  for (const asked of queries) {
    const { query } = CompiledQuery.of(asked).parsed;
    if (!query) continue;
    const mentioned = mentions(query);
    if (mentioned.allFields) return { wanted: 'all', sought };
    for (const name of mentioned.names) {
      names.add(name);
      if (!mentioned.defined.has(name)) sought.add(name);
    }
  }
  return { wanted: names, sought };
}
