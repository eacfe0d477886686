/** Elasticsearch's byte units are powers of 1,024, with an i in them or without. */
const units = ['', 'k', 'm', 'g', 't', 'p'];

/** What numbers may look like, for errors. */
export const amountHint =
  'write a number, or bytes with a unit: 500MB, 1.5GiB (a kilobyte is 1,024 bytes, with an i or without)';

/**
 * Reads a number, `1_000_000`, `2.5e3` or bytes with a unit, as a number of ES|QL; null for anything else. `whole`: what
 * a unit leaves of a fraction is rounded.
 */
export function amountOf(text: string, whole: boolean): string | null {
  const found = /^([+-]?)(\d[\d_]*)(\.\d+)?(?:e([+-]?\d+))?\s*(?:([kmgtp]?)(?:i?b)?)$/i.exec(text.trim());
  if (!found) return null;
  const [, sign, digits, fraction, exponent, prefix] = found as unknown as [string, string, string, ...string[]];
  const unit = 1024n ** BigInt(units.indexOf((prefix ?? '').toLowerCase()));
  const plain = digits.replaceAll('_', '');
  const minus = sign === '-' ? '-' : '';
  if (fraction === undefined && exponent === undefined) return `${minus}${BigInt(plain) * unit}`;
  const number = Number(`${minus}${plain}${fraction ?? ''}${exponent === undefined ? '' : `e${exponent}`}`);
  return whole && unit > 1n ? String(Math.round(number * Number(unit))) : String(number * Number(unit));
}
