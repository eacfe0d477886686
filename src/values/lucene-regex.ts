/*
 * Lucene's regular expressions, all of their operators included: complement ~, intersection &, any text @, nothing #,
 * ranges of numbers <1-9> and quoted texts. They are matched by derivatives: after each character stands the expression
 * that the rest must fit. https://www.ccs.neu.edu/home/turon/re-deriv.pdf
 */

type Node =
  | { readonly kind: 'nothing' | 'empty' }
  | { readonly kind: 'set'; readonly negated: boolean; readonly ranges: readonly (readonly [number, number])[] }
  | { readonly kind: 'sequence'; readonly first: Node; readonly rest: Node }
  | { readonly kind: 'either' | 'both'; readonly parts: readonly Node[] }
  | { readonly kind: 'repeat'; readonly part: Node }
  | { readonly kind: 'not'; readonly part: Node };

/** Why a text is no regular expression. */
export class LuceneRegexError extends Error {}

const nothing: Node = { kind: 'nothing' };
const empty: Node = { kind: 'empty' };
const anyCharacter: Node = { kind: 'set', negated: true, ranges: [] };

/** Equal expressions are one object, so that states can be compared by identity. */
const known = new Map<string, Node>();
const ids = new Map<Node, number>();
const idOf = (node: Node): number => {
  let id = ids.get(node);
  if (id === undefined) {
    id = ids.size;
    ids.set(node, id);
  }
  return id;
};

function shared(key: string, make: () => Node): Node {
  let node = known.get(key);
  if (!node) {
    node = make();
    known.set(key, node);
  }
  return node;
}

function sequence(first: Node, rest: Node): Node {
  if (first === nothing || rest === nothing) return nothing;
  if (first === empty) return rest;
  if (rest === empty) return first;
  if (first.kind === 'sequence') return sequence(first.first, sequence(first.rest, rest));
  return shared(`s${idOf(first)},${idOf(rest)}`, () => ({ kind: 'sequence', first, rest }));
}

function combine(kind: 'either' | 'both', all: readonly Node[]): Node {
  const [neutral, absorbing] = kind === 'either' ? [nothing, anyText] : [anyText, nothing];
  const flat = all.flatMap((node) => (node.kind === kind ? node.parts : [node]));
  if (flat.includes(absorbing)) return absorbing;
  const parts = [...new Set(flat)].filter((node) => node !== neutral).sort((a, b) => idOf(a) - idOf(b));
  if (parts.length === 0) return neutral;
  if (parts.length === 1) return parts[0]!;
  return shared(`${kind}${parts.map(idOf).join()}`, () => ({ kind, parts }));
}

function repeat(part: Node): Node {
  if (part === nothing || part === empty) return empty;
  if (part.kind === 'repeat') return part;
  return shared(`r${idOf(part)}`, () => ({ kind: 'repeat', part }));
}

function not(part: Node): Node {
  if (part.kind === 'not') return part.part;
  if (part === nothing) return anyText;
  return shared(`n${idOf(part)}`, () => ({ kind: 'not', part }));
}

const anyText: Node = { kind: 'repeat', part: anyCharacter };
known.set(`r${idOf(anyCharacter)}`, anyText);

const optional = (node: Node): Node => combine('either', [empty, node]);
const characters = (text: string): Node =>
  [...text].reduceRight<Node>((rest, character) => {
    const code = character.codePointAt(0)!;
    return sequence(setOf([[code, code]], false), rest);
  }, empty);

function setOf(ranges: readonly (readonly [number, number])[], negated: boolean): Node {
  const key = `c${negated}${ranges.map(([low, high]) => `${low}-${high}`).join()}`;
  return shared(key, () => ({ kind: 'set', negated, ranges }));
}

/** Places of an expression whose counts are written out. Lucene bounds the work of its automata much alike. */
const mostPlaces = 10_000;

const sizes = new Map<Node, number>();

/** Places that an expression has. */
function sizeOf(node: Node): number {
  const before = sizes.get(node);
  if (before !== undefined) return before;
  let size = 1;
  // Along a sequence without recursion: it may be long.
  for (let rest: Node | null = node; rest !== null; ) {
    if (rest.kind === 'sequence') {
      size += sizeOf(rest.first);
      rest = rest.rest;
      continue;
    }
    if (rest.kind === 'either' || rest.kind === 'both') for (const part of rest.parts) size += sizeOf(part);
    else if (rest.kind === 'repeat' || rest.kind === 'not') size += sizeOf(rest.part);
    else size += 1;
    rest = null;
  }
  sizes.set(node, size);
  return size;
}

