/**
 * A text that orders as versions do: numbers by value, a pre-release before its release, and what is no version after
 * all that are, by text.
 */
export function versionKey(version: string): string {
  const found = /^(\d+(?:\.\d+)*)(?:[-+]?([A-Za-z][0-9A-Za-z.+-]*)?)?$/.exec(version);
  if (!found) return `~${version}`;
  const numbers = found[1]!.split('.').map(numberKey).join('.');
  // A space sorts before the pre-release, a tilde after it.
  return `${numbers} ${found[2] === undefined ? '~' : preRelease(found[2])}`;
}

/** Digits with their count in front, so that longer numbers come later. */
function numberKey(digits: string): string {
  const plain = digits.replace(/^0+(?=\d)/, '');
  return `${String.fromCharCode(0x40 + Math.min(plain.length, 60))}${plain}`;
}

function preRelease(text: string): string {
  return text
    .split('.')
    .map((part) => (/^\d+$/.test(part) ? numberKey(part) : `a${part}`))
    .join('.');
}
