/** What stands for characters that have a letter of their own. */
const named: ReadonlyMap<string, string> = new Map([
  ...[...'\n\r\t\b\f'].map((character, i): [string, string] => [character, 'nrtbf'[i]!]),
  ['\\', '\\\\'],
  ["'", "'"],
  ['"', '"'],
]);

/**
 * A text in printable ASCII, as TO_ASCII writes it: two backslashes before what is escaped, and by the size of the code
 * point `x` and two digits, `u` and four, or `U` and eight.
 */
export const escapeToAscii = (text: string): string =>
  text.replace(/[^ -~]|["'\\]/gu, (character) => `\\\\${named.get(character) ?? digitsOf(character.codePointAt(0)!)}`);

function digitsOf(code: number): string {
  const [letter, width] = code <= 0xff ? ['x', 2] : code <= 0xffff ? ['u', 4] : ['U', 8];
  return `${letter}${code.toString(16).padStart(width as number, '0')}`;
}
