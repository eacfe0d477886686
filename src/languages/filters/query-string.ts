import { type Bound, type Condition, type FieldTest, QueryDslError } from './condition.ts';

/*
 * Lucene's query syntax: words, "phrases", field:value, field:(…), wildcards, /regular expressions/, ranges, fuzzy~ words,
 * AND OR NOT + - and parentheses. AND does not bind more tightly than OR: each of them says of the clauses beside it
 * whether they must hold (Lucene's classic parser). Words without anything between them are one text.
 * https://www.elastic.co/docs/reference/query-languages/query-dsl/query-dsl-query-string-query#query-string-syntax
 */

/** How a query is read. */
export interface QueryStringOptions {
  /** Where words without a field are looked for. */
  readonly fields: readonly string[];
  /** What joins clauses that nothing stands between. */
  readonly operator: 'and' | 'or';
  /** Maximum number of edits of fuzzy words; by their length when absent. */
  readonly fuzziness?: number;
  /** How many letters at the beginning of fuzzy words must be the same. */
  readonly prefixLength?: number;
  /** A value that no field of its type can have fits nothing instead of being an error. */
  readonly lenient?: boolean;
  readonly leadingWildcards?: boolean;
  /** How many places the words of a phrase may be away from their own, where the query does not say. */
  readonly phraseSlop?: number;
  /** How many of the clauses that need not hold must do so, of N of them. */
  readonly least?: (clauses: number) => number | null;
}

/** Reads a query; throws a QueryDslError. */
export function parseQueryString(query: string, options: QueryStringOptions): Condition {
  if (query.trim() === '') return { kind: 'none' };
  try {
    return new QueryStringParser(query, options).parse();
  } catch (error) {
    if (!(error instanceof Misread)) throw error;
    throw new QueryDslError(`Failed to parse query [${query}]: ${error.message}`);
  }
}

/** Reads a query that a person typed: what is no query is looked for as words. */
export function parseSimpleQueryString(query: string, options: QueryStringOptions): Condition {
  try {
    return parseQueryString(query, { ...options, lenient: true });
  } catch (error) {
    if (!(error instanceof QueryDslError)) throw error;
    const test: FieldTest = { kind: 'words', field: '*', text: query, how: options.operator === 'and' ? 'all' : 'any' };
    return { kind: 'anyField', fields: options.fields, test };
  }
}

/** Where and why a text is no query. */
class Misread extends Error {}

type Token =
  | { readonly kind: 'open' | 'close' | 'colon' | 'and' | 'or' | 'not' | 'plus' | 'end' }
  | { readonly kind: 'word' | 'phrase' | 'wild' | 'regexp'; readonly text: string }
  | { readonly kind: 'range'; readonly bounds: readonly Bound[] }
  | { readonly kind: 'fuzzy' | 'boost'; readonly amount: number | null };

const start = String.raw`(?:\\[\s\S]|[^\s+\-!():^[\]"{}~*?\\/])`;
const within = `(?:${start}|[-+/])`;
const pieces = new RegExp(
  [
    String.raw`(?<open>\()|(?<close>\))|(?<colon>:)`,
    String.raw`(?<and>AND(?!${within})|&&)|(?<or>OR(?!${within})|\|\|)|(?<not>NOT(?!${within})|!|-)|(?<plus>\+)`,
    String.raw`"(?<phrase>(?:\\[\s\S]|[^"\\])*)"`,
    String.raw`\/(?<regexp>(?:\\[\s\S]|[^/\\])*)\/`,
    String.raw`(?<opening>[[{])\s*(?<low>"(?:\\.|[^"\\])*"|[^\s\]}]+)\s+TO\s+(?<high>"(?:\\.|[^"\\])*"|[^\s\]}]+)\s*(?<closing>[\]}])`,
    String.raw`~(?<fuzzy>\d*\.?\d*)|\^(?<boost>\d+(?:\.\d+)?)`,
    `(?<wild>(?:${start}${within}*)?[*?](?:${within}|[*?])*)|(?<word>${start}${within}*)`,
  ].join('|'),
  'y',
);

function tokensOf(query: string): Token[] {
  const tokens: Token[] = [];
  const space = /\s*/y;
  for (let at = 0; ; at = pieces.lastIndex) {
    space.lastIndex = at;
    space.exec(query);
    if (space.lastIndex >= query.length) break;
    pieces.lastIndex = space.lastIndex;
    const found = pieces.exec(query);
    if (!found) throw new Misread(`${describe(query.slice(space.lastIndex))} at column ${space.lastIndex + 1}`);
    tokens.push(tokenOf(found.groups!));
  }
  return [...tokens, { kind: 'end' }];
}

