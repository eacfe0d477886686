import type { Catalogue } from '../catalogue/catalogue.ts';
import { matchesNone, matchIndices } from '../catalogue/index-pattern.ts';
import { CompiledQuery, type QueryText } from '../languages/esql/compiled-query.ts';
import { eventPatterns } from '../languages/esql/syntax/walk.ts';

/** The indices in which the processes of hits are looked for: a pattern of FROM, its parts between commas. */
export type IndexPattern = string;

/** Every index. */
export const everyIndex: IndexPattern = '*';

/** The patterns of each FROM of queries; a query that does not parse names none. */
export const patternsOf = (queries: readonly QueryText[]): string[][] =>
  queries.flatMap((query) => {
    const { parsed } = CompiledQuery.of(query);
    return parsed.query ? eventPatterns(parsed.query) : [];
  });

/**
 * Where Elastic Defend puts the starts and ends of processes whose other events these patterns name. A hunt in network
 * events reads none of them, but who started the process, and with which arguments, stands nowhere else.
 */
export const processStreams = (sources: readonly (readonly string[])[]): string[] => [
  ...new Set(
    sources.flat().flatMap((pattern) => {
      const [, stem, namespace] = /^((?:[^:]+:)?logs-endpoint\.events\.)(?!process\b)\w+([-*].*)$/.exec(pattern) ?? [];
      return stem === undefined ? [] : [`${stem}process${namespace}`];
    }),
  ),
];

/** One pattern for the indices of all sources, and for those `besides` that there are; null where there is none of the former. */
export function indicesOf(
  sources: readonly (readonly string[])[],
  besides: readonly string[],
  { indices, aliases }: Pick<Catalogue, 'indices' | 'aliases'>,
): IndexPattern | null {
  const names = indices.map(({ name }) => name);
  const distinct = [...new Map(sources.map((patterns) => [patterns.join(), patterns])).values()];
  // What one source leaves out, another may read: then the names stand for its patterns.
  const isAlone = distinct.length === 1 && besides.length === 0;
  const own = distinct.flatMap((patterns) =>
    isAlone || !patterns.some(isExclusion) ? patterns : matchIndices(patterns, names, aliases),
  );
  // A query fails for a name that no index has, though others have what is looked for.
  const isThere = (pattern: string): boolean =>
    isExclusion(pattern) ||
    // What a name with date math stands for, only a cluster knows.
    pattern.startsWith('<') ||
    names.length === 0 ||
    !matchesNone(pattern, names, aliases);
  const found = own.filter(isThere);
  if (found.every(isExclusion)) return null;
  return [...new Set([...found, ...besides.filter(isThere)])].join(',');
}

/** The indices that record processes; all of them where none does, so that questions say what is missing. */
export function indicesOfProcesses(catalogue: Catalogue): IndexPattern {
  const names = catalogue.indices.map(({ name }) => name);
  const carries = (field: string, index: string): boolean => {
    const found = catalogue.field(field, [index]);
    return found !== undefined && (found.column !== null || found.variants !== undefined);
  };
  const found = names.filter((name) => marksOfProcesses.some((field) => carries(field, name)));
  return found.length === 0 || found.length === names.length ? everyIndex : found.join(',');
}

const marksOfProcesses = ['process.entity_id', 'process.parent.entity_id', 'process.pid'] as const;

const isExclusion = (pattern: string): boolean => pattern.startsWith('-');
