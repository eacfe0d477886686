/** A pattern of DISSECT taken apart. */
export interface DissectPattern {
  /** A regular expression with a group for each part that is kept, in the order of `groups`. */
  readonly expression: string;
  readonly groups: readonly string[];
  /** The columns, in the order in which the pattern names them, and the groups that each is joined of. */
  readonly columns: readonly { readonly name: string; readonly groups: readonly string[] }[];
}

interface Key {
  readonly name: string;
  readonly group: string;
  readonly place: number;
  readonly appends: boolean;
}

/** Reads a pattern; the error is for the person who wrote it. */
export function readDissect(pattern: string): DissectPattern | { error: string } {
  const pieces = pattern.split(/%\{([^}]*)\}/);
  if (pieces.length < 3) return { error: `Invalid pattern for dissect: [${pattern}]` };
  const keys: Key[] = [];
  let expression = `^${quoteRe2(pieces[0]!)}`;
  for (let i = 1; i < pieces.length; i += 2) {
    const key = pieces[i]!;
    const delimiter = pieces[i + 1]!;
    const last = i === pieces.length - 2 && delimiter === '';
    if (/^[*&]/.test(key)) return { error: `Reference keys not supported in dissect patterns: [%{${key}}]` };
    const padded = key.endsWith('->');
    const found = /^(\+|\?)?(.*?)(?:\/(\d+))?$/s.exec(padded ? key.slice(0, -2) : key)!;
    const [, modifier, name = '', order] = found;
    const skipped = modifier === '?' || name === '';
    // Up to the first delimiter, which is the first of its characters where it is one.
    const any = last ? '.*' : [...delimiter].length === 1 ? `[^${quoteInClass(delimiter)}]*` : '.*?';
    if (skipped) expression += any;
    else {
      const group = `k${keys.length}`;
      const place = order === undefined ? keys.length : Number(order);
      keys.push({ name, group, place, appends: modifier === '+' });
      expression += `(${any})`;
    }
    if (delimiter !== '') expression += padded ? `(?:${quoteRe2(delimiter)})+` : quoteRe2(delimiter);
  }
  // What stands behind a delimiter at the end of the pattern is nobody's.
  if (pieces.at(-1) === '') expression += '$';
  if (keys.length === 0) return { error: `Invalid pattern for dissect: [${pattern}]` };
  const names = [...new Set(keys.map(({ name }) => name))];
  const columns = names.map((name) => {
    const own = keys.filter((key) => key.name === name);
    // Parts are joined where any of them says so; else the last one counts.
    const parts = own.some(({ appends }) => appends) ? own.sort((a, b) => a.place - b.place) : own.slice(-1);
    return { name, groups: parts.map(({ group }) => group) };
  });
  return { expression, groups: keys.map(({ group }) => group), columns };
}

const quoteRe2 = (literal: string): string => literal.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
const quoteInClass = (literal: string): string => (/[\\^\][-]/.test(literal) ? `\\${literal}` : literal);