function describe(rest: string): string {
  if (rest.startsWith('"')) return 'a phrase has no end';
  if (rest.startsWith('/')) return 'a regular expression has no end (a slash of a path is written \\/ or in quotes)';
  if (/^[[{]/.test(rest)) return 'a range is not of the form [low TO high]';
  return `[${rest[0]}] stands where it cannot`;
}

function tokenOf(groups: Readonly<Record<string, string | undefined>>): Token {
  for (const kind of ['open', 'close', 'colon', 'and', 'or', 'not', 'plus'] as const)
    if (groups[kind] !== undefined) return { kind };
  const { phrase, regexp, opening, low, high, closing, fuzzy, boost, wild, word } = groups;
  if (phrase !== undefined) return { kind: 'phrase', text: unescaped(phrase) };
  if (regexp !== undefined) return { kind: 'regexp', text: regexp };
  if (opening !== undefined) return { kind: 'range', bounds: rangeBounds(opening, low!, high!, closing!) };
  if (fuzzy !== undefined) return { kind: 'fuzzy', amount: fuzzy === '' ? null : Number(fuzzy) };
  if (boost !== undefined) return { kind: 'boost', amount: Number(boost) };
  return wild !== undefined ? { kind: 'wild', text: wild } : { kind: 'word', text: word! };
}

const unescaped = (text: string): string =>
  text.replace(/\\u([0-9a-fA-F]{4})|\\([\s\S])/g, (_, code: string | undefined, char: string) =>
    code === undefined ? char : String.fromCharCode(Number.parseInt(code, 16)),
  );

function rangeBounds(opening: string, low: string, high: string, closing: string): Bound[] {
  const value = (end: string): string => unescaped(end.startsWith('"') ? end.slice(1, -1) : end);
  return [
    ...(low === '*' ? [] : [{ operator: opening === '[' ? '>=' : '>', value: value(low) } as const]),
    ...(high === '*' ? [] : [{ operator: closing === ']' ? '<=' : '<', value: value(high) } as const]),
  ];
}

interface Clause {
  readonly condition: Condition;
  occurs: 'must' | 'should' | 'must not';
}

class QueryStringParser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #fields: readonly string[];

  constructor(
    query: string,
    private readonly options: QueryStringOptions,
  ) {
    this.#tokens = tokensOf(query);
    this.#fields = options.fields;
  }

  parse(): Condition {
    const condition = this.#query(this.options.least);
    if (this.#peek().kind !== 'end') throw new Misread('a closing parenthesis stands where none was opened');
    return condition;
  }

  #query(least?: QueryStringOptions['least']): Condition {
    const { operator } = this.options;
    const clauses: Clause[] = [];
    do {
      const conjunction = clauses.length === 0 ? null : this.#accept('and') ? 'and' : this.#accept('or') ? 'or' : null;
      const isProhibited = this.#accept('not');
      const isRequired = !isProhibited && this.#accept('plus');
      const before = clauses.at(-1);
      // What stands before AND must hold; what stands before OR need not.
      if (before && before.occurs !== 'must not') {
        if (conjunction === 'and') before.occurs = 'must';
        if (conjunction === 'or' && operator === 'and') before.occurs = 'should';
      }
      const must = isRequired || conjunction === 'and' || (operator === 'and' && conjunction !== 'or');
      const condition = this.#clause();
      clauses.push({ condition, occurs: isProhibited ? 'must not' : must ? 'must' : 'should' });
    } while (this.#peek().kind !== 'end' && this.#peek().kind !== 'close');
    return conditionOf(clauses, least);
  }

  #clause(): Condition {
    const outer = this.#fields;
    const token = this.#peek();
    const isField = (token.kind === 'word' || token.kind === 'wild') && this.#peek(1).kind === 'colon';
    if (isField) {
      this.#at += 2;
      this.#fields = [unescaped(token.text)];
    }
    const condition = this.#accept('open') ? this.#group() : this.#term();
    this.#fields = outer;
    return condition;
  }

  #group(): Condition {
    const inner = this.#query();
    if (!this.#accept('close')) throw new Misread('a parenthesis is not closed');
    this.#accept('boost');
    return inner;
  }

  #term(): Condition {
    const token = this.#take();
    switch (token.kind) {
      case 'word':
        return this.#words(token.text);
      case 'phrase':
        return this.#phrase(token.text);
      case 'wild':
        if (token.text === '*' && this.#fields.includes('*')) return { kind: 'all' };
        if (token.text === '*') return this.#finish((field) => ({ kind: 'exists', field }));
        if (this.options.leadingWildcards === false && /^[*?]/.test(token.text))
          throw new Misread("'*' or '?' not allowed as first character in WildcardQuery");
        return this.#finish((field) => ({ kind: 'wildcard', field, pattern: token.text, ignoreCase: false }));
      case 'regexp':
        return this.#finish((field) => ({ kind: 'regexp', field, pattern: token.text, ignoreCase: false }));
      case 'range':
        return this.#finish((field) =>
          token.bounds.length === 0 ? { kind: 'exists', field } : { kind: 'range', field, bounds: token.bounds },
        );
      case 'end':
        throw new Misread('a word is missing at its end');
      default:
        throw new Misread(`a word is missing before [${marks[token.kind]}]`);
    }
  }

  /** A phrase, and how many places its words may be away from their own. */
  #phrase(text: string): Condition {
    const after = this.#peek();
    const own = this.options.phraseSlop ?? 0;
    const slop = after.kind === 'fuzzy' ? Math.trunc(after.amount ?? own) : own;
    this.#accept('fuzzy');
    return this.#finish((field) => ({ kind: 'words', field, text, how: 'phrase', ...(slop > 0 && { slop }) }));
  }

  /** A word, with those that follow it where nothing stands between them. */
  #words(first: string): Condition {
    const fuzzy = this.#peek();
    if (fuzzy.kind === 'fuzzy') {
      this.#at += 1;
      const value = unescaped(first);
      const distance = Math.min(2, Math.trunc(fuzzy.amount ?? this.options.fuzziness ?? edits(value)));
      const prefix = this.options.prefixLength ?? 0;
      return this.#finish((field) => ({ kind: 'fuzzy', field, value, distance, prefix }));
    }
    const isNamed = this.#fields !== this.options.fields;
    const [, operator, bound] = /^([<>]=?)([\s\S]+)$/.exec(first) ?? [];
    if (isNamed && operator !== undefined && bound !== undefined) {
      const bounds = [{ operator: operator as Bound['operator'], value: unescaped(bound) }];
      return this.#finish((field) => ({ kind: 'range', field, bounds }));
    }
    const words = [first];
    for (let next = this.#peek(); next.kind === 'word' && isPlainBefore(this.#peek(1)); next = this.#peek()) {
      words.push(next.text);
      this.#at += 1;
    }
    const text = words.map(unescaped).join(' ');
    if (words.length === 1 && this.#fields[0] === '_exists_')
      return this.#finish(() => ({ kind: 'exists', field: text }));
    const how = words.length === 1 ? 'phrase' : this.options.operator === 'and' ? 'all' : 'any';
    return this.#finish((field) => ({ kind: 'words', field, text, how }));
  }

  /** A test in the fields that it is for. A value that a field named in the query cannot have is an error. */
  #finish(make: (field: string) => FieldTest): Condition {
    this.#accept('boost');
    const [field] = this.#fields;
    const isOne = this.#fields.length === 1 && !field!.includes('*');
    if (!isOne) return { kind: 'anyField', fields: this.#fields, test: make('*') };
    const test = make(field!);
    return test.kind === 'words' && !this.options.lenient ? { ...test, strict: true } : test;
  }

  #peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)]!;
  }

  #take(): Token {
    const token = this.#peek();
    this.#at += 1;
    return token;
  }

  #accept(kind: Token['kind']): boolean {
    if (this.#peek().kind !== kind) return false;
    this.#at += 1;
    return true;
  }
}

