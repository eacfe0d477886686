import { type CompiledGrok, compileGrok, compileGrokWith } from './grok.ts';

/** A pattern of GROK as RE2 has it. */
export interface GrokExpression {
  readonly expression: string;
  /** Options beside `s`. */
  readonly ignoresCase: boolean;
  /** The group of each field, from one on. */
  readonly groups: ReadonlyMap<string, number>;
}

/** What a part of an expression can begin or end with; null where that may be anything, or nothing at all. */
type Edge = readonly RegExp[] | null;

type Part =
  | { readonly kind: 'character'; readonly source: string; readonly test: RegExp }
  | { readonly kind: 'place'; readonly source: string }
  /** Nothing of the kind stands before or behind it. */
  | { readonly kind: 'look'; readonly behind: boolean; readonly test: RegExp }
  | {
      readonly kind: 'group';
      readonly open: string;
      readonly branches: readonly (readonly Part[])[];
      readonly name?: string;
    }
  | {
      readonly kind: 'repeat';
      readonly part: Part;
      readonly written: string;
      readonly least: number;
      readonly most: number;
    };

class NotInRe2 extends Error {}

/** RE2 repeats no part more often. */
const mostRepeats = 1000;

/** Longer expressions, such as those of addresses, take RE2 longer than JavaScript: four times hand-written SQL, of three. */
const longest = 800;

/** White space as JavaScript has it, within a class of RE2. */
const space = '\\s\\x0b\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}';

/**
 * Translates a pattern to what the engine itself can match; null for what RE2 cannot do. A look at the neighbouring
 * character is left out where the pattern itself says what stands there: an address is followed by no digit if it is
 * followed by a space.
 */
export function grokToRe2(pattern: string): GrokExpression | null {
  const compiled = compileGrok(pattern);
  if (typeof compiled === 'string' || compiled.fields.some(({ several }) => several)) return null;
  const { source, flags } = compiled.expression;
  try {
    const reader = new Reader(source, flags.includes('i') ? 'sui' : 'su');
    const branches = reader.branches();
    const alternatives = branches.map((branch) => `${isOpen(branch) ? '^' : ''}${written(branch, null, null)}`);
    const expression = alternatives.join('|');
    if (expression.length > longest) return null;
    return {
      expression,
      ignoresCase: flags.includes('i'),
      groups: new Map(reader.names.map((group, i) => [compiled.groups.get(group)!, i + 1])),
    };
  } catch (error) {
    if (error instanceof NotInRe2) return null;
    throw error;
  }
}

/** Kinds of addresses that patterns name. */
export type AddressKind = 'IP' | 'IPV4' | 'IPV6';

/** A pattern of GROK with addresses, whose matches have to be looked at. */
export interface LooseGrok {
  /** Its first group is the whole match, which is never empty. */
  readonly expression: string;
  readonly ignoresCase: boolean;
  /** The names of its groups behind the first, in their order. */
  readonly names: readonly string[];
  /** The group of each field, and whether it may be there and empty; otherwise empty is not there. */
  readonly fields: ReadonlyMap<string, { readonly group: string; readonly mayBeEmpty: boolean }>;
  /** Groups that must hold nothing or such an address. */
  readonly addresses: readonly { readonly group: string; readonly kind: AddressKind }[];
}

/** What addresses are made of, but for the names of zones behind a percent sign. */
const addressCharacter = '[0-9A-Fa-f:.]';
const addressGroup = 'ip';

/**
 * Translates a pattern with addresses, each as any run of the characters that addresses are made of, for RE2 takes longer for
 * all their forms than JavaScript does. Behind an address stands another character, so that it takes the whole run in the
 * pattern too: the first match of the loose expression is that of the pattern if the runs in it are addresses, and where it
 * has none the pattern has none. Null for what RE2 cannot do, or this does not hold of. It holds of texts without a percent
 * sign.
 */
export function looseGrok(pattern: string): LooseGrok | null {
  const kinds: AddressKind[] = [];
  const compiled = compileGrokWith(pattern, (syntax) => {
    if (syntax !== 'IP' && syntax !== 'IPV4' && syntax !== 'IPV6') return undefined;
    return `(?<${addressGroup}${kinds.push(syntax) - 1}>${addressCharacter}+)`;
  });
  if (typeof compiled === 'string' || kinds.length === 0 || compiled.fields.some(({ several }) => several)) return null;
  try {
    return loose(compiled, kinds);
  } catch (error) {
    if (error instanceof NotInRe2) return null;
    throw error;
  }
}

