import { wildcardMatcher } from '../values/wildcard.ts';

/** What patterns stand for beside the names that they match: aliases, and names with date math. */
export type Aliases = ReadonlyMap<string, readonly string[]>;

/**
 * Index patterns as FROM takes them: names, `*` wildcards, aliases, and a leading `-` that takes away from what earlier
 * patterns matched.
 */
export function matchIndices(patterns: readonly string[], names: readonly string[], aliases?: Aliases): string[] {
  const chosen = new Set<string>();
  for (const pattern of patterns) {
    const exclude = pattern.startsWith('-');
    const text = exclude ? pattern.slice(1) : pattern;
    const matches = patternMatcher(text);
    const others = new Set(aliasesLike(text, aliases).flatMap((alias) => aliases!.get(alias)!));
    for (const name of names) {
      if (!matches(name) && !others.has(name)) continue;
      if (exclude) chosen.delete(name);
      else chosen.add(name);
    }
  }
  return [...chosen].sort();
}

/** The aliases that a pattern names; wildcards of a cluster stand among them as they were asked. */
export const aliasesLike = (text: string, aliases?: Aliases): readonly string[] =>
  !aliases ? [] : isWildcard(text) ? [...aliases.keys()].filter(patternMatcher(text)) : aliases.has(text) ? [text] : [];

/** Whether a pattern stands for no index. */
export const matchesNone = (pattern: string, names: readonly string[], aliases?: Aliases): boolean =>
  matchIndices([pattern], names, aliases).length === 0;

export const isWildcard = (pattern: string): boolean => pattern.includes('*');

/** A test for one pattern; `*` stands for any run of characters. */
export const patternMatcher = (pattern: string): ((name: string) => boolean) => wildcardMatcher(pattern.split('*'));

/**
 * Whether a pattern of a list takes away from what those before it chose. As in Elasticsearch, a leading `-` does so behind
 * a wildcard alone: before one it is part of a name.
 */
export const isExclusion = (pattern: string, at: number, patterns: readonly string[]): boolean =>
  pattern.startsWith('-') && patterns.slice(0, at).some(isWildcard);

/** A test for names that patterns choose, the later ones with exclusions. */
export function selection(patterns: readonly string[]): (name: string) => boolean {
  const signed = patterns.map((pattern, at) => {
    const excludes = isExclusion(pattern, at, patterns);
    return { excludes, matches: patternMatcher(excludes ? pattern.slice(1) : pattern) };
  });
  return (name) =>
    signed.reduce(
      (chosen, { excludes, matches }) => (excludes ? chosen && !matches(name) : chosen || matches(name)),
      false,
    );
}