const marks: Readonly<Record<Exclude<Token['kind'], 'word' | 'phrase' | 'wild' | 'regexp' | 'range' | 'end'>, string>> =
  {
    ...{ open: '(', close: ')', colon: ':', and: 'AND', or: 'OR', not: 'NOT', plus: '+', fuzzy: '~', boost: '^' },
  };

/** Whether a word before this token is a word alone, neither a field nor inexact. */
const isPlainBefore = (token: Token): boolean =>
  token.kind !== 'colon' && token.kind !== 'fuzzy' && token.kind !== 'boost';

/** Edits that are allowed in a word of this length when nothing is said. */
export const edits = (word: string): number => ([...word].length < 3 ? 0 : [...word].length < 6 ? 1 : 2);

function conditionOf(clauses: readonly Clause[], least?: QueryStringOptions['least']): Condition {
  const of = (occurs: Clause['occurs']): Condition[] =>
    clauses.filter((clause) => clause.occurs === occurs).map(({ condition }) => condition);
  const must = of('must');
  const should = of('should');
  const wanted = least?.(should.length) ?? null;
  const parts = [
    ...must,
    // Where something must hold, the rest only adds to the score, unless the query says how much of it must hold too.
    ...(should.length === 0 || (must.length > 0 && wanted === null)
      ? []
      : wanted === null
        ? [joined('or', should)]
        : [{ kind: 'enough', parts: should, least: wanted } as const]),
    ...of('must not').map((part): Condition => ({ kind: 'not', part })),
  ];
  return joined('and', parts);
}

const joined = (kind: 'and' | 'or', parts: readonly Condition[]): Condition =>
  parts.length === 1 ? parts[0]! : { kind, parts };
