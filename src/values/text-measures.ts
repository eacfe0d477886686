/** What can be measured of a text: how long it is, how many characters it has, and how these are spread. */
export type TextMeasure = 'length' | 'symbols' | 'entropy' | 'surprisal';

/**
 * Measures a text in UTF-16 units, composed: its length, the number of different units, their Shannon entropy in bits, or
 * the standard deviation of their surprisal. Null for a text that is empty.
 */
export function measureText(text: string, measure: TextMeasure): number | null {
  const composed = text.normalize('NFC');
  const length = composed.length;
  if (length === 0) return null;
  if (measure === 'length') return length;
  const counts = new Map<number, number>();
  for (let i = 0; i < length; i++) {
    const unit = composed.charCodeAt(i);
    counts.set(unit, (counts.get(unit) ?? 0) + 1);
  }
  if (measure === 'symbols') return counts.size;
  // Mean and variance in one pass: each symbol counts by its share.
  let seen = 0;
  let mean = 0;
  let variance = 0;
  for (const count of counts.values()) {
    const share = count / length;
    const bits = -Math.log2(share);
    seen += share;
    const before = mean;
    mean += (share / seen) * (bits - before);
    variance += share * (bits - before) * (bits - mean);
  }
  return measure === 'entropy' ? mean : Math.sqrt(Math.max(0, variance));
}
