import { wildcardMatcher } from '../values/wildcard.ts';

/**
 * Index patterns as FROM takes them: names, `*` wildcards, and a leading `-` that takes away from what earlier
 * patterns matched.
 */
export function matchIndices(patterns: readonly string[], names: readonly string[]): string[] {
  const chosen = new Set<string>();
  for (const pattern of patterns) {
    const exclude = pattern.startsWith('-');
    const matches = patternMatcher(exclude ? pattern.slice(1) : pattern);
    for (const name of names) {
      if (!matches(name)) continue;
      if (exclude) chosen.delete(name);
      else chosen.add(name);
    }
  }
  return [...chosen].sort();
}

export const isWildcard = (pattern: string): boolean => pattern.includes('*');

/** A test for one pattern; `*` stands for any run of characters. */
export const patternMatcher = (pattern: string): ((name: string) => boolean) => wildcardMatcher(pattern.split('*'));
