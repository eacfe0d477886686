import type { Fix } from '../../../diagnostics/diagnostic.ts';
import type { Span } from '../../../diagnostics/source-text.ts';
import { own } from '../../../values/own.ts';
import type { Parameter } from './parameters.ts';

export type TokenKind =
  | 'integer'
  | 'decimal'
  | 'string'
  | 'identifier'
  | 'quotedIdentifier'
  | 'symbol'
  | 'parameter'
  | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** The token as written. */
  readonly text: string;
  /** What it stands for: strings and quoted identifiers without quotes and escapes. */
  readonly value: string;
  readonly span: Span;
  /** What a parameter stands for, once the parser has looked it up. */
  readonly parameter?: Parameter;
}

/** The text does not fit the grammar; caught by `parse`, which turns it into a diagnostic. */
export class SyntaxFailure extends Error {
  constructor(
    message: string,
    readonly span: Span,
    readonly hint?: string,
    /** The edit that removes it, where one is likely to be meant. */
    readonly fix?: Fix,
  ) {
    super(message);
  }
}

const trivia = /(?:[ \t\r\n]+|\/\/[^\r\n]*)+/y;
const number = /(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+|[0-9]+/y;
const identifier = /[A-Za-z][A-Za-z0-9_]*|[_@][A-Za-z0-9_]+/y;
const quotedIdentifier = /`(?:[^`]|``)*`/y;
const rawString = /"""([^\r\n]*?)"""("{0,2})/y;
const string = /"(?:\\[tnr"\\]|[^\\\r\n"])*"/y;
const parameter = /\?\??(?:[A-Za-z_][A-Za-z0-9_]*|[0-9]+)?/y;
const symbol = /==|!=|<=|>=|=~|::|[<>=+\-*/%()[\]{},.|:;]/y;

const escapes: Record<string, string> = { t: '\t', n: '\n', r: '\r', '"': '"', '\\': '\\' };

const blank = ' '.charCodeAt(0);
const slash = '/'.charCodeAt(0);

/** The first offset at or after `offset` that is neither white space nor comment. Block comments nest. */
export function skipTrivia(text: string, offset: number): number {
  let at = offset;
  for (;;) {
    // Most tokens begin where the last one ends or a blank after it.
    const code = text.charCodeAt(at);
    if (code > blank && code !== slash) return at;
    at += match(trivia, text, at)?.length ?? 0;
    if (!text.startsWith('/*', at)) return at;
    at = endOfComment(text, at);
  }
}

function endOfComment(text: string, start: number): number {
  let depth = 1;
  let at = start + 2;
  while (depth > 0) {
    if (at >= text.length) {
      throw new SyntaxFailure(
        `token recognition error at: '/*'`,
        { start, end: start + 2 },
        'this comment has no end: close it with */',
      );
    }
    if (text.startsWith('*/', at)) {
      depth -= 1;
      at += 2;
    } else if (text.startsWith('/*', at)) {
      depth += 1;
      at += 2;
    } else at += 1;
  }
  return at;
}

/** Reads the token at or after `offset`. There is no state: the parser asks again wherever it likes. */
export function readToken(text: string, offset: number): Token {
  const start = skipTrivia(text, offset);
  if (start >= text.length) return { kind: 'end', text: '<EOF>', value: '', span: { start, end: start } };
  const reader = readers[classOf[text.charCodeAt(start)] ?? other]!;
  return reader(text, start) ?? rest(text, start);
}

type Reader = (text: string, start: number) => Token | null;

const token = (kind: TokenKind, found: string, start: number, value = found): Token => ({
  kind,
  text: found,
  value,
  span: { start, end: start + found.length },
});

/** A token of which one pattern says where it ends. */
const one =
  (kind: TokenKind, pattern: RegExp): Reader =>
  (text, start) => {
    const found = match(pattern, text, start);
    return found === null ? null : token(kind, found, start);
  };

const rest = (text: string, start: number): Token => {
  const found = match(parameter, text, start);
  if (found !== null) return token('parameter', found, start);
  const sign = match(symbol, text, start);
  if (sign !== null) return token('symbol', sign, start);
  throw unrecognised(text, start);
};

/** Readers by the class of the first character; what they find no token in may be a parameter or a symbol. */
const readers: readonly Reader[] = [
  () => null,
  one('identifier', identifier),
  (text, start) => {
    const found = match(number, text, start);
    return found === null ? null : token(/^[0-9]+$/.test(found) ? 'integer' : 'decimal', found, start);
  },
  (text, start) => {
    const found = match(quotedIdentifier, text, start);
    return found === null ? null : token('quotedIdentifier', found, start, found.slice(1, -1).replaceAll('``', '`'));
  },
  (text, start) => {
    if (text.startsWith('"""', start)) {
      rawString.lastIndex = start;
      const raw = rawString.exec(text);
      if (raw) return token('string', raw[0], start, raw[1]! + raw[2]!);
    }
    const found = match(string, text, start);
    return found === null ? null : token('string', found, start, unescaped(found.slice(1, -1)));
  },
];
const other = 0;

/** The reader for each character of ASCII. */
const classOf = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (/[A-Za-z_@]/.test(character)) return 1;
  if (/[0-9.]/.test(character)) return 2;
  if (character === '`') return 3;
  return character === '"' ? 4 : other;
});

function unescaped(body: string): string {
  if (!body.includes('\\')) return body;
  return body.replace(/\\(.)/gs, (_, escaped: string) => own(escapes, escaped)!);
}

function unrecognised(text: string, start: number): SyntaxFailure {
  const first = String.fromCodePoint(text.codePointAt(start)!);
  if (first === '"') {
    const end = lineEnd(text, start);
    const bad = /\\[^tnr"\\]/.exec(text.slice(start, end));
    const hint = bad
      ? `\\${bad[0][1]} is not an escape: write \\\\ for one backslash, or use """…""" where nothing is escaped`
      : 'this string has no end on its line';
    return new SyntaxFailure(`token recognition error at: '${text.slice(start, end)}'`, { start, end }, hint);
  }
  if (first === "'") {
    const end = lineEnd(text, start);
    return singleQuoted(text, start, end);
  }
  const span = { start, end: start + first.length };
  const message = `token recognition error at: '${first}'`;
  if (first !== '&') return new SyntaxFailure(message, span);
  const both = { start, end: start + (text.startsWith('&&', start) ? 2 : 1) };
  return new SyntaxFailure(message, span, 'both conditions: AND', { span: both, text: 'AND' });
}

function singleQuoted(text: string, start: number, end: number): SyntaxFailure {
  const message = `token recognition error at: '''`;
  const hint = 'strings stand in double quotes';
  const closing = text.indexOf("'", start + 1);
  if (closing <= start || closing >= end) return new SyntaxFailure(message, { start, end: start + 1 }, hint);
  const inside = text.slice(start + 1, closing);
  const meant = `"${inside}"`;
  const fix = /["\\]/.test(inside) ? undefined : { span: { start, end: closing + 1 }, text: meant };
  return new SyntaxFailure(message, { start, end: start + 1 }, `${hint}: ${meant}`, fix);
}

function lineEnd(text: string, start: number): number {
  const at = text.slice(start).search(/[\r\n]/);
  return at < 0 ? text.length : start + at;
}

function match(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.test(text) ? text.slice(at, pattern.lastIndex) : null;
}