function loose({ expression: { source, flags }, groups }: CompiledGrok, kinds: readonly AddressKind[]): LooseGrok {
  const reader = new Reader(source, flags.includes('i') ? 'sui' : 'su');
  const branches = reader.branches();
  if (branches.some((branch) => branch.every(mayBeEmpty))) throw new NotInRe2();
  const expression = `(${branches.map((branch) => `${isOpen(branch) ? '^' : ''}${written(branch, null, null)}`).join('|')})`;
  if (expression.length > longest) throw new NotInRe2();
  const fields = new Map<string, { group: string; mayBeEmpty: boolean }>();
  const visit = (part: Part, mayBeAbsent: boolean): void => {
    if (part.kind === 'repeat') {
      // Of what is repeated the last alone is kept.
      if (part.most > 1 && namesIn(part.part)) throw new NotInRe2();
      visit(part.part, mayBeAbsent || part.least === 0);
    }
    if (part.kind !== 'group') return;
    const field = part.name === undefined ? undefined : groups.get(part.name);
    if (field !== undefined) {
      const isEmpty = mayBeEmpty(part);
      // RE2 does not say whether a group is empty or not there.
      if (isEmpty && mayBeAbsent) throw new NotInRe2();
      fields.set(field, { group: part.name!, mayBeEmpty: isEmpty });
    }
    for (const inner of part.branches.flat()) visit(inner, mayBeAbsent || part.branches.length > 1);
  };
  for (const part of branches.flat()) visit(part, branches.length > 1);
  const addresses = kinds.map((kind, i) => ({ group: `${addressGroup}${i}`, kind }));
  return { expression, ignoresCase: flags.includes('i'), names: reader.names, fields, addresses };
}

const mayBeEmpty = (part: Part): boolean => {
  switch (part.kind) {
    case 'character':
      return false;
    case 'place':
    case 'look':
      return true;
    case 'group':
      return part.branches.some((branch) => branch.every(mayBeEmpty));
    case 'repeat':
      return part.least === 0 || mayBeEmpty(part.part);
  }
};

const namesIn = (part: Part): boolean =>
  part.kind === 'repeat'
    ? namesIn(part.part)
    : part.kind === 'group' && (part.name !== undefined || part.branches.flat().some(namesIn));

/** Whether a sequence takes any text at its beginning: it fits from the first character on, or nowhere. */
function isOpen([first]: readonly Part[]): boolean {
  if (first?.kind === 'group' && first.branches.length === 1) return isOpen(first.branches[0]!);
  return (
    first?.kind === 'repeat' &&
    first.least === 0 &&
    first.most === Number.POSITIVE_INFINITY &&
    first.part.kind === 'character' &&
    first.part.source === '.'
  );
}

/** Takes an expression of JavaScript apart. */
class Reader {
  /** Names of groups, in the order in which they open. */
  readonly names: string[] = [];
  #at = 0;

  constructor(
    private readonly source: string,
    private readonly flags: string,
  ) {}

  /** The alternatives up to the end, or to the bracket that closes their group. */
  branches(isGroup = false): Part[][] {
    const branches: Part[][] = [[]];
    for (;;) {
      const character = this.source[this.#at];
      if (character === undefined || character === ')') {
        if ((character === ')') !== isGroup) throw new NotInRe2();
        this.#at += 1;
        return branches;
      }
      if (character === '|') {
        this.#at += 1;
        branches.push([]);
      } else branches.at(-1)!.push(this.#repeated(this.#part()));
    }
  }

  #take(expression: RegExp): RegExpExecArray | null {
    const sticky = new RegExp(expression, 'sy');
    sticky.lastIndex = this.#at;
    const found = sticky.exec(this.source);
    if (found) this.#at += found[0].length;
    return found;
  }

  #part(): Part {
    const look = this.#take(/\(\?(<?)!(\[(?:\\.|[^\]\\])*\]|\\[dw])\)/);
    if (look) return { kind: 'look', behind: look[1] === '<', test: new RegExp(look[2]!, this.flags) };
    const place = this.#take(/\^|\$|\\[bB]/);
    if (place) return { kind: 'place', source: place[0] };
    const name = this.#take(/\(\?<(\w+)>/)?.[1];
    if (name !== undefined) {
      this.names.push(name);
      return { kind: 'group', open: '(', branches: this.branches(true), name };
    }
    if (this.#take(/\((?:\?:|(?!\?))/)) return { kind: 'group', open: '(?:', branches: this.branches(true) };
    const one = this.#take(/\[(?:\\.|[^\]\\])*\]|\\.|[^()[\]{}*+?|\\]/u);
    if (!one) throw new NotInRe2();
    return { kind: 'character', source: characterOf(one[0]), test: new RegExp(`^(?:${one[0]})$`, this.flags) };
  }

  #repeated(part: Part): Part {
    const found = this.#take(/(?:([*+?])|\{(\d+)(?:(,)(\d*))?\})\??/);
    if (!found) return part;
    if (part.kind === 'look' || part.kind === 'place') throw new NotInRe2();
    const [text, sign, low, comma, high] = found;
    const least = sign ? (sign === '+' ? 1 : 0) : Number(low);
    const most = sign
      ? sign === '?'
        ? 1
        : Number.POSITIVE_INFINITY
      : comma
        ? Number(high || Number.POSITIVE_INFINITY)
        : least;
    const repeat = { kind: 'repeat', part, written: text, least, most } as const;
    if (counted(repeat) > mostRepeats) throw new NotInRe2();
    return repeat;
  }
}

