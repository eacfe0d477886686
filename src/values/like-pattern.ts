/** A LIKE pattern taken apart: literal runs between `*` (any run) and `?` (one character). */
export type LikePart = '*' | '?' | { readonly literal: string };

/** Reads a LIKE pattern; an error is Elasticsearch's message. */
export function parseLike(pattern: string): LikePart[] | { error: string } {
  const parts: LikePart[] = [];
  const literal = (character: string): void => {
    const last = parts.at(-1);
    if (last && typeof last === 'object') parts[parts.length - 1] = { literal: last.literal + character };
    else parts.push({ literal: character });
  };
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern[i]!;
    if (character === '*' || character === '?') {
      if (!(character === '*' && parts.at(-1) === '*')) parts.push(character);
    } else if (character === '\\') {
      const next = pattern[i + 1];
      if (next === undefined) {
        return {
          error: `Invalid pattern for LIKE [${pattern}]: [Invalid sequence - escape character is not followed by special wildcard char]`,
        };
      }
      if (next !== '*' && next !== '?' && next !== '\\') {
        return {
          error: `Invalid pattern for LIKE [${pattern}]: [Invalid sequence - escape character is not followed by special wildcard char]`,
        };
      }
      literal(next);
      i++;
    } else literal(character);
  }
  return parts;
}

/** What is wrong with a LIKE pattern, in Elasticsearch's words; null when it is right. */
export function likeError(pattern: string): string | null {
  const parsed = parseLike(pattern);
  return 'error' in parsed ? parsed.error : null;
}
