import { patternMatcher } from '../../catalogue/index-pattern.ts';
import type { SourceFilter } from '../../languages/search/search-request.ts';
import { changeExactJson } from '../../values/exact-json.ts';

/** The parts of a document, as JSON text, that a search wants to see; every number stays as it is written. */
export function filteredSource(source: string, { includes, excludes }: SourceFilter): string {
  if (includes.length === 0 && excludes.length === 0) return source;
  const isWanted = anyOf(includes);
  const isUnwanted = anyOf(excludes);
  const filter = (value: unknown, path: string, isIncluded: boolean): unknown => {
    if (Array.isArray(value)) {
      const kept = value.map((item) => filter(item, path, isIncluded)).filter((item) => item !== undefined);
      return kept.length > 0 || isIncluded ? kept : undefined;
    }
    if (typeof value !== 'object' || value === null) return isIncluded ? value : undefined;
    const kept = Object.entries(value).flatMap(([key, child]) => {
      const name = path === '' ? key : `${path}.${key}`;
      if (isUnwanted(name)) return [];
      const left = filter(child, name, isIncluded || isWanted(name));
      return left === undefined ? [] : [[key, left] as const];
    });
    return kept.length > 0 || isIncluded ? Object.fromEntries(kept) : undefined;
  };
  return changeExactJson(source, (value) => filter(value, '', includes.length === 0) ?? {});
}

function anyOf(patterns: readonly string[]): (path: string) => boolean {
  const matchers = patterns.map((pattern) => patternMatcher(pattern));
  return (path) => matchers.some((matches) => matches(path));
}