/** How often counts repeat what is in a part. */
function counted(part: Part): number {
  if (part.kind === 'group') return Math.max(1, ...part.branches.flat().map(counted));
  if (part.kind !== 'repeat') return 1;
  const own = Number.isFinite(part.most) ? part.most : part.least;
  return Math.max(1, own) * counted(part.part);
}

/** A character or a class of them, in RE2's syntax. */
function characterOf(source: string): string {
  const isClass = source.startsWith('[');
  if (isClass && !/^\[\^?[^\]^]/.test(source)) throw new NotInRe2();
  const inner = isClass ? source.slice(1, -1) : source;
  const translated = inner.replace(/\\(.)|\[/gsu, (whole, escaped: string | undefined) => {
    if (escaped === undefined) return '\\[';
    if (escaped === 's') return isClass ? space : `[${space}]`;
    if (escaped === 'S' && !isClass) return `[^${space}]`;
    if (/[dwDWntrfv]/.test(escaped) || /[^\w\s]/.test(escaped)) return whole;
    throw new NotInRe2();
  });
  return isClass ? `[${translated}]` : translated;
}

/** A sequence of parts as RE2 has it, between what stands before and behind it. */
function written(parts: readonly Part[], before: Edge, behind: Edge): string {
  return parts
    .map((part, i) => {
      const left = edgeOf(parts.slice(0, i).reverse(), 'end', before);
      const right = edgeOf(parts.slice(i + 1), 'start', behind);
      return writtenPart(part, left, right);
    })
    .join('');
}

function writtenPart(part: Part, left: Edge, right: Edge): string {
  switch (part.kind) {
    case 'character':
    case 'place':
      return part.source;
    case 'look': {
      const neighbours = part.behind ? left : right;
      if (!neighbours?.every((neighbour) => areDisjoint(neighbour, part.test))) throw new NotInRe2();
      return '';
    }
    case 'group':
      if (part.name?.startsWith(addressGroup)) checkAddress(left, right);
      return `${part.open}${part.branches.map((branch) => written(branch, left, right)).join('|')})`;
    case 'repeat': {
      // Behind itself stands itself.
      const again = part.most > 1;
      const inner = [part.part];
      const before = again ? edgeOf(inner, 'end', null) && union(left, edgeOf(inner, 'end', null)) : left;
      const behind = again ? edgeOf(inner, 'start', null) && union(right, edgeOf(inner, 'start', null)) : right;
      return `${writtenPart(part.part, before, behind)}${part.written}`;
    }
  }
}

const digit = /[0-9]/;
const ofAddress = new RegExp(addressCharacter);

/** Behind an address nothing of its characters stands, and before it no digit; at the beginning of a match there is none. */
function checkAddress(left: Edge, right: Edge): void {
  if (!right?.every((neighbour) => areDisjoint(neighbour, ofAddress))) throw new NotInRe2();
  if (left && !left.every((neighbour) => areDisjoint(neighbour, digit))) throw new NotInRe2();
}

/** The characters that a sequence begins with (or ends with, when it is reversed), and those beyond it where it may be empty. */
function edgeOf(parts: readonly Part[], side: 'start' | 'end', beyond: Edge): Edge {
  const [first, ...rest] = parts;
  if (!first) return beyond;
  const others = (): Edge => edgeOf(rest, side, beyond);
  switch (first.kind) {
    case 'character':
      return [first.test];
    case 'place':
    case 'look':
      return others();
    case 'group':
      return first.branches
        .map((branch) => edgeOf([...(side === 'end' ? [...branch].reverse() : branch), ...rest], side, beyond))
        .reduce(union);
    case 'repeat': {
      const inner = edgeOf([first.part, ...rest], side, beyond);
      return first.least === 0 ? union(inner, others()) : inner;
    }
  }
}

const union = (a: Edge, b: Edge): Edge => (a && b ? [...a, ...b] : null);

/** Of all characters beyond ASCII one of each kind that classes tell apart. */
const samples = [...Array.from({ length: 128 }, (_, code) => String.fromCodePoint(code)), '\u00e9', '\u2003', '\u4e2d'];

const areDisjoint = (a: RegExp, b: RegExp): boolean => !samples.some((one) => a.test(one) && b.test(one));
