/*
 * Two dialects of regular expressions to RE2, which DuckDB runs: Lucene's (RLIKE) and Java's (REPLACE).
 * What RE2 cannot do is refused with the reason, never answered wrongly.
 */

/** A translated expression, or why it cannot be translated. */
export type Translation = string | { readonly error: string };

/** Translates Lucene's RegExp syntax, which always matches the whole text and knows no anchors. */
export function luceneToRe2(pattern: string): Translation {
  let out = '';
  let inClass = false;
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern[i]!;
    if (character === '\\') {
      const next = pattern[i + 1];
      if (next === undefined) return { error: `Invalid regex pattern for RLIKE [${pattern}]: a \\ stands at its end` };
      out += /[dDwWsS]/.test(next) ? `\\${next}` : quote(next);
      i++;
      continue;
    }
    if (inClass) {
      if (character === ']') inClass = false;
      out += character === '[' || character === '&' || character === '~' ? `\\${character}` : character;
      continue;
    }
    switch (character) {
      case '[':
        inClass = true;
        out += '[';
        break;
      case '"': {
        const end = pattern.indexOf('"', i + 1);
        if (end < 0) return { error: `Invalid regex pattern for RLIKE [${pattern}]: a " has no end` };
        out += `(?:${quote(pattern.slice(i + 1, end))})`;
        i = end;
        break;
      }
      case '@':
        out += '.*';
        break;
      case '#':
        // The empty language: nothing matches.
        out += '[^\\x00-\\x{10FFFF}]';
        break;
      case '<': {
        const range = /^<(\d+)-(\d+)>/.exec(pattern.slice(i));
        if (!range) return { error: `Invalid regex pattern for RLIKE [${pattern}]: < must open a range such as <1-9>` };
        out += numberRange(range[1]!, range[2]!);
        i += range[0].length - 1;
        break;
      }
      case '~':
      case '&':
        return { error: `the operator ${character} of regular expressions is not supported: [${pattern}]` };
      case '^':
      case '$':
        out += `\\${character}`;
        break;
      default:
        out += character;
    }
  }
  if (inClass) return { error: `Invalid regex pattern for RLIKE [${pattern}]: a [ has no end` };
  return isValid(out) ? out : { error: `Invalid regex pattern for RLIKE [${pattern}]` };
}

/** Numbers from low to high; written with equal digits they keep their width, as Lucene has it. */
function numberRange(from: string, to: string): string {
  const [low, high] = BigInt(from) <= BigInt(to) ? [from, to] : [to, from];
  const width = from.length === to.length ? from.length : 0;
  const [a, b] = [BigInt(low), BigInt(high)];
  if (b - a > 10_000n) return `[0-9]{${Math.max(1, width)},}`;
  const items: string[] = [];
  for (let n = a; n <= b; n++) items.push(n.toString().padStart(width, '0'));
  return `(?:${width === 0 ? '0*' : ''}(?:${items.join('|')}))`;
}

/** Translates Java's syntax as REPLACE takes it. RE2 shares most of it. */
export function javaToRe2(pattern: string): Translation {
  const unsupported = /\(\?<?[=!]|\(\?>|\\[1-9Gk]|[*+?}]\+|&&/.exec(pattern.replace(/\\\\/g, '  '));
  if (unsupported) {
    return {
      error: `the regular expression [${pattern}] uses ${JSON.stringify(unsupported[0])} (look-around, back-references, possessive quantifiers and atomic groups are not supported)`,
    };
  }
  const translated = pattern.replace(/\\(h|R|Z)|\\./gs, (whole, special: string | undefined) => {
    if (special === 'h') return '[ \\t\\x{A0}\\x{1680}\\x{180e}\\x{2000}-\\x{200a}\\x{202f}\\x{205f}\\x{3000}]';
    if (special === 'R') return '(?:\\r\\n|[\\n\\x0b\\f\\r\\x{85}\\x{2028}\\x{2029}])';
    return special === 'Z' ? '\\n?\\z' : whole;
  });
  if (!isValid(translated)) return { error: `Invalid regex pattern [${pattern}]` };
  return translated;
}

/** Java's replacement text (`$1`, `\` quotes the next character) in RE2's form. */
export function javaReplacement(replacement: string): string {
  return replacement.replace(/\\(.)|\$(\d)|\\/gs, (_, quoted: string | undefined, group: string | undefined) => {
    if (group !== undefined) return `\\${group}`;
    return quoted === '\\' || quoted === undefined ? '\\\\' : quoted;
  });
}

export const quote = (text: string): string =>
  text.replace(/[\\^$.*+?()[\]{}|\-/&~"<>@#]/g, (c) => (/[\\^$.*+?()[\]{}|]/.test(c) ? `\\${c}` : c));

/** A sanity check of the structure; JavaScript's syntax and RE2's agree on brackets, groups and quantifiers. */
function isValid(expression: string): boolean {
  try {
    new RegExp(
      expression
        .replace(/\\x\{([0-9A-Fa-f]+)\}/g, '\\u{$1}')
        .replace(/\(\?[imsU-]+\)/g, '')
        .replace(/\\z/g, '$'),
      '',
    );
    return true;
  } catch {
    return false;
  }
}
