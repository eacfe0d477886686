/** A number of percent as Java writes it: whole ones as they are, others with one digit, of which a half is rounded up. */
export function percentText(percent: number): string {
  if (!Number.isFinite(percent)) return `${percent}%`;
  const long = 2 ** 63;
  if (Number.isInteger(percent) && percent >= -long && percent <= long)
    return `${BigInt.asIntN(64, clamped(percent))}%`;
  // The fewest digits that say which double it is, and not those of its binary value, are what is rounded.
  const [digits = '', exponent = '0'] = Math.abs(percent).toExponential().split('e');
  const plain = digits.replace('.', '');
  const places = plain.length - 1 - Number(exponent);
  const scaled = BigInt(plain) * (places < 2 ? 10n ** BigInt(2 - places) : 1n);
  const unit = places < 2 ? 10n : 10n ** BigInt(places - 1);
  const tenths = (scaled + unit / 2n) / unit;
  return `${percent < 0 ? '-' : ''}${tenths / 10n}.${tenths % 10n}%`;
}

/** A whole double as a long, the largest where it is beyond. */
const clamped = (value: number): bigint => {
  const most = 2n ** 63n - 1n;
  const exact = BigInt(value);
  return exact > most ? most : exact;
};
