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

/** The same of ASCII, which takes a fraction of the time. */
const asciiToken = /\w(?:\w|[.\-@:/\\]+(?=\w))*/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII begins with them.
const ascii = /^[\x00-\x7f]*$/;

/** Whole numbers, decimal or hexadecimal, and times of day differ from text to text. */
const isNumber = (token: string): boolean =>
  /[0-9]/.test(token) && /^(?:(?:0x)?[0-9a-f]*[0-9][0-9a-f]*|\d+(?::\d+)+)$/i.test(token);

const words = (text: string): string[] => text.toLowerCase().match(/\p{L}+/gu) ?? [];

/** How texts can be cut into tokens, by the names of Elasticsearch's analyzers. */
const analyzers: Readonly<Record<string, (text: string) => string[]>> = {
  ml_standard(text) {
    const isPlain = ascii.test(text);
    const line =
      isPlain && !text.includes('\n') ? text : (text.split(/\r?\n/).find((part) => /\p{L}/u.test(part)) ?? text);
    const tokens = line.match(isPlain ? asciiToken : standardToken) ?? [];
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

/**
 * The category of each text, both as tokens with spaces between them. Frequent texts come first; each joins the
 * category most like it, if that is alike enough (0 to 1), or begins one.
 */
export function categoriesOf(counts: ReadonlyMap<string, number>, threshold: number): Map<string, string> {
  const categories: Category[] = [];
  const byToken = new Map<string, Set<number>>();
  const ordered = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  for (const [text] of ordered) {
    const tokens = text.split(' ');
    const weight = weightOfAll(tokens);
    const found = mostAlike(tokens, weight, threshold, categories, byToken);
    if (found) {
      found.category.members.push(text);
      found.category.tokens = found.tokens;
      continue;
    }
    const number = categories.push({ tokens, weight, members: [text] }) - 1;
    for (const token of tokens) {
      const known = byToken.get(token);
      if (known) known.add(number);
      else byToken.set(token, new Set([number]));
    }
  }
  const named = new Map<string, string>();
  for (const { tokens, members } of categories) {
    const name = tokens.join(' ');
    for (const text of members) named.set(text, name);
  }
  return named;
}

/** The category that is most like some tokens, and what it then shares with them. */
function mostAlike(
  tokens: readonly string[],
  weight: number,
  threshold: number,
  categories: readonly Category[],
  byToken: ReadonlyMap<string, ReadonlySet<number>>,
): { readonly category: Category; readonly tokens: readonly string[] } | null {
  // A category can be alike only if the weight of common tokens, whatever their order, is enough.
  const common = new Map<number, number>();
  for (const token of tokens) {
    const own = weightOf(token);
    for (const number of byToken.get(token) ?? []) common.set(number, (common.get(number) ?? 0) + own);
  }
  const candidates: (readonly [number: number, bound: number])[] = [];
  for (const [number, bound] of common)
    if (bound >= threshold * Math.max(weight, categories[number]!.weight)) candidates.push([number, bound]);
  candidates.sort(([a, x], [b, y]) => y - x || a - b);
  let best: { readonly category: Category; readonly tokens: readonly string[] } | null = null;
  let most = 0;
  for (const [number, bound] of candidates) {
    const category = categories[number]!;
    const whole = Math.max(weight, category.weight);
    if (bound / whole <= most) continue;
    const both = shared(category.tokens, tokens);
    const likeness = weightOfAll(both) / whole;
    if (likeness < threshold || likeness <= most) continue;
    most = likeness;
    best = { category, tokens: both };
  }
  return best;
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
