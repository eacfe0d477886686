import { own } from './own.ts';

/*
 * Texts of one kind put into one category: texts are cut into tokens, and those that share most of their tokens, in
 * order, belong together. What they all share names the category.
 */

/** More tokens than this say no more about a text. */
const mostTokens = 100;

/** Names of days, months and zones, which stand in timestamps. */
const stopWords = new Set(
  'monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun january february march april may june july august september october november december jan feb mar apr jun jul aug sep oct nov dec gmt utc'.split(
    ' ',
  ),
);
const englishStopWords = new Set(
  'a an and are as at be but by for if in into is it no not of on or such that the their then there these they this to was will with'.split(
    ' ',
  ),
);

/** Words, with what holds addresses, paths and names together; and symbols that are no punctuation, one by one. */
const standardToken =
  /[\p{L}\p{N}_](?:[\p{L}\p{N}\p{M}_]|[.\-@:/\\]+(?=[\p{L}\p{N}_]))*|\p{Extended_Pictographic}(?:\p{Emoji_Modifier}|\uFE0F|\u200D\p{Extended_Pictographic})*/gu;

// biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII begins with them.
const ascii = /^[\x00-\x7f]*$/;

/** Whole numbers, decimal or hexadecimal, and times of day differ from text to text. */
const isNumber = (token: string): boolean =>
  /[0-9]/.test(token) && /^(?:(?:0x)?[0-9a-f]*[0-9][0-9a-f]*|\d+(?::\d+)+)$/i.test(token);

/** What stands between words, joins them, or is part of one: letters, digits, and letters that are hexadecimal digits. */
const kinds = { other: 0, joint: 1, letter: 2, hex: 3, digit: 4 } as const;
const kindOf = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (/[0-9]/.test(character)) return kinds.digit;
  if (/[a-fx]/i.test(character)) return kinds.hex;
  if (/\w/.test(character)) return kinds.letter;
  return /[.\-@:/\\]/.test(character) ? kinds.joint : kinds.other;
});
const colon = ':'.charCodeAt(0);

/** The tokens of a text of ASCII that say something, found character by character: a third of the time of expressions. */
function asciiTokens(line: string): string[] {
  const tokens: string[] = [];
  let at = 0;
  while (at < line.length) {
    if (kindOf[line.charCodeAt(at)]! < kinds.letter) {
      at += 1;
      continue;
    }
    const start = at;
    let end = at;
    let [hasDigit, hasLetter, hasJoint, mayBeNumber] = [false, false, false, true];
    for (; at < line.length; at++) {
      const code = line.charCodeAt(at);
      const kind = kindOf[code]!;
      if (kind === kinds.other) break;
      if (kind === kinds.joint) continue;
      // Joints count only before a character that they join to.
      for (let joint = end; joint < at; joint++) {
        hasJoint = true;
        if (line.charCodeAt(joint) !== colon) mayBeNumber = false;
      }
      end = at + 1;
      if (kind === kinds.digit) hasDigit = true;
      else hasLetter = true;
      if (kind === kinds.letter) mayBeNumber = false;
    }
    const token = line.slice(start, end);
    if (hasDigit ? mayBeNumber && isNumber(token) : hasLetter && !hasJoint && isStopWord(token)) continue;
    tokens.push(token);
  }
  return tokens;
}

const isStopWord = (token: string): boolean =>
  token.length >= 3 && token.length <= 9 && stopWords.has(token.toLowerCase());

const words = (text: string): string[] => text.toLowerCase().match(/\p{L}+/gu) ?? [];

/** How texts can be cut into tokens, by the names of Elasticsearch's analyzers. */
const analyzers: Readonly<Record<string, (text: string) => string[]>> = {
  ml_standard(text) {
    const isPlain = ascii.test(text);
    const line =
      isPlain && !text.includes('\n') ? text : (text.split(/\r?\n/).find((part) => /\p{L}/u.test(part)) ?? text);
    if (isPlain) return asciiTokens(line);
    const tokens = line.match(standardToken) ?? [];
    return tokens.filter((token) => !isNumber(token) && !stopWords.has(token.toLowerCase()));
  },
  standard: (text) => text.toLowerCase().match(/[\p{L}\p{N}\p{M}_]+/gu) ?? [],
  simple: words,
  stop: (text) => words(text).filter((word) => !englishStopWords.has(word)),
  whitespace: (text) => text.match(/\S+/g) ?? [],
  keyword: (text) => [text.replace(/\s+/g, ' ')],
};

