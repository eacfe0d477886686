/**
 * A test for a pattern in which any run of characters may stand between the `literals`; the first begins the text and
 * the last ends it. Takes the earliest place for each, which is enough, so that no pattern and text take long together.
 */
export function wildcardMatcher(literals: readonly string[]): (text: string) => boolean {
  const [first = '', ...rest] = literals;
  const last = rest.pop();
  if (last === undefined) return (text) => text === first;
  return (text) => {
    if (!text.startsWith(first)) return false;
    let at = first.length;
    for (const literal of rest) {
      const found = text.indexOf(literal, at);
      if (found < 0) return false;
      at = found + literal.length;
    }
    return text.length - last.length >= at && text.endsWith(last);
  };
}
