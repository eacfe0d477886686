/*
 * Two dialects of regular expressions to RE2, which DuckDB runs: Lucene's (RLIKE) and Java's (REPLACE).
 * What RE2 cannot do is refused with the reason, never answered wrongly.
 */

/** A translated expression, or why it cannot be translated. */
export type Translation = string | { readonly error: string };

/** Translates Lucene's RegExp syntax, which always matches the whole text and knows no anchors. */
export function luceneToRe2(pattern: string): Translation {
  let out = '';
  /** Where the last atom begins in `out`, and whether a quantifier follows it already: Lucene lets them stack. */
  let atom = 0;
  let quantified = false;
  const groups: number[] = [];
  const put = (text: string): void => {
    atom = out.length;
    quantified = false;
    out += text;
  };
  const quantify = (quantifier: string): void => {
    if (quantified) out = `${out.slice(0, atom)}(?:${out.slice(atom)})`;
    out += quantifier;
    quantified = true;
  };
  const invalid = (why: string): Translation => ({ error: `Invalid regex pattern for RLIKE [${pattern}]: ${why}` });
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern[i]!;
    switch (character) {
      case '\\': {
        const next = pattern[++i];
        if (next === undefined) return invalid('a \\ stands at its end');
        put(/[dDwWsS]/.test(next) ? `\\${next}` : quote(next));
        break;
      }
      case '[': {
        const end = endOfClass(pattern, i);
        if (end < 0) return invalid('a [ has no end');
        put(classOf(pattern.slice(i, end + 1)));
        i = end;
        break;
      }
      case '"': {
        const end = pattern.indexOf('"', i + 1);
        if (end < 0) return invalid('a " has no end');
        put(`(?:${quote(pattern.slice(i + 1, end))})`);
        i = end;
        break;
      }
      case '(':
        groups.push(out.length);
        out += '(?:';
        quantified = false;
        break;
      case ')': {
        const start = groups.pop();
        if (start === undefined) return invalid('a ) closes nothing');
        out += ')';
        atom = start;
        quantified = false;
        break;
      }
      case '*':
      case '+':
      case '?':
        // What could repeat nothing stands for itself.
        if (/(?:^|\(\?:|\|)$/.test(out)) put(quote(character));
        else quantify(character);
        break;
      case '{': {
        const counts = /^\{\d+(,\d*)?\}/.exec(pattern.slice(i));
        if (!counts) return invalid('{ must open a count such as {2} or {1,3}');
        quantify(counts[0]);
        i += counts[0].length - 1;
        break;
      }
      case '@':
        put('(?:.*)');
        break;
      case '#':
        // The empty language: nothing matches.
        put('[^\\x00-\\x{10FFFF}]');
        break;
      case '<': {
        const range = /^<(\d+)-(\d+)>/.exec(pattern.slice(i));
        if (!range) return invalid('< must open a range such as <1-9>');
        put(numberRange(range[1]!, range[2]!));
        i += range[0].length - 1;
        break;
      }
      case '~':
      case '&':
        return { error: `the operator ${character} of regular expressions is not supported: [${pattern}]` };
      case '|':
        out += character;
        quantified = false;
        break;
      default:
        put(character === '.' ? '.' : quote(character));
    }
  }
  if (groups.length > 0) return invalid('a ( is not closed');
  if (repeatsTooOften(out)) return invalid(`it repeats a part more than ${mostRepeats} times`);
  return isValid(out) ? out : invalid('it cannot be read');
}

/** RE2 repeats no part more often by counts, those of groups around it included. */
const mostRepeats = 1000;

const re2Token = /\\x\{[^}]*\}|\\[pP]\{[^}]*\}|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{(?<least>\d+)(?:,(?<most>\d*))?\}|./gs;

function repeatsTooOften(expression: string): boolean {
  /** The most that counts within each open group, and within the last atom, repeat a part. */
  const within = [1];
  let last = 1;
  for (const { 0: token, groups } of expression.matchAll(re2Token)) {
    if (token === '(') within.push(1);
    else if (token === ')') last = within.pop() ?? 1;
    else if (groups?.least !== undefined) last *= Math.max(1, Number(groups.most || groups.least));
    else last = 1;
    if (last > mostRepeats) return true;
    within.push(Math.max(within.pop() ?? 1, last));
  }
  return false;
}

/** A character class in RE2's syntax, in which an escaped letter is a letter unless it names a class. */
const classOf = (written: string): string =>
  written.replace(/\\([\s\S])|(?<=.)\[|[&~]/g, (whole, escaped: string | undefined) =>
    escaped === undefined ? `\\${whole}` : /[dDwWsS]/.test(escaped) || /[^A-Za-z0-9]/.test(escaped) ? whole : escaped,
  );

/** Where a character class ends; a `]` behind a backslash does not end it. */
function endOfClass(pattern: string, start: number): number {
  for (let i = start + 1; i < pattern.length; i++) {
    if (pattern[i] === '\\') i++;
    else if (pattern[i] === ']' && i > start + 1) return i;
  }
  return -1;
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
  const unsupported = /\(\?[=!<>]|\\[1-9Gk]|[*+?}]\+|&&/.exec(pattern.replace(/\\\\/g, '  '));
  if (unsupported) {
    return {
      error: `the regular expression [${pattern}] uses ${JSON.stringify(unsupported[0])} (look-around, back-references, named and atomic groups and possessive quantifiers are not supported)`,
    };
  }
  const unknown = /\\(?![dDwWsSbBtnrfvaxpPzAQhRZ])[A-Za-z]/.exec(
    pattern.replace(/\\\\/g, '  ').replace(/\\Q.*?(\\E|$)/gs, ''),
  );
  if (unknown) return { error: `Invalid regex pattern [${pattern}]: ${unknown[0]} is no escape known here` };
  const translated = pattern.replace(/\\(h|R|Z)|\\./gs, (whole, special: string | undefined) => {
    if (special === 'h') return '[ \\t\\x{A0}\\x{1680}\\x{180e}\\x{2000}-\\x{200a}\\x{202f}\\x{205f}\\x{3000}]';
    if (special === 'R') return '(?:\\r\\n|[\\n\\x0b\\f\\r\\x{85}\\x{2028}\\x{2029}])';
    return special === 'Z' ? '\\n?\\z' : whole;
  });
  if (repeatsTooOften(translated))
    return { error: `the regular expression [${pattern}] repeats a part more than ${mostRepeats} times` };
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
