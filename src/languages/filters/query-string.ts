import type { Bound, Condition, FieldTest } from './condition.ts';

/*
 * The basics of Lucene's query syntax: words, "phrases", field:value, wildcards, ranges, AND OR NOT + - and
 * parentheses. What cannot be read is taken as words, as `lenient` clients expect.
 */

type Token =
  | { readonly kind: 'open' | 'close' | 'and' | 'or' | 'not' | 'plus' }
  | { readonly kind: 'term'; readonly field: string | null; readonly text: string; readonly quoted: boolean }
  | { readonly kind: 'range'; readonly field: string | null; readonly bounds: readonly Bound[] }
  | { readonly kind: 'field'; readonly field: string };

const pieces =
  /\s+|(?<open>\()|(?<close>\))|(?<and>AND\b|&&)|(?<or>OR\b|\|\|)|(?<not>NOT\b|!|-(?=\S))|(?<plus>\+(?=\S))|(?:(?<field>(?:\\.|[^\s:()"\\[\]{}])+):)?(?:"(?<phrase>(?:\\.|[^"\\])*)"|(?<range>[[{]\s*(?<low>\S+)\s+TO\s+(?<high>[^\s\]}]+)\s*[\]}])|(?<comparison>[<>]=?)(?<bound>(?:\\.|[^\s()"])+)|(?<word>(?:\\.|[^\s()":\\])(?:\\.|[^\s()"\\])*)|(?=\())/gy;

/** Reads a query over the fields that words without a field are looked for in. */
export function parseQueryString(query: string, fields: readonly string[], operator: 'and' | 'or'): Condition {
  if (query.trim() === '' || query.trim() === '*' || query.trim() === '*:*') return { kind: 'all' };
  return new QueryStringParser(tokensOf(query), fields, operator).parse();
}

function tokensOf(query: string): Token[] {
  const tokens: Token[] = [];
  pieces.lastIndex = 0;
  for (;;) {
    const at = pieces.lastIndex;
    if (at >= query.length) return tokens;
    const found = pieces.exec(query);
    if (!found || found[0] === '') {
      // A stray mark means nothing.
      pieces.lastIndex = at + 1;
      continue;
    }
    const { open, close, and, or, not, plus, field, phrase, range, low, high, comparison, bound, word } = found.groups!;
    const name = field === undefined ? null : unescaped(field);
    if (open) tokens.push({ kind: 'open' });
    else if (close) tokens.push({ kind: 'close' });
    else if (and) tokens.push({ kind: 'and' });
    else if (or) tokens.push({ kind: 'or' });
    else if (not) tokens.push({ kind: 'not' });
    else if (plus) tokens.push({ kind: 'plus' });
    else if (range) tokens.push({ kind: 'range', field: name, bounds: rangeBounds(range, low!, high!) });
    else if (comparison)
      tokens.push({
        kind: 'range',
        field: name,
        bounds: [{ operator: comparison as Bound['operator'], value: unescaped(bound!) }],
      });
    else if (phrase !== undefined) tokens.push({ kind: 'term', field: name, text: unescaped(phrase), quoted: true });
    else if (word !== undefined) tokens.push({ kind: 'term', field: name, text: word, quoted: false });
    else if (name !== null) tokens.push({ kind: 'field', field: name });
  }
}

const unescaped = (text: string): string => text.replace(/\\(.)/gs, '$1');

function rangeBounds(range: string, low: string, high: string): Bound[] {
  return [
    ...(low === '*' ? [] : [{ operator: range.startsWith('[') ? '>=' : '>', value: unescaped(low) } as const]),
    ...(high === '*' ? [] : [{ operator: range.endsWith(']') ? '<=' : '<', value: unescaped(high) } as const]),
  ];
}

class QueryStringParser {
  #at = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private fields: readonly string[],
    private readonly operator: 'and' | 'or',
  ) {}

  parse(): Condition {
    const parts: Condition[] = [];
    while (this.#at < this.tokens.length) {
      parts.push(this.#or());
      // A closing parenthesis too many.
      if (this.tokens[this.#at]?.kind === 'close') this.#at += 1;
    }
    return joined(this.operator, parts);
  }

  #or(): Condition {
    const parts = [this.#and()];
    while (this.#accept('or')) parts.push(this.#and());
    return joined('or', parts);
  }

  #and(): Condition {
    const required: Condition[] = [];
    const plain: Condition[] = [];
    let isRequired = false;
    for (;;) {
      const next = this.tokens[this.#at];
      if (!next || next.kind === 'close' || next.kind === 'or') break;
      if (this.#accept('and')) {
        // What stands on both sides of AND must hold.
        required.push(...plain.splice(-1));
        isRequired = true;
        continue;
      }
      const must = this.#accept('plus') || isRequired;
      const negated = this.tokens[this.#at]?.kind === 'not';
      const part = this.#operand();
      (must || negated ? required : plain).push(part);
      isRequired = false;
    }
    if (plain.length > 0 && (this.operator === 'and' || required.length === 0))
      return joined('and', [...required, joined(this.operator, plain)]);
    return required.length > 0 ? joined('and', required) : joined(this.operator, plain);
  }

  #operand(): Condition {
    const token = this.tokens[this.#at++];
    switch (token?.kind) {
      case 'not':
        return { kind: 'not', part: this.#operand() };
      case 'open': {
        const inner = this.#or();
        this.#accept('close');
        return inner;
      }
      case 'field': {
        const outer = this.fields;
        this.fields = [token.field];
        const inner = this.#operand();
        this.fields = outer;
        return inner;
      }
      case 'range':
        return this.#inFields(token.field, (field) => ({ kind: 'range', field, bounds: token.bounds }));
      case 'term': {
        const { text, quoted } = token;
        if (token.field === '_exists_') return { kind: 'exists', field: text };
        if (!quoted && text === '*') return this.#inFields(token.field, (field) => ({ kind: 'exists', field }));
        if (!quoted && /(?<!\\)[*?]/.test(text))
          return this.#inFields(token.field, (field) => ({
            kind: 'wildcard',
            field,
            pattern: text,
            ignoreCase: false,
          }));
        const plain = quoted ? text : unescaped(text);
        return this.#inFields(token.field, (field) => ({ kind: 'words', field, text: plain, how: 'phrase' }));
      }
      default:
        return { kind: 'all' };
    }
  }

  #inFields(field: string | null, make: (field: string) => FieldTest): Condition {
    const fields = field === null ? this.fields : [field];
    const [first] = fields;
    return fields.length === 1 && !first!.includes('*') ? make(first!) : { kind: 'anyField', fields, test: make('*') };
  }

  #accept(kind: Token['kind']): boolean {
    if (this.tokens[this.#at]?.kind !== kind) return false;
    this.#at += 1;
    return true;
  }
}

function joined(kind: 'and' | 'or', parts: readonly Condition[]): Condition {
  if (parts.length === 0) return { kind: 'all' };
  return parts.length === 1 ? parts[0]! : { kind, parts };
}
