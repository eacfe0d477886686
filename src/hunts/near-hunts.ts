import { closestMatches } from '../diagnostics/closest-match.ts';

/** A hunt as it may be called. */
interface Named {
  readonly slug: string;
  readonly name: string;
}

/** The words of a name or a search, in small letters. */
export const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/**
 * The names of files of hunts that somebody may have meant, the likeliest first: those that have all its words or beginnings of
 * them, those that are written nearly so, and those that have words written nearly so.
 */
export function nearHunts(wanted: string, known: readonly Named[]): string[] {
  const words = wordsOf(wanted);
  const own = known.map(({ slug, name }) => ({ slug, name, words: [...new Set(wordsOf(`${slug} ${name}`))] }));
  const having = (fits: (word: string, candidate: string) => boolean): string[] =>
    words.length === 0
      ? []
      : own
          .filter((hunt) => words.every((word) => hunt.words.some((candidate) => fits(word, candidate))))
          .map(({ slug }) => slug);
  const bySlug = new Map(
    own.flatMap(({ slug, name }) => [[slug.toLowerCase(), slug] as const, [name.toLowerCase(), slug] as const]),
  );
  const spelled = closestMatches(wanted.toLowerCase(), bySlug.keys()).map((name) => bySlug.get(name)!);
  return [
    ...new Set([
      ...having((word, candidate) => candidate.startsWith(word)),
      ...spelled,
      ...having((word, candidate) => closestMatches(word, [candidate]).length > 0 && isNear(word, candidate)),
    ]),
  ];
}

/** Half of a short word says nothing. */
const isNear = (word: string, candidate: string): boolean =>
  word[0] === candidate[0] && Math.min(word.length, candidate.length) > 3;