const acceptsEmpty = new Map<Node, boolean>();

/** Whether an expression fits the empty text. */
function nullable(node: Node): boolean {
  const before = acceptsEmpty.get(node);
  if (before !== undefined) return before;
  const found = isNullable(node);
  acceptsEmpty.set(node, found);
  return found;
}

function isNullable(node: Node): boolean {
  switch (node.kind) {
    case 'empty':
    case 'repeat':
      return true;
    case 'sequence':
      return nullable(node.first) && nullable(node.rest);
    case 'either':
      return node.parts.some(nullable);
    case 'both':
      return node.parts.every(nullable);
    case 'not':
      return !nullable(node.part);
    default:
      return false;
  }
}

/** What the rest of a text must fit after a character. */
function derive(node: Node, code: number): Node {
  switch (node.kind) {
    case 'nothing':
    case 'empty':
      return nothing;
    case 'set':
      return node.ranges.some(([low, high]) => code >= low && code <= high) !== node.negated ? empty : nothing;
    case 'sequence': {
      const first = sequence(derive(node.first, code), node.rest);
      return nullable(node.first) ? combine('either', [first, derive(node.rest, code)]) : first;
    }
    case 'either':
    case 'both':
      return combine(
        node.kind,
        node.parts.map((part) => derive(part, code)),
      );
    case 'repeat':
      return sequence(derive(node.part, code), node);
    case 'not':
      return not(derive(node.part, code));
  }
}

class Parser {
  #at = 0;

  constructor(private readonly pattern: string) {}

  parse(): Node {
    if (this.pattern === '') return empty;
    const node = this.#union();
    if (this.#at < this.pattern.length) throw new LuceneRegexError(`end-of-string expected at position ${this.#at}`);
    return node;
  }

  #peek(characters: string): boolean {
    return this.#at < this.pattern.length && characters.includes(this.pattern[this.#at]!);
  }

