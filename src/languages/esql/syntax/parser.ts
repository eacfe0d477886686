import { type SourceText, type Span, spanning } from '../../../diagnostics/source-text.ts';
import type { NamedExpression, ProcessingCommand, SourceCommand, Subquery } from './ast.ts';
import { parseExpression } from './expressions.ts';
import { readToken, SyntaxFailure, skipTrivia, type Token } from './lexer.ts';
import { type NamePattern, namePattern } from './name-pattern.ts';
import { findParameter, noParameters, type Parameter, type Parameters } from './parameters.ts';

/** Words that cannot be column names without backquotes. */
const reserved = new Set(
  'and as asc by desc false first in is last like not null nulls on or rlike true with where'.split(' '),
);

/** How commands are read; the table of commands knows. */
export interface CommandGrammar {
  isSource(word: string): boolean;
  source(parser: Parser): SourceCommand;
  processing(parser: Parser): ProcessingCommand;
}

/**
 * The parser's hands: it looks at the token under the cursor and takes it. What a command is made of stands in
 * `commands/`, what an expression is made of in `expressions.ts`.
 */
export class Parser {
  #offset = 0;
  #end = 0;
  readonly #tokens = new Map<number, Token>();
  /** The token at the cursor, once it is read: grammars look at it many times before they take it. */
  #next: Token | null = null;

  #anonymous = 0;

  constructor(
    readonly source: SourceText,
    private readonly commands: CommandGrammar,
    private readonly parameters: Parameters = noParameters,
  ) {}

  /** A command that works on rows, as it stands here: in branches and subqueries there are more of them. */
  processingCommand(): ProcessingCommand {
    return this.commands.processing(this);
  }

  /** Whether a source command begins here, and not an expression over a column of its name. */
  atSourceCommand(): boolean {
    const token = this.peek();
    if (token.kind !== 'identifier' || !this.commands.isSource(token.text.toLowerCase())) return false;
    const next = this.peekAfter(token);
    return next.kind !== 'end' && (next.kind !== 'symbol' || next.text === '(' || next.text === '*');
  }

  /** A source command and what follows it, up to the closing parenthesis. */
  subquery(): Subquery {
    const source = this.commands.source(this);
    const ends = [this.end];
    const pipeline: ProcessingCommand[] = [];
    while (this.acceptSymbol('|')) {
      pipeline.push(this.processingCommand());
      ends.push(this.end);
    }
    return { source, pipeline, ends };
  }

  /** Where the token taken last ended. */
  get end(): number {
    return this.#end;
  }

  peek(): Token {
    this.#next ??= this.#read(this.#offset);
    return this.#next;
  }

  peekAfter(token: Token): Token {
    return this.#read(token.span.end);
  }

  take(): Token {
    const token = this.peek();
    this.#moveTo(token.span.end);
    this.#end = token.span.end;
    return token;
  }

