import { javaSyntaxError, withPlace } from './java-regex-errors.ts';
import { own } from './own.ts';

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
  const wrong = javaSyntaxError(pattern);
  if (wrong !== null) return wrong;
  let flags = 'gu';
  let source = pattern;
  const inline = /^\(\?([imsu]+)\)/.exec(source);
  if (inline) {
    flags += [...inline[1]!].filter((flag) => 'ims'.includes(flag)).join('');
    source = source.slice(inline[0].length);
  }
  source = source.replace(/\\Q(.*?)(?:\\E|$)/gs, (_, literal: string) =>
    literal.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'),
  );
  source = keepingWhatTheyTook(withInlineFlags(escapes(source)));
  try {
    return new RegExp(source, flags);
  } catch (error) {
    const why = /: ([^:]+)$/.exec((error as Error).message)?.[1] ?? 'Syntax error';
    return withPlace(`${why[0]!.toUpperCase()}${why.slice(1)}`, pattern, Math.max(0, pattern.length - 1));
  }
}

/** Java's escapes as JavaScript takes them with the u flag, where an escape of punctuation must mean something. */
function escapes(pattern: string): string {
  let out = '';
  let depth = 0;
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern[i]!;
    if (character === '[') {
      // A bracket within a class opens another one, which adds its characters.
      if (depth === 0) out += character;
      depth += 1;
      if (pattern[i + 1] === '^' && depth === 1) out += pattern[++i];
      continue;
    }
    if (character === ']' && depth > 0) {
      depth -= 1;
      if (depth === 0) out += character;
      continue;
    }
    if (character !== '\\') {
      out += depth > 0 && /[(){}|/]/.test(character) ? `\\${character}` : character;
      continue;
    }
    const next = pattern[++i];
    if (next === undefined) return `${out}\\`;
    const code = /^x\{([0-9A-Fa-f]+)\}/.exec(pattern.slice(i));
    const named = /^([pP])\{(\w+)\}/.exec(pattern.slice(i));
    const anchor = depth === 0 ? own(anchors, next) : undefined;
    if (code) {
      out += `\\u{${code[1]}}`;
      i += code[0].length - 1;
    } else if (named) {
      const inner = own(javaClasses, named[2]!.replace(/^Is/, ''));
      if (inner === undefined) out += `\\${named[0]}`;
      else if (depth > 0) out += inner;
      else out += named[1] === 'P' ? `[^${inner}]` : `[${inner}]`;
      i += named[0].length - 1;
    } else if (anchor !== undefined) out += anchor;
    else if (next === 'h' || next === 'H') {
      const blanks = ' \\t\\u00a0\\u1680\\u180e\\u2000-\\u200a\\u202f\\u205f\\u3000';
      out += depth > 0 ? blanks : next === 'h' ? `[${blanks}]` : `[^${blanks}]`;
    } else if (/[A-Za-z0-9]/.test(next)) out += next === 'a' ? '\\x07' : next === 'e' ? '\\x1b' : `\\${next}`;
    else if (/[\^$.*+?()[\]{}|/\\]/.test(next) || (depth > 0 && next === '-')) out += `\\${next}`;
    else out += next;
  }
  return out;
}

const anchors: Readonly<Record<string, string>> = {
  A: '(?<![\\s\\S])',
  z: '(?![\\s\\S])',
  Z: '(?=\\n?(?![\\s\\S]))',
  R: '(?:\\r\\n|[\\n\\x0b\\f\\r\\u0085\\u2028\\u2029])',
};

/** Groups of our own making have names that begin so; they are not counted. */
const ownGroup = '_a';

/**
 * Atomic groups and possessive quantifiers, which JavaScript has not: a look-ahead takes its match once and for all, and
 * a reference to it takes the same text.
 */
export function keepingWhatTheyTook(pattern: string): string {
  if (!/\(\?>|[*+?}]\+/.test(pattern)) return pattern;
  let made = 0;
  const kept = (inner: string): string => {
    const name = `${ownGroup}${made++}`;
    return `(?:(?=(?<${name}>${inner}))\\k<${name}>)`;
  };
  const convert = (source: string): string => {
    let out = '';
    let atom = 0;
    for (let i = 0; i < source.length; i++) {
      const character = source[i]!;
      if (character === '(') {
        const end = closing(source, i);
        atom = out.length;
        const inner = source.slice(i + 1, end);
        if (inner.startsWith('?>')) out += kept(convert(inner.slice(2)));
        else {
          const head = /^\?(?:<?[=!]|:|<\w+>)/.exec(inner)?.[0] ?? '';
          out += `(${head}${convert(inner.slice(head.length))})`;
        }
        i = end;
      } else if (character === '[') {
        const start = i;
        for (i += 1; i < source.length && source[i] !== ']'; i++) if (source[i] === '\\') i += 1;
        atom = out.length;
        out += source.slice(start, i + 1);
      } else if (character === '\\') {
        const taken = /^\\(?:[uxpPk](?:\{[^}]*\}|<\w+>)|[\s\S])/.exec(source.slice(i))![0];
        atom = out.length;
        out += taken;
        i += taken.length - 1;
      } else {
        const quantifier = /^(?:[*+?]|\{\d+(?:,\d*)?\})/.exec(source.slice(i))?.[0];
        if (quantifier === undefined) {
          atom = out.length;
          out += character;
          continue;
        }
        i += quantifier.length - 1;
        out += quantifier;
        if (source[i + 1] === '+') {
          out = out.slice(0, atom) + kept(out.slice(atom));
          i += 1;
        }
      }
    }
    return out;
  };
  return convert(pattern);
}