/** Names of analyzers that texts can be cut with. */
export const categoryAnalyzers: readonly string[] = Object.keys(analyzers);

/** The tokens of a text with spaces between them; null when it has none. */
export function categoryTokens(text: string, analyzer: string): string | null {
  const tokens = own(analyzers, analyzer)!(text);
  return tokens.length === 0 ? null : tokens.slice(0, mostTokens).join(' ');
}

interface Category {
  /** What all its texts share so far. */
  tokens: readonly string[];
  /** The weight of the text that it began with. */
  readonly weight: number;
  readonly members: string[];
}

/** Texts that differ only in tokens that no category began with, such as names and addresses. */
interface Kind {
  /** Where the first of them went, and how much alike it was. */
  readonly category: Category;
  readonly likeness: number;
  readonly tokens: readonly string[];
  readonly weight: number;
}

/** More kinds than this are not compared with a category that begins: they are found again. */
const mostKinds = 1000;

/** Words say more than what has digits in it, and long ones more than short ones, up to a point. */
function weightOf(token: string): number {
  for (let i = 0; i < token.length; i++) {
    const code = token.charCodeAt(i);
    if (code >= 48 && code <= 57) return 1;
  }
  return Math.min(token.length, 5);
}

function weightOfAll(tokens: readonly string[]): number {
  let sum = 0;
  for (const token of tokens) sum += weightOf(token);
  return sum;
}

/** What stands for a token of a weight that no category began with; no token has such a character. */
const unknown = Array.from({ length: 6 }, (_, weight) => `\n${weight}`);

/**
 * The category of each text, both as tokens with spaces between them. Frequent texts come first; each joins the
 * category most like it, if that is alike enough (0 to 1), or begins one.
 */
export function categoriesOf(counts: ReadonlyMap<string, number>, threshold: number): Map<string, string> {
  const categories = new Categories(threshold);
  const ordered = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  for (const [text] of ordered) categories.add(text);
  return categories.names();
}

/** Categories as they grow, text by text. */
class Categories {
  readonly #all: Category[] = [];
  /** The categories that began with a token, by their numbers. */
  readonly #byToken = new Map<string, number[]>();
  /** Kinds of texts by the tokens that they have in common. Each goes where the first went, until a category is more like it. */
  readonly #kinds = new Map<string, Kind>();
  /** By the number of a category, the weight of the tokens that it has in common with a text; 0 between two texts. */
  #common = new Int32Array(1024);

  constructor(private readonly threshold: number) {}

