/*
 * Java's regular expressions through JavaScript's, for what RE2 cannot do: look-around, back-references, patterns that
 * come from a column. Slower than RE2, and with no bound on time for patterns that backtrack.
 */

const compiled = new Map<string, RegExp | string>();

/** Java's pattern as a RegExp; a text is why it is none. */
function compile(pattern: string): RegExp | string {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  if (compiled.size > 1000) compiled.clear();
  const made = translate(pattern);
  compiled.set(pattern, made);
  return made;
}

function translate(pattern: string): RegExp | string {
  let flags = 'gu';
  let source = pattern;
  const inline = /^\(\?([imsu]+)\)/.exec(source);
  if (inline) {
    flags += [...inline[1]!].filter((flag) => 'ims'.includes(flag)).join('');
    source = source.slice(inline[0].length);
  }
  source = source
    .replace(/\\Q(.*?)(?:\\E|$)/gs, (_, literal: string) => literal.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'))
    .replace(/\\[AzZhHR]|\\x\{([0-9A-Fa-f]+)\}|\\p\{(\w+)\}|\\[\s\S]/g, (whole, code?: string, name?: string) => {
      if (code !== undefined) return `\\u{${code}}`;
      if (name !== undefined) return javaClasses[name] ?? whole;
      switch (whole) {
        case '\\A':
          return '(?<![\\s\\S])';
        case '\\z':
          return '(?![\\s\\S])';
        case '\\Z':
          return '(?=\\n?(?![\\s\\S]))';
        case '\\h':
          return '[ \\t\\u00a0\\u1680\\u180e\\u2000-\\u200a\\u202f\\u205f\\u3000]';
        case '\\H':
          return '[^ \\t\\u00a0\\u1680\\u180e\\u2000-\\u200a\\u202f\\u205f\\u3000]';
        case '\\R':
          return '(?:\\r\\n|[\\n\\x0b\\f\\r\\u0085\\u2028\\u2029])';
        default:
          // With the u flag JavaScript takes an escape of punctuation only where it means something.
          return /^\\[^\w\s^$.*+?()[\]{}|/\\-]$/u.test(whole) ? whole.slice(1) : whole;
      }
    })
    // A possessive quantifier or an atomic group keeps what it took: a look-ahead that is then taken back does the same.
    .replace(/\(\?>/g, '(?:');
  try {
    return new RegExp(source, flags);
  } catch (error) {
    const why = /: ([^:]+)$/.exec((error as Error).message)?.[1] ?? 'Syntax error';
    return `${why[0]!.toUpperCase()}${why.slice(1)} near index ${Math.max(0, pattern.length - 1)}\n${pattern}`;
  }
}

const javaClasses: Readonly<Record<string, string>> = {
  Alpha: '[A-Za-z]',
  Digit: '[0-9]',
  Alnum: '[A-Za-z0-9]',
  Punct: '[!-\\/:-@\\[-`\\{-~]',
  Upper: '[A-Z]',
  Lower: '[a-z]',
  Space: '[ \\t\\n\\x0b\\f\\r]',
  XDigit: '[0-9A-Fa-f]',
  Blank: '[ \\t]',
  Cntrl: '[\\x00-\\x1f\\x7f]',
};

/** Why a text is no regular expression of Java, in Java's shape; null when it is one. */
export function javaPatternError(pattern: string): string | null {
  const made = compile(pattern);
  return typeof made === 'string' ? `Invalid regex pattern [${pattern}]: ${made}` : null;
}

/** Texts get no longer than this. */
const longest = 1_048_576;

/** Java's replaceAll; an Error tells why there is no result. */
export function javaReplace(value: string, pattern: string, replacement: string): string | Error {
  const made = compile(pattern);
  if (typeof made === 'string') return new Error(`java.util.regex.PatternSyntaxException: ${made}`);
  const parts = replacementParts(replacement);
  if (parts instanceof Error) return parts;
  const groups = new RegExp(`${made.source}|`, made.flags).exec('')!.length - 1;
  const bad = parts.find((part) => typeof part === 'number' && part > groups);
  if (bad !== undefined) return new Error(`java.lang.IndexOutOfBoundsException: No group ${bad}`);
  const result = value.replace(made, (...match: unknown[]) =>
    parts.map((part) => (typeof part === 'number' ? ((match[part] as string | undefined) ?? '') : part)).join(''),
  );
  if (Buffer.byteLength(result) > longest)
    return new Error(
      `java.lang.IllegalArgumentException: Creating strings with more than [${longest}] bytes is not supported`,
    );
  return result;
}

function replacementParts(replacement: string): (string | number)[] | Error {
  const parts: (string | number)[] = [];
  for (let i = 0; i < replacement.length; i++) {
    const character = replacement[i]!;
    if (character === '\\') {
      i += 1;
      if (i === replacement.length)
        return new Error('java.lang.IllegalArgumentException: character to be escaped is missing');
      parts.push(replacement[i]!);
    } else if (character === '$') {
      const digit = /^\d/.exec(replacement.slice(i + 1));
      if (!digit) return new Error('java.lang.IllegalArgumentException: Illegal group reference');
      parts.push(Number(digit[0]));
      i += 1;
    } else parts.push(character);
  }
  return parts;
}
