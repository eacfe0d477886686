/**
 * Makes control characters visible, so that a value from an event can neither move the cursor, colour the terminal nor
 * break a line. Marks that turn the direction of writing are shown too.
 */
export function visible(text: string): string {
  if (plain.test(text)) return text;
  return text.replace(hidden, (character) => {
    const code = character.codePointAt(0)!;
    if (character === '\n') return '⏎';
    if (character === '\t') return '⇥';
    return code < 0x20
      ? String.fromCodePoint(0x2400 + code)
      : `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;
  });
}

const plain = /^[ -~]*$/;
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** The same for a text of several lines, whose line breaks stay. */
export const visibleLines = (text: string): string => text.split(/\r?\n/).map(visible).join('\n');
