import type { Bound, Condition, FieldTest } from './condition.ts';

/*
 * Kibana's query language: field:value, quoted phrases, wildcards, lists of values in parentheses, ranges, and, or, not.
 * https://www.elastic.co/docs/explore-analyze/query-filter/languages/kql
 */

type Token =
  | { readonly kind: 'open' | 'close' | 'colon' | 'and' | 'or' | 'not' }
  | { readonly kind: 'compare'; readonly operator: Bound['operator'] }
  | { readonly kind: 'text'; readonly text: string; readonly quoted: boolean; readonly wild: boolean };

/** Why a text is no KQL. */
export class KqlError extends Error {}

/** How a query is read. */
export interface KqlOptions {
  /** Where values without a field are looked for; everywhere when absent. */
  readonly field?: string;
  /** Whether upper and lower case of values are alike. */
  readonly ignoreCase?: boolean;
}

/** Reads a query; throws a KqlError. */
export function parseKql(query: string, options: KqlOptions = {}): Condition {
  if (query.trim() === '' || query.trim() === '*') return { kind: 'all' };
  return new KqlParser(tokensOf(query), options).parse();
}

function tokensOf(query: string): Token[] {
  const tokens: Token[] = [];
  const piece =
    /\s+|(?<open>\()|(?<close>\))|(?<colon>:)|(?<compare>[<>]=?)|"(?<phrase>(?:\\.|[^"\\])*)"|(?<word>(?:\\.|[^\s():<>"{}\\])+)|(?<brace>[{}])/gy;
  for (let at = 0; at < query.length; at = piece.lastIndex) {
    piece.lastIndex = at;
    const found = piece.exec(query);
    if (!found) throw new KqlError(`a quote is not closed: ${query.slice(at, at + 40)}`);
    const { open, close, colon, compare, phrase, word, brace } = found.groups!;
    if (open) tokens.push({ kind: 'open' });
    else if (close) tokens.push({ kind: 'close' });
    else if (colon) tokens.push({ kind: 'colon' });
    else if (compare) tokens.push({ kind: 'compare', operator: compare as Bound['operator'] });
    else if (phrase !== undefined) tokens.push({ kind: 'text', text: unescaped(phrase), quoted: true, wild: false });
    else if (brace) throw new KqlError('queries of nested fields ({…}) are not supported');
    else if (word !== undefined) {
      const keyword = word.toLowerCase();
      if (keyword === 'and' || keyword === 'or' || keyword === 'not') tokens.push({ kind: keyword });
      else {
        const wild = /(?<!\\)\*/.test(word);
        tokens.push({ kind: 'text', text: wild ? word : unescaped(word), quoted: false, wild });
      }
    }
  }
  return tokens;
}

const unescaped = (text: string): string =>
  text.replace(/\\([\s\S])/g, (_, character: string) =>
    character === 't' ? '\t' : character === 'n' ? '\n' : character === 'r' ? '\r' : character,
  );

class KqlParser {
  #at = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly options: KqlOptions,
  ) {}

  parse(): Condition {
    const condition = this.#or(null);
    if (this.#at < this.tokens.length)
      throw new KqlError('a closing parenthesis or an operator stands where none belongs');
    return condition;
  }

  #peek(ahead = 0): Token | undefined {
    return this.tokens[this.#at + ahead];
  }

  #take(kind: Token['kind']): boolean {
    if (this.#peek()?.kind !== kind) return false;
    this.#at += 1;
    return true;
  }

  /** `field`: within the parentheses of its values. */
  #or(field: string | null): Condition {
    const parts = [this.#and(field)];
    while (this.#take('or')) parts.push(this.#and(field));
    return parts.length === 1 ? parts[0]! : { kind: 'or', parts };
  }

  #and(field: string | null): Condition {
    const parts = [this.#not(field)];
    while (this.#take('and')) parts.push(this.#not(field));
    return parts.length === 1 ? parts[0]! : { kind: 'and', parts };
  }

  #not(field: string | null): Condition {
    return this.#take('not') ? { kind: 'not', part: this.#not(field) } : this.#primary(field);
  }

  #primary(field: string | null): Condition {
    if (this.#take('open')) {
      const inner = this.#or(field);
      if (!this.#take('close')) throw new KqlError('a parenthesis is not closed');
      return inner;
    }
    const token = this.#peek();
    if (token?.kind !== 'text') throw new KqlError('a field or a value is missing');
    const next = this.#peek(1);
    if (field === null && next?.kind === 'compare') {
      this.#at += 2;
      const bound = this.#peek();
      if (bound?.kind !== 'text') throw new KqlError(`a value is missing after ${next.operator}`);
      this.#at += 1;
      return onField(token.text, (name) => ({
        kind: 'range',
        field: name,
        bounds: [{ operator: next.operator, value: bound.text }],
      }));
    }
    if (field === null && next?.kind === 'colon') {
      this.#at += 2;
      if (this.#take('open')) {
        const inner = this.#or(token.text);
        if (!this.#take('close')) throw new KqlError('a parenthesis is not closed');
        return inner;
      }
      return this.#value(token.text);
    }
    return this.#value(field);
  }

  /** A phrase, or the words up to the next operator. */
  #value(field: string | null): Condition {
    const first = this.#peek();
    if (first?.kind !== 'text')
      throw new KqlError(field === null ? 'a value is missing' : `a value is missing after ${field}:`);
    this.#at += 1;
    const ignoreCase = this.options.ignoreCase === true;
    const alike = ignoreCase ? ({ ignoreCase } as const) : {};
    const on = (make: (name: string) => FieldTest): Condition => onField(field ?? this.options.field ?? null, make);
    if (first.quoted) return on((name) => ({ kind: 'words', field: name, text: first.text, how: 'phrase', ...alike }));
    const words = [first];
    for (let next = this.#peek(); next?.kind === 'text' && !next.quoted; next = this.#peek()) {
      const after = this.#peek(1)?.kind;
      if (after === 'colon' || after === 'compare') break;
      words.push(next);
      this.#at += 1;
    }
    const text = words.map((word) => word.text).join(' ');
    if (words.some((word) => word.wild)) {
      if (text === '*') return on((name) => ({ kind: 'exists', field: name }));
      return on((name) => ({ kind: 'wildcard', field: name, pattern: text, ignoreCase }));
    }
    return on((name) => ({ kind: 'words', field: name, text, how: 'any', ...alike }));
  }
}

function onField(field: string | null, make: (name: string) => FieldTest): Condition {
  if (field === null) return { kind: 'anyField', fields: ['*'], test: make('*') };
  if (!field.includes('*')) return make(field);
  return { kind: 'anyField', fields: [unescaped(field)], test: make(field) };
}