  add(text: string): void {
    const tokens = text.split(' ');
    const kind = tokens.map((token) => (this.#byToken.has(token) ? token : unknown[weightOf(token)])).join(' ');
    const known = this.#kinds.get(kind);
    if (known) {
      known.category.members.push(text);
      return;
    }
    const weight = weightOfAll(tokens);
    const found = this.#mostAlike(tokens, weight);
    if (!found) {
      this.#begin({ tokens, weight, members: [text] });
      return;
    }
    const { category, likeness } = found;
    category.members.push(text);
    if (category.tokens.length !== found.tokens.length) this.#kinds.clear();
    category.tokens = found.tokens;
    this.#kinds.set(kind, { category, likeness, tokens, weight });
  }

  /** The name of the category of each text. */
  names(): Map<string, string> {
    const named = new Map<string, string>();
    for (const { tokens, members } of this.#all) {
      const name = tokens.join(' ');
      for (const text of members) named.set(text, name);
    }
    return named;
  }

  #begin(category: Category): void {
    const number = this.#all.push(category) - 1;
    if (number === this.#common.length) this.#common = new Int32Array(2 * number);
    const own = new Set(category.tokens);
    for (const token of own) {
      const known = this.#byToken.get(token);
      if (known) known.push(number);
      else this.#byToken.set(token, [number]);
    }
    if (this.#kinds.size > mostKinds) this.#kinds.clear();
    for (const [kind, { likeness, tokens, weight }] of this.#kinds) {
      const common = weightOfAll(tokens.filter((token) => own.has(token)));
      if (common / Math.max(weight, category.weight) >= likeness) this.#kinds.delete(kind);
    }
  }

  /** The category that is most like some tokens, and what it then shares with them. */
  #mostAlike(
    tokens: readonly string[],
    weight: number,
  ): (Pick<Kind, 'category' | 'likeness'> & Pick<Category, 'tokens'>) | null {
    let best: (Pick<Kind, 'category' | 'likeness'> & Pick<Category, 'tokens'>) | null = null;
    for (const [number, bound] of this.#candidates(tokens, weight)) {
      const category = this.#all[number]!;
      const whole = Math.max(weight, category.weight);
      const most = best?.likeness ?? 0;
      if (bound / whole <= most) continue;
      const both = shared(category.tokens, tokens);
      const likeness = weightOfAll(both) / whole;
      if (likeness < this.threshold || likeness <= most) continue;
      best = { category, likeness, tokens: both };
    }
    return best;
  }

  /** A category can be alike only if the weight of common tokens, whatever their order, is enough. */
  #candidates(tokens: readonly string[], weight: number): (readonly [number: number, bound: number])[] {
    const common = this.#common;
    for (const token of tokens) {
      const own = weightOf(token);
      for (const number of this.#byToken.get(token) ?? []) common[number]! += own;
    }
    const candidates: (readonly [number: number, bound: number])[] = [];
    for (const token of tokens)
      for (const number of this.#byToken.get(token) ?? []) {
        const bound = common[number]!;
        if (bound === 0) continue;
        common[number] = 0;
        if (bound >= this.threshold * Math.max(weight, this.#all[number]!.weight)) candidates.push([number, bound]);
      }
    return candidates.sort(([a, x], [b, y]) => y - x || a - b);
  }
}

/** The tokens that stand in both lists in the same order, the weightiest choice of them. */
function shared(a: readonly string[], b: readonly string[]): readonly string[] {
  // What both begin and end with is theirs; mostly a token or two between is not.
  const shortest = Math.min(a.length, b.length);
  let begin = 0;
  while (begin < shortest && a[begin] === b[begin]) begin++;
  let end = 0;
  while (end < shortest - begin && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  if (begin + end === a.length) return a;
  const between =
    begin + end === b.length ? [] : sharedBetween(a.slice(begin, a.length - end), b.slice(begin, b.length - end));
  return [...a.slice(0, begin), ...between, ...a.slice(a.length - end)];
}

function sharedBetween(a: readonly string[], b: readonly string[]): string[] {
  const best: number[][] = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      best[i]![j] =
        a[i] === b[j] ? weightOf(a[i]!) + best[i + 1]![j + 1]! : Math.max(best[i + 1]![j]!, best[i]![j + 1]!);
  const tokens: string[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      tokens.push(a[i]!);
      i++;
      j++;
    } else if (best[i + 1]![j]! >= best[i]![j + 1]!) i++;
    else j++;
  }
  return tokens;
}

/** A category as a regular expression that its texts fit. */
export const categoryPattern = (tokens: string): string =>
  `.*?${tokens
    .split(' ')
    .map((token) => token.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
    .join('.+?')}.*?`;

/**
 * The category of each text as it is shown. Texts stand in lines, as often as they like, beside the number of times that each
 * comes; an empty one has none.
 */
export function shownCategories(texts: string, counts: string, percent: number, format: string): Map<string, string> {
  const numbers = counts.split(' ');
  const weighed = new Map<string, number>();
  for (const [i, text] of texts.split('\n').entries())
    if (text !== '') weighed.set(text, (weighed.get(text) ?? 0) + Number(numbers[i]));
  const found = categoriesOf(weighed, percent / 100);
  if (format !== 'regex') return found;
  // Of many texts there are few categories.
  const patterns = new Map<string, string>();
  for (const [text, tokens] of found) {
    const pattern = patterns.get(tokens) ?? categoryPattern(tokens);
    patterns.set(tokens, pattern);
    found.set(text, pattern);
  }
  return found;
}
