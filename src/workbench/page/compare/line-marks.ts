/** A line of a text, and whether the other text lacks it. */
export interface MarkedLine {
  readonly text: string;
  readonly isOwn: boolean;
}

/** Two texts line by line: lines that both have in the same order are common, the others are their own. */
export function markLines(
  before: string,
  after: string,
): { readonly before: MarkedLine[]; readonly after: MarkedLine[] } {
  const [a, b] = [before.split('\n'), after.split('\n')];
  // How long the longest common sequence is from each place on.
  const lengths = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      lengths[i]![j] = a[i] === b[j] ? lengths[i + 1]![j + 1]! + 1 : Math.max(lengths[i + 1]![j]!, lengths[i]![j + 1]!);
  const [left, right]: [MarkedLine[], MarkedLine[]] = [[], []];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      left.push({ text: a[i++]!, isOwn: false });
      right.push({ text: b[j++]!, isOwn: false });
    } else if (j >= b.length || (i < a.length && lengths[i + 1]![j]! >= lengths[i]![j + 1]!))
      left.push({ text: a[i++]!, isOwn: true });
    else right.push({ text: b[j++]!, isOwn: true });
  }
  return { before: left, after: right };
}
