/** Number of single-character changes between two texts. */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(substitution, previous[j]! + 1, row[j - 1]! + 1));
    }
    previous = row;
  }
  return previous[b.length]!;
}

const most = 10;

/**
 * Names near to an unknown one, nearest first: those that share at least half of it, as Elasticsearch measures
 * (one minus the edits over the longer length).
 */
export function closestMatches(name: string, candidates: Iterable<string>): string[] {
  const scored: { candidate: string; similarity: number }[] = [];
  for (const candidate of new Set(candidates)) {
    const longer = Math.max(name.length, candidate.length);
    if (Math.abs(name.length - candidate.length) / longer > 0.5) continue;
    const similarity = 1 - distance(name, candidate) / longer;
    if (similarity >= 0.5) scored.push({ candidate, similarity });
  }
  return scored
    .sort((a, b) => b.similarity - a.similarity)
    .slice(0, most)
    .map(({ candidate }) => candidate);
}

/** The end of an error message: `, did you mean [x]?`, or nothing. */
export function didYouMean(name: string, candidates: Iterable<string>): string {
  const matches = closestMatches(name, candidates);
  if (matches.length === 0) return '';
  return matches.length === 1 ? `, did you mean [${matches[0]}]?` : `, did you mean any of [${matches.join(', ')}]?`;
}