  #moveTo(offset: number): void {
    this.#offset = offset;
    this.#next = null;
  }

  #read(offset: number): Token {
    let token = this.#tokens.get(offset);
    if (!token) {
      token = this.#filledIn(readToken(this.source.text, offset));
      this.#tokens.set(offset, token);
    }
    return token;
  }

  /** A parameter that stands for a name or a text reads as that; other values are the parameter's own matter. */
  #filledIn(token: Token): Token {
    if (token.kind !== 'parameter') return token;
    const found = this.#parameter(token);
    if (token.text === '?' || token.text === '??') this.#anonymous += 1;
    if (found.kind !== 'value') return { ...token, kind: 'quotedIdentifier', value: found.text };
    const [only] = found.values;
    const isText = found.values.length === 1 && typeof only === 'string';
    if (token.text.startsWith('??')) {
      if (!isText) this.fail(`Query parameter [${token.text}] must be a string, for it stands for a name`, token.span);
      return { ...token, kind: 'quotedIdentifier', value: only };
    }
    return isText ? { ...token, kind: 'string', value: only } : { ...token, parameter: found };
  }

  #parameter(token: Token): Parameter {
    const found = findParameter(token.text, this.#anonymous, this.parameters);
    return typeof found === 'string' ? this.fail(found, token.span) : found;
  }

  atSymbol(text: string): boolean {
    const token = this.peek();
    return token.kind === 'symbol' && token.text === text;
  }

  atWord(word: string): boolean {
    return isWord(this.peek(), word);
  }

  acceptSymbol(text: string): boolean {
    if (!this.atSymbol(text)) return false;
    this.take();
    return true;
  }

  acceptWord(word: string): boolean {
    if (!this.atWord(word)) return false;
    this.take();
    return true;
  }

  expectSymbol(text: string): Token {
    if (!this.atSymbol(text)) this.mismatch([`'${text}'`]);
    return this.take();
  }

  expectWord(word: string): Token {
    if (!this.atWord(word)) this.mismatch([`'${word}'`]);
    return this.take();
  }

  /** Ends the parse with the message ANTLR gives in Elasticsearch. */
  mismatch(expected: readonly string[], hint?: string, replacement?: string): never {
    const token = this.peek();
    const wanted = expected.length === 1 ? expected[0] : `{${expected.join(', ')}}`;
    this.fail(`mismatched input '${token.text}' expecting ${wanted}`, token.span, hint, replacement);
  }

  /** `replacement`: what to write at the place instead, where that is likely to be meant. */
  fail(message: string, span: Span, hint?: string, replacement?: string): never {
    throw new SyntaxFailure(message, span, hint, replacement === undefined ? undefined : { span, text: replacement });
  }

  /** An identifier that may stand as a name: not a reserved word, unless quoted. */
  identifier(): Token {
    const token = this.peek();
    if (token.kind === 'quotedIdentifier') return this.take();
    if (token.kind === 'identifier' && !reserved.has(token.text.toLowerCase())) return this.take();
    this.mismatch(['UNQUOTED_IDENTIFIER', 'QUOTED_IDENTIFIER']);
  }

  /** A dotted name; each part may be quoted. */
  qualifiedName(): { name: string; span: Span } {
    const first = this.identifier();
    let name = first.value;
    let last = first;
    while (this.atSymbol('.')) {
      this.take();
      last = this.namePart();
      name += `.${last.value}`;
    }
    return { name, span: spanning(first.span, last.span) };
  }

  /** After a dot any word is a name: `process.name.first` needs no quotes. */
  namePart(): Token {
    const token = this.peek();
    if (token.kind === 'identifier' || token.kind === 'quotedIdentifier') return this.take();
    this.mismatch(['UNQUOTED_IDENTIFIER', 'QUOTED_IDENTIFIER']);
  }

  /** A name with wildcards, as KEEP, DROP and RENAME take it: read from the characters, for `*` is no operator here. */
  namePattern(): NamePattern {
    const { text } = this.source;
    const start = skipTrivia(text, this.#offset);
    const pieces: { text: string; quoted: boolean }[] = [];
    let at = start;
    for (;;) {
      if (text[at] === '?') {
        const { kind, value, span } = this.#read(at);
        if (kind !== 'quotedIdentifier') break;
        pieces.push({ text: value, quoted: !value.includes('*') });
        at = span.end;
      } else if (text[at] === '`') {
        const quoted = this.#read(at);
        if (quoted.kind !== 'quotedIdentifier') break;
        pieces.push({ text: quoted.value, quoted: true });
        at = quoted.span.end;
      } else {
        const run = /[A-Za-z0-9_@*.-]+/y;
        run.lastIndex = at;
        const found = run.exec(text);
        if (!found) break;
        pieces.push({ text: found[0], quoted: false });
        at += found[0].length;
      }
    }
    if (pieces.length === 0) this.mismatch(['UNQUOTED_ID_PATTERN', 'QUOTED_IDENTIFIER']);
    const span = { start, end: at };
    const only = pieces.length === 1 ? pieces[0]! : null;
    if (only && !only.quoted && !/^[A-Za-z_@*]/.test(only.text)) {
      this.fail(`mismatched input '${only.text}' expecting {UNQUOTED_ID_PATTERN, QUOTED_IDENTIFIER}`, span);
    }
    this.#moveTo(at);
    this.#end = at;
    return namePattern(pieces, span);
  }

  /** An index pattern of FROM: quoted, or a run of characters that may stand in index names. */
  indexPattern(): { text: string; span: Span } {
    const { text } = this.source;
    const start = skipTrivia(text, this.#offset);
    if (text[start] === '"') {
      const token = this.take();
      return { text: token.value, span: token.span };
    }
    const run = /(?:[^:"=|,[\]()/ \t\r\n]|::?(?=[^:"=|,[\]()/ \t\r\n])|\/(?![*/]))+/y;
    run.lastIndex = start;
    const found = run.exec(text);
    if (!found) this.mismatch(['QUOTED_STRING', 'UNQUOTED_SOURCE']);
    this.#moveTo(start + found[0].length);
    this.#end = this.#offset;
    return { text: found[0], span: { start, end: this.#offset } };
  }

  expression() {
    return parseExpression(this);
  }

  /** `name = expression` or a bare expression. */
  namedExpression(): NamedExpression {
    const start = this.peek().span.start;
    const named = this.#assignedName();
    const expressionStart = this.peek().span.start;
    const expression = this.expression();
    const span = { start, end: this.#end };
    if (named) return { name: named.name, nameSpan: named.span, named: true, expression, span };
    const textSpan = { start: expressionStart, end: this.#end };
    // A bare column keeps its unquoted name; anything else is called what was written.
    const name =
      expression.kind === 'name' && expression.span.start === expressionStart
        ? expression.name
        : this.source.slice(textSpan);
    return { name, nameSpan: textSpan, named: false, expression, span };
  }

  namedExpressions(): NamedExpression[] {
    return this.separated(() => this.namedExpression());
  }

  separated<T>(item: () => T): T[] {
    const items = [item()];
    while (this.acceptSymbol(',')) items.push(item());
    return items;
  }

  /** Takes `a.b =` if that is what stands here. */
  #assignedName(): { name: string; span: Span } | null {
    let token = this.peek();
    if (token.kind !== 'identifier' && token.kind !== 'quotedIdentifier') return null;
    for (;;) {
      token = this.peekAfter(token);
      if (token.text === '=' && token.kind === 'symbol') break;
      if (token.text !== '.' || token.kind !== 'symbol') return null;
      token = this.peekAfter(token);
      if (token.kind !== 'identifier' && token.kind !== 'quotedIdentifier') return null;
    }
    const name = this.qualifiedName();
    this.take();
    return name;
  }
}

export const isWord = (token: Token, word: string): boolean =>
  token.kind === 'identifier' && token.text.length === word.length && token.text.toLowerCase() === word;

export const isReserved = (word: string): boolean => reserved.has(word.toLowerCase());
