type Scalar = string | number | bigint | boolean;
type Cell = Scalar | readonly Scalar[] | null;

/** Numbers within texts count as numbers. */
const byNumber = new Intl.Collator('en', { numeric: true });
const ofNumbers: ReadonlySet<string> = new Set([
  ...['integer', 'long', 'unsigned_long', 'double'],
  ...['counter_integer', 'counter_long', 'counter_double'],
]);

/** The order of two cells of a type, of which lists count by their first value. No value is last in either direction. */
export function compareCells(one: Cell, other: Cell, type: string, descending: boolean): number {
  if (one === null || other === null) return one === other ? 0 : one === null ? 1 : -1;
  return (descending ? -1 : 1) * compare(firstOf(one), firstOf(other), type);
}

function compare(a: Scalar, b: Scalar, type: string): number {
  if (type === 'ip' || type === 'version') return byNumber.compare(String(a), String(b));
  // Numbers that JSON cannot hold come as texts.
  const [left, right] = ofNumbers.has(type) ? [asNumber(a), asNumber(b)] : [a, b];
  return left < right ? -1 : left > right ? 1 : 0;
}

const asNumber = (value: Scalar): Scalar =>
  typeof value !== 'string' ? value : /^-?\d+$/.test(value) ? BigInt(value) : Number(value);

const firstOf = (value: Scalar | readonly Scalar[]): Scalar =>
  Array.isArray(value) ? (value as readonly Scalar[])[0]! : (value as Scalar);
