/*
 * What java.util.regex.Pattern says of texts that are no patterns: the mistakes that people make, in Java's words and with
 * its places.
 */

/** A message of Java's PatternSyntaxException: the place behind it, the pattern below, and a mark under the place. */
export function withPlace(description: string, pattern: string, index: number): string {
  const mark = index >= 0 && index < pattern.length ? `\n${' '.repeat(index)}^` : '';
  return `${description}${index >= 0 ? ` near index ${index}` : ''}\n${pattern}${mark}`;
}

/** Why a text is no pattern, as Java words it; null where none of these mistakes is in it. */
export function javaSyntaxError(pattern: string): string | null {
  const at = (description: string, index: number): string => withPlace(description, pattern, index);
  const open: number[] = [];
  const names = new Set([...pattern.matchAll(/\(\?<([A-Za-z]\w*)>/g)].map(([, name]) => name!));
  let repeatable = false;
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern[i]!;
    switch (character) {
      case '\\': {
        const next = pattern[i + 1];
        if (next === undefined) return at('Unexpected internal error', i + 1);
        if (next === 'Q') {
          const end = pattern.indexOf('\\E', i + 2);
          i = end < 0 ? pattern.length : end + 1;
        } else {
          const reference = next === 'k' ? /^<(\w*)>?/.exec(pattern.slice(i + 2)) : null;
          if (next === 'k' && !reference) return at("\\k is not followed by '<' for named capturing group", i + 2);
          if (reference && !names.has(reference[1]!))
            return at(`named capturing group <${reference[1]}> does not exist`, i + 1 + reference[0].length);
          i += 1;
        }
        repeatable = true;
        break;
      }
      case '[': {
        const end = endOfClass(pattern, i);
        if (end === null) return at('Unclosed character class', pattern.length - 1);
        const range = wrongRange(pattern, i, end);
        if (range !== null) return at('Illegal character range', range);
        i = end;
        repeatable = true;
        break;
      }
      case '(':
        open.push(i);
        repeatable = false;
        if (pattern[i + 1] === '?') {
          const head = /^\(\?(?:[:=!>]|<[=!]|<[A-Za-z][A-Za-z0-9]*>|[idmsuxU]*(?:-[idmsuxU]*)?[:)])/.exec(
            pattern.slice(i),
          )?.[0];
          if (head === undefined) {
            const flags = /^\(\?[idmsuxU-]*/.exec(pattern.slice(i))![0];
            const isName = pattern.startsWith('(?<', i);
            return at(
              isName ? 'Unknown look-behind group' : 'Unknown inline modifier',
              i + (isName ? 3 : flags.length),
            );
          }
          if (head.endsWith(')')) open.pop();
          i += head.length - 1;
        }
        break;
      case ')':
        if (open.pop() === undefined) return at("Unmatched closing ')'", i - 1);
        repeatable = true;
        break;
      case '*':
      case '+':
      case '?':
        if (!repeatable) return at(`Dangling meta character '${character}'`, i);
        // What follows a quantifier makes it lazy or possessive.
        if (pattern[i + 1] === '?' || pattern[i + 1] === '+') i += 1;
        repeatable = false;
        break;
      case '{': {
        if (!repeatable) return at('Illegal repetition', i - 1);
        const count = /^\{(\d+)(?:(,)(\d*))?/.exec(pattern.slice(i));
        if (!count) return at('Illegal repetition', i - 1);
        const close = i + count[0].length;
        if (pattern[close] !== '}') return at('Unclosed counted closure', close);
        if (count[3] && Number(count[3]) < Number(count[1])) return at('Illegal repetition range', close - 1);
        i = close;
        if (pattern[i + 1] === '?' || pattern[i + 1] === '+') i += 1;
        repeatable = false;
        break;
      }
      case '|':
        repeatable = false;
        break;
      default:
        repeatable = true;
    }
  }
  return open.length > 0 ? at('Unclosed group', pattern.length) : null;
}

/** Where a class that opens at a place ends; classes stand within classes. */
function endOfClass(pattern: string, start: number): number | null {
  let depth = 0;
  for (let i = start; i < pattern.length; i++) {
    const character = pattern[i];
    if (character === '\\') i += 1;
    else if (character === '[') {
      depth += 1;
      if (pattern[i + 1] === '^') i += 1;
      // A bracket at the beginning of a class is one of its characters.
      if (pattern[i + 1] === ']') i += 1;
    } else if (character === ']' && --depth === 0) return i;
  }
  return null;
}

/** Where a range of a class ends before it begins; null where none does. */
function wrongRange(pattern: string, start: number, end: number): number | null {
  const body = pattern.slice(start + 1, end);
  const parts = /\\.|[^\\]/gs;
  const found = [...body.matchAll(parts)].map(([text], i, all) => ({
    text,
    at: start + 1 + all.slice(0, i).reduce((sum, [one]) => sum + one.length, 0),
  }));
  for (let i = 0; i + 2 < found.length; i++) {
    const [low, dash, high] = found.slice(i, i + 3);
    const isPlain = (text: string): boolean => text.length === 1 && !/[[\]&^-]/.test(text);
    if (dash!.text === '-' && isPlain(low!.text) && isPlain(high!.text) && low!.text > high!.text) return high!.at;
  }
  return null;
}
