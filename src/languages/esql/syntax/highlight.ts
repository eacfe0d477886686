import type { Span } from '../../../diagnostics/source-text.ts';
import { commandWords } from './command-words.ts';
import type { Token } from './lexer.ts';
import { tolerantTokens, type Unreadable } from './tolerant-tokens.ts';

/** What a piece of a query is to the eye. */
export type Colour =
  | 'command'
  | 'word'
  | 'function'
  | 'name'
  | 'text'
  | 'number'
  | 'sign'
  | 'parameter'
  | 'comment'
  | 'unreadable';

export interface Coloured {
  readonly colour: Colour;
  readonly span: Span;
}

/** Words of the grammar inside commands. */
const words = new Set(
  'and as asc by desc false first in is last like metadata not null nulls on or rlike true with where'.split(' '),
);

/** The pieces of a text that may be half written, comments among them, in the order of the text. */
export function coloursOf(text: string): Coloured[] {
  const found: Coloured[] = [];
  const tokens = [...tolerantTokens(text)];
  let end = 0;
  for (const [i, token] of tokens.entries()) {
    found.push(...commentsIn(text, end, token.span.start));
    found.push({ colour: colourOf(token, tokens[i - 1], tokens[i + 1]), span: token.span });
    end = token.span.end;
  }
  return [...found, ...commentsIn(text, end, text.length)];
}

type Piece = Token | Unreadable;

function colourOf(token: Piece, before: Piece | undefined, after: Piece | undefined): Colour {
  switch (token.kind) {
    case 'integer':
    case 'decimal':
      return 'number';
    case 'string':
      return 'text';
    case 'parameter':
    case 'unreadable':
      return token.kind;
    case 'symbol':
      return 'sign';
    case 'identifier':
      return wordColour(token.text.toLowerCase(), before, after);
    default:
      return 'name';
  }
}

function wordColour(word: string, before: Piece | undefined, after: Piece | undefined): Colour {
  const isPart = before?.text === '.' || after?.text === '.';
  const isFirst = before === undefined || before.text === '|' || before.text === '(' || before.text === ';';
  const second = commandWords.get(before?.text.toLowerCase() ?? '');
  if (!isPart && ((isFirst && commandWords.has(word) && after?.text !== '(') || second === word)) return 'command';
  if (!isPart && words.has(word)) return 'word';
  return after?.text === '(' ? 'function' : 'name';
}

/** The comments between two tokens: between them stands nothing else but white space. */
function* commentsIn(text: string, start: number, end: number): Generator<Coloured> {
  let at = start;
  while (at < end) {
    if (text.startsWith('//', at)) {
      const line = text.slice(at, end).search(/[\r\n]/);
      const next = line < 0 ? end : at + line;
      yield { colour: 'comment', span: { start: at, end: next } };
      at = next;
    } else if (text.startsWith('/*', at)) {
      const next = endOfBlock(text, at, end);
      yield { colour: 'comment', span: { start: at, end: next } };
      at = next;
    } else at += 1;
  }
}

function endOfBlock(text: string, start: number, end: number): number {
  let depth = 0;
  let at = start;
  do {
    if (text.startsWith('/*', at)) depth += 1;
    else if (text.startsWith('*/', at)) depth -= 1;
    else {
      at += 1;
      continue;
    }
    at += 2;
  } while (at < end && depth > 0);
  return at;
}