  #take(character: string): boolean {
    if (this.pattern[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #next(): string {
    const code = this.pattern.codePointAt(this.#at);
    if (code === undefined) throw new LuceneRegexError('unexpected end-of-string');
    const character = String.fromCodePoint(code);
    this.#at += character.length;
    return character;
  }

  #union(): Node {
    const parts = [this.#intersection()];
    while (this.#take('|')) parts.push(this.#intersection());
    return combine('either', parts);
  }

  #intersection(): Node {
    const parts = [this.#concatenation()];
    while (this.#take('&')) parts.push(this.#concatenation());
    return combine('both', parts);
  }

  #concatenation(): Node {
    const parts = [this.#repeated()];
    while (this.#at < this.pattern.length && !this.#peek(')|&')) parts.push(this.#repeated());
    return parts.reduceRight((rest, part) => sequence(part, rest), empty);
  }

  #repeated(): Node {
    let node = this.#complement();
    while (this.#peek('?*+{')) {
      if (this.#take('?')) node = optional(node);
      else if (this.#take('*')) node = repeat(node);
      else if (this.#take('+')) node = sequence(node, repeat(node));
      else node = this.#counted(node);
    }
    return node;
  }

  #counted(node: Node): Node {
    const found = /^\{(\d+)(,(\d*))?\}/.exec(this.pattern.slice(this.#at));
    if (!found) throw new LuceneRegexError(`integer expected at position ${this.#at + 1}`);
    this.#at += found[0].length;
    const least = Number(found[1]);
    const most = found[2] === undefined ? least : found[3] === '' ? null : Number(found[3]);
    if (least > 1000 || (most ?? 0) > 1000)
      throw new LuceneRegexError('an expression is repeated more than 1000 times');
    if (sizeOf(node) * ((most ?? least + 1) || 1) > mostPlaces)
      throw new LuceneRegexError(`it repeats to more than ${mostPlaces} places`);
    let tail: Node = most === null ? repeat(node) : empty;
    for (let i = least; most !== null && i < most; i++) tail = optional(sequence(node, tail));
    for (let i = 0; i < least; i++) tail = sequence(node, tail);
    return tail;
  }

  #complement(): Node {
    return this.#take('~') ? not(this.#complement()) : this.#class();
  }

  #class(): Node {
    if (!this.#take('[')) return this.#simple();
    const negated = this.#take('^');
    const ranges: [number, number][] = [];
    do {
      const escaped = this.#shorthand();
      if (escaped) {
        ranges.push(...escaped);
        continue;
      }
      const low = this.#literal();
      const high = this.#peek('-') && this.pattern[this.#at + 1] !== ']' && this.#take('-') ? this.#literal() : low;
      ranges.push([low.codePointAt(0)!, high.codePointAt(0)!]);
    } while (this.#at < this.pattern.length && !this.#peek(']'));
    if (!this.#take(']')) throw new LuceneRegexError(`expected ']' at position ${this.#at}`);
    return setOf(ranges, negated);
  }

  /** `\d`, `\w` and `\s` as ranges. */
  #shorthand(): readonly [number, number][] | null {
    const found = /^\\([dws])/.exec(this.pattern.slice(this.#at));
    if (!found) return null;
    this.#at += 2;
    return shorthands[found[1] as 'd' | 'w' | 's'];
  }

  #literal(): string {
    this.#take('\\');
    return this.#next();
  }

  #simple(): Node {
    if (this.#take('.')) return anyCharacter;
    if (this.#take('#')) return nothing;
    if (this.#take('@')) return anyText;
    if (this.#take('"')) {
      const end = this.pattern.indexOf('"', this.#at);
      if (end < 0) throw new LuceneRegexError(`expected '"' at position ${this.pattern.length}`);
      const text = this.pattern.slice(this.#at, end);
      this.#at = end + 1;
      return characters(text);
    }
    if (this.#take('(')) {
      if (this.#take(')')) return empty;
      const inner = this.#union();
      if (!this.#take(')')) throw new LuceneRegexError(`expected ')' at position ${this.#at}`);
      return inner;
    }
    const range = /^<(\d+)-(\d+)>/.exec(this.pattern.slice(this.#at));
    if (range) {
      this.#at += range[0].length;
      return numbers(range[1]!, range[2]!);
    }
    const negated = /^\\([DWS])/.exec(this.pattern.slice(this.#at));
    if (negated) {
      this.#at += 2;
      return setOf(shorthands[negated[1]!.toLowerCase() as 'd' | 'w' | 's'], true);
    }
    const escaped = this.#shorthand();
    return escaped ? setOf(escaped, false) : characters(this.#literal());
  }
}

const shorthands: Readonly<Record<'d' | 'w' | 's', [number, number][]>> = {
  d: [[48, 57]],
  w: [
    [48, 57],
    [65, 90],
    [95, 95],
    [97, 122],
  ],
  s: [
    [9, 10],
    [13, 13],
    [32, 32],
  ],
};

/** Numbers from one to another; written with equally many digits they all have so many. */
function numbers(from: string, to: string): Node {
  const [low, high] = BigInt(from) <= BigInt(to) ? [BigInt(from), BigInt(to)] : [BigInt(to), BigInt(from)];
  if (high - low > 10_000n) throw new LuceneRegexError('a range of numbers is wider than 10000');
  const width = from.length === to.length ? from.length : 0;
  const all: Node[] = [];
  for (let n = low; n <= high; n++) all.push(characters(n.toString().padStart(width, '0')));
  const zeros = width === 0 ? repeat(characters('0')) : empty;
  return sequence(zeros, combine('either', all));
}

/** Expressions that were compiled, each with the steps that are known. */
interface Machine {
  readonly start: Node;
  readonly steps: Map<Node, Map<number, Node>>;
}
const machines = new Map<string, Machine>();
/** What is remembered is forgotten when it is this much. */
const mostNodes = 200_000;

function machineFor(pattern: string): Machine {
  if (known.size > mostNodes) {
    for (const memory of [known, ids, sizes, acceptsEmpty, machines]) memory.clear();
    known.set(`r${idOf(anyCharacter)}`, anyText);
  }
  let machine = machines.get(pattern);
  if (!machine) {
    machine = { start: new Parser(pattern).parse(), steps: new Map() };
    machines.set(pattern, machine);
  }
  return machine;
}

/** Why a pattern cannot be read; null when it can. */
export function luceneRegexError(pattern: string): string | null {
  try {
    machineFor(pattern);
    return null;
  } catch (error) {
    if (!(error instanceof LuceneRegexError)) throw error;
    return error.message;
  }
}

/** Whether a whole text fits a pattern. */
export function luceneMatches(pattern: string, text: string): boolean {
  const { start, steps } = machineFor(pattern);
  let state = start;
  for (const character of text) {
    const code = character.codePointAt(0)!;
    let from = steps.get(state);
    if (!from) {
      from = new Map();
      steps.set(state, from);
    }
    let next = from.get(code);
    if (!next) {
      next = derive(state, code);
      from.set(code, next);
    }
    if (next === nothing) return false;
    state = next;
  }
  return nullable(state);
}