/** For each group that the author made the number that it has now. */
function authorsGroups(source: string): number[] {
  const numbers: number[] = [0];
  let count = 0;
  for (let i = 0; i < source.length; i++) {
    if (source[i] === '\\') i += 1;
    else if (source[i] === '[') {
      for (i += 1; i < source.length && source[i] !== ']'; i++) if (source[i] === '\\') i += 1;
    } else if (source[i] === '(' && (source[i + 1] !== '?' || /^\(\?<[^=!]/.test(source.slice(i)))) {
      count += 1;
      if (!source.startsWith(`(?<${ownGroup}`, i)) numbers.push(count);
    }
  }
  return numbers;
}

/** `(?i:…)` with the letters of the group in both cases, for JavaScript cannot change flags within a pattern. */
export function withInlineFlags(pattern: string): string {
  const open = /\(\?([imsux]*)(?:-[imsux]+)?:/g;
  let out = '';
  let at = 0;
  for (let found = open.exec(pattern); found; found = open.exec(pattern)) {
    if (found[1] === '') continue;
    const end = closing(pattern, found.index);
    const inner = withInlineFlags(pattern.slice(open.lastIndex, end));
    out += `${pattern.slice(at, found.index)}(?:${found[1]!.includes('i') ? bothCases(inner) : inner}`;
    at = end;
    open.lastIndex = end;
  }
  return out + pattern.slice(at);
}

/** Where the group that opens at a place ends. */
function closing(pattern: string, start: number): number {
  let depth = 0;
  for (let i = start; i < pattern.length; i++) {
    if (pattern[i] === '\\') i += 1;
    else if (pattern[i] === '[') {
      while (i < pattern.length && pattern[i] !== ']') i += pattern[i] === '\\' ? 2 : 1;
    } else if (pattern[i] === '(') depth += 1;
    else if (pattern[i] === ')' && --depth === 0) return i;
  }
  return pattern.length;
}

function bothCases(pattern: string): string {
  let inClass = false;
  return pattern.replace(/\\u\{[^}]*\}|\\[\s\S]|\(\?<\w+>|\(\?[:=!<]+|[a-z]-[a-z]|[[\]]|[A-Za-z]/gi, (part) => {
    if (part === '[') inClass = true;
    else if (part === ']') inClass = false;
    else if (/^[a-z]-[a-z]$/i.test(part) && inClass) return `${part.toLowerCase()}${part.toUpperCase()}`;
    else if (/^[a-z]$/i.test(part)) {
      const both = `${part.toLowerCase()}${part.toUpperCase()}`;
      return inClass ? both : `[${both}]`;
    }
    return part;
  });
}

const javaClasses: Readonly<Record<string, string>> = {
  Alpha: 'A-Za-z',
  Digit: '0-9',
  Alnum: 'A-Za-z0-9',
  Punct: '!-\\/:-@\\[-`\\{-~',
  Upper: 'A-Z',
  Lower: 'a-z',
  Space: ' \\t\\n\\x0b\\f\\r',
  XDigit: '0-9A-Fa-f',
  Blank: ' \\t',
  Cntrl: '\\x00-\\x1f\\x7f',
};

/** Why a text is no regular expression of Java, in Java's shape; null when it is one. */
export function javaPatternError(pattern: string): string | null {
  const made = compile(pattern);
  return typeof made === 'string' ? `Invalid regex pattern [${pattern}]: ${made}` : null;
}

/** Texts get no longer than this. */
const longest = 1_048_576;

/** Java's replaceAll; an Error says why there is no result. */
export function javaReplace(value: string, pattern: string, replacement: string): string | Error {
  const made = compile(pattern);
  if (typeof made === 'string') return new Error(`java.util.regex.PatternSyntaxException: ${made}`);
  const parts = replacementParts(replacement);
  if (parts instanceof Error) return parts;
  const groups = authorsGroups(made.source);
  const bad = parts.find((part) => typeof part === 'number' && part >= groups.length);
  if (bad !== undefined) return new Error(`java.lang.IndexOutOfBoundsException: No group ${bad}`);
  const result = value.replace(made, (...match: unknown[]) =>
    parts
      .map((part) => (typeof part === 'number' ? ((match[groups[part]!] as string | undefined) ?? '') : part))
      .join(''),
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
