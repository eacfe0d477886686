import type { Span } from '../../../diagnostics/source-text.ts';
import { listMatches } from '../syntax/command-words.ts';
import { coloursOf } from '../syntax/highlight.ts';
import type { Token } from '../syntax/lexer.ts';
import { tolerantTokens, type Unreadable } from '../syntax/tolerant-tokens.ts';

type Piece = Token | Unreadable;

/** What may stand at a place of a query. */
export type Wanted =
  /** A command; the first one of a pipeline reads events. */
  | { readonly kind: 'command'; readonly isFirst: boolean }
  | { readonly kind: 'index'; readonly isLookup: boolean }
  | { readonly kind: 'metadata' }
  | { readonly kind: 'policy' }
  /** A column alone, as KEEP takes it. */
  | { readonly kind: 'column' }
  /** The beginning of a value: a column, a function or a constant. `comparedWith`: the name on the other side of == or IN. */
  | { readonly kind: 'operand'; readonly part: 'row' | 'aggregate' | 'key'; readonly comparedWith: string | null }
  /** What goes on behind a value. */
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'nothing' };

/** A place in a query, and what may stand there. */
export interface Cursor {
  readonly wanted: Wanted;
  /** What is written there already, up to the place. */
  readonly word: Span;
  /** The commands before the one that the place is in: a query of its own, as far as it can be read; empty for the first. */
  readonly before: string;
}

interface Pipeline {
  readonly kind: 'pipeline';
  /** What stands before a branch of FORK. */
  readonly base: string;
  readonly start: number;
  /** Where the last `|` stands. */
  bar: number | null;
  command: Piece[];
}

interface Bracket {
  readonly kind: 'bracket';
}

const sources = /^(?:from|row|show)$/i;

/** Finds out what may stand at a place of a text that may be half written. */
export function cursorAt(text: string, offset: number): Cursor {
  const written = text.slice(0, offset);
  const pieces = [...tolerantTokens(written)];
  const last = pieces.at(-1);
  const nowhere = { start: offset, end: offset };
  const lastColour = coloursOf(written).at(-1);
  const isLineComment = lastColour?.colour === 'comment' && lastColour.span.end === offset && !written.endsWith('*/');
  if (isLineComment || last?.text.startsWith('/*')) return { wanted: { kind: 'nothing' }, word: nowhere, before: '' };
  // A text that has no end yet is what is being written.
  const openText = last?.kind === 'unreadable' && last.text.startsWith('"') ? pieces.pop()! : null;
  const word = openText ? openText.span : takeWord(pieces, offset, written);
  const pipeline = pipelineOf(pieces, written);
  const before = prefixOf(pipeline, written);
  return { wanted: wantedIn(pipeline, openText !== null), word, before };
}

/** Takes the name that is being written off the end: `host.os.na`, `logs-*`. */
function takeWord(pieces: Piece[], offset: number, written: string): Span {
  const isIndex =
    /(?:^|[\s|(])(?:from|join|harrier_lookup)\s[^|()]*$/i.test(written) && !/\bmetadata\s[^|]*$/i.test(written);
  const pattern = isIndex ? /[\w.*:@-]*$/ : /[\w.@*]*$/;
  const quoted = pieces.findLast(({ kind, text }) => kind === 'unreadable' && text === '`');
  const start = quoted?.span.start ?? offset - pattern.exec(written)![0].length;
  while (pieces.length > 0 && pieces.at(-1)!.span.start >= start) pieces.pop();
  return { start, end: offset };
}

/** The pipeline that is open at the end of the tokens. */
function pipelineOf(pieces: readonly Piece[], written: string): Pipeline {
  const stack: (Pipeline | Bracket)[] = [];
  const begin = (base: string, start: number): Pipeline => {
    const pipeline: Pipeline = { kind: 'pipeline', base, start, bar: null, command: [] };
    stack.push(pipeline);
    return pipeline;
  };
  let open = begin('', 0);
  const outer = (): Pipeline =>
    stack.findLast((one): one is Pipeline => one.kind === 'pipeline') ?? begin('', written.length);
  for (const [i, piece] of pieces.entries()) {
    const { text: sign, span } = piece;
    const isSign = piece.kind === 'symbol';
    if (isSign && sign === ';' && stack.length === 1 && open.bar === null) open.command = [];
    else if (isSign && sign === '|') {
      while (stack.at(-1)!.kind === 'bracket') stack.pop();
      open.bar = span.start;
      open.command = [];
    } else if (isSign && sign === '(') {
      const [first] = open.command;
      const next = pieces[i + 1];
      const behind = open.command.at(-1)?.text.toLowerCase();
      if (first?.text.toLowerCase() === 'fork' && stack.at(-1) === open) {
        open.command.push(piece);
        open = begin(prefixOf(open, written), next?.span.start ?? span.end);
      } else if (
        (behind === 'in' || behind === 'from' || behind === ',') &&
        (next ? sources.test(next.text) : behind === 'from')
      ) {
        open.command.push(piece);
        open = begin('', next?.span.start ?? span.end);
      } else {
        open.command.push(piece);
        stack.push({ kind: 'bracket' });
      }
    } else if (isSign && sign === ')') {
      if (stack.length > 1) stack.pop();
      open = outer();
      open.command.push(piece);
    } else open.command.push(piece);
  }
  return open;
}

function prefixOf({ base, start, bar }: Pipeline, written: string): string {
  const own = bar === null ? '' : written.slice(start, bar).trim();
  if (base === '') return own;
  return own === '' ? base : `${base} | ${own}`;
}

function wantedIn({ command, base, bar }: Pipeline, isText: boolean): Wanted {
  const [first, ...rest] = command;
  const nothing: Wanted = { kind: 'nothing' };
  if (!first) return isText ? nothing : { kind: 'command', isFirst: bar === null && base === '' };
  const keyword = first.text.toLowerCase();
  const words = rest.map(({ text }) => text.toLowerCase());
  const last = rest.at(-1);
  if (isText) {
    const other = comparedWith(rest);
    return other === null ? nothing : { kind: 'operand', part: 'row', comparedWith: other };
  }
  switch (keyword) {
    case 'from':
    case 'ts':
      if (words.includes('metadata')) return { kind: 'metadata' };
      if (!last || last.text === ',' || last.text === '(') return { kind: 'index', isLookup: false };
      return { kind: 'words', words: ['METADATA'] };
    case 'show':
      return { kind: 'words', words: ['INFO'] };
    case 'lookup':
      if (!last) return { kind: 'words', words: ['JOIN'] };
      if (words.length === 1) return { kind: 'index', isLookup: true };
      return words.includes('on') ? afterNames(last, ['AND']) : { kind: 'words', words: ['ON'] };
    case 'harrier_lookup':
      if (!last) return { kind: 'index', isLookup: true };
      if (!words.includes('on')) return { kind: 'words', words: ['ON'] };
      if (words.at(-1) === 'by') return { kind: 'words', words: listMatches };
      if (words.includes('by') || words.at(-1) === '==') return nothing;
      return afterNames(last, words.includes('==') ? ['BY'] : ['==', 'BY']);
    case 'enrich':
      if (!last) return { kind: 'policy' };
      if (words.at(-1) === 'on' || words.at(-1) === 'with') return { kind: 'column' };
      return words.includes('with')
        ? { kind: 'column' }
        : { kind: 'words', words: words.includes('on') ? ['WITH'] : ['ON', 'WITH'] };
    case 'keep':
    case 'drop':
    case 'mv_expand':
      return afterNames(last, []);
    case 'rename':
      if (!last || last.text === ',') return { kind: 'column' };
      return words.at(-1) === 'as' ? nothing : { kind: 'words', words: ['AS'] };
    case 'fillnull':
      return words.at(-1) === 'with' ? { kind: 'words', words: ['0', '""', 'false'] } : afterNames(last, ['WITH']);
    case 'sample':
    case 'fuse':
    case 'ts_info':
    case 'metrics_info':
    case 'fork':
      return nothing;
    case 'topk':
    case 'bottomk':
      if (rest.some(({ text }) => text === ',')) return words.includes('by') ? afterNames(last, []) : nothing;
      return { kind: 'operand', part: 'row', comparedWith: null };
    case 'limit':
      return words.includes('by') ? afterNames(last, []) : last ? { kind: 'words', words: ['BY'] } : nothing;
    case 'inline':
      if (!last) return { kind: 'words', words: ['STATS'] };
      return inStats(rest.slice(1), words.slice(1));
    case 'stats':
      return inStats(rest, words);
    case 'dissect':
    case 'grok':
      return last ? nothing : { kind: 'column' };
    case 'sort':
      return isOperandEnd(last)
        ? { kind: 'words', words: sortWords(words) }
        : { kind: 'operand', part: 'row', comparedWith: null };
    case 'change_point':
      return isOperandEnd(last) ? { kind: 'words', words: ['ON', 'AS', 'BY'] } : { kind: 'column' };
    case 'where':
    case 'eval':
    case 'row':
      return inExpression(rest, 'row', []);
    default:
      return nothing;
  }
}

const afterNames = (last: Piece | undefined, words: readonly string[]): Wanted =>
  isOperandEnd(last) ? { kind: 'words', words } : { kind: 'column' };

function inStats(pieces: readonly Piece[], words: readonly string[]): Wanted {
  const by = words.lastIndexOf('by');
  if (by >= 0) return inExpression(pieces.slice(by + 1), 'key', []);
  // A condition behind WHERE is about single events, and so is what stands in the call of an aggregate.
  const comma = words.lastIndexOf(',');
  if (words.lastIndexOf('where') > comma) return inExpression(pieces, 'row', ['BY']);
  return inExpression(pieces, isInCall(pieces) ? 'row' : 'aggregate', ['BY', 'WHERE']);
}

/** Whether a bracket is open. */
function isInCall(pieces: readonly Piece[]): boolean {
  const depth = pieces.reduce((open, { kind, text }) => {
    if (kind !== 'symbol') return open;
    return text === '(' ? open + 1 : text === ')' ? open - 1 : open;
  }, 0);
  return depth > 0;
}

function inExpression(pieces: readonly Piece[], part: 'row' | 'aggregate' | 'key', more: readonly string[]): Wanted {
  const last = pieces.at(-1);
  if (!isOperandEnd(last)) {
    if (last?.text.toLowerCase() === 'is') return { kind: 'words', words: ['NULL', 'NOT NULL'] };
    if (last?.text.toLowerCase() === 'not' && pieces.at(-2)?.text.toLowerCase() === 'is')
      return { kind: 'words', words: ['NULL'] };
    if (last && /^r?like$/i.test(last.text)) return { kind: 'words', words: ['"*"'] };
    return { kind: 'operand', part, comparedWith: comparedWith(pieces) };
  }
  if (part === 'aggregate' && last?.kind === 'identifier') return { kind: 'words', words: ['=', ...more] };
  return { kind: 'words', words: [...(isInCall(pieces) ? [] : more), ...operators] };
}

const operators: readonly string[] = [
  ...['AND', 'OR', '==', '!=', '>', '>=', '<', '<=', 'IN', 'NOT IN', 'LIKE', 'NOT LIKE', 'RLIKE'],
  ...['IS NULL', 'IS NOT NULL', '+', '-', '*', '/', '%', '::'],
];

function sortWords(words: readonly string[]): string[] {
  if (words.at(-1) === 'nulls') return ['FIRST', 'LAST'];
  if (/^(?:first|last)$/.test(words.at(-1) ?? '')) return [];
  return /^(?:asc|desc)$/.test(words.at(-1) ?? '')
    ? ['NULLS FIRST', 'NULLS LAST']
    : ['ASC', 'DESC', 'NULLS FIRST', 'NULLS LAST'];
}

const between = /^(?:and|or|not|in|like|rlike|is|by|where|on|as|with|join|metadata|stats)$/i;

/** Whether a value ends here, so that an operator or a comma follows. */
function isOperandEnd(last: Piece | undefined): boolean {
  if (!last) return false;
  if (last.kind === 'symbol') return last.text === ')' || last.text === ']';
  return last.kind !== 'identifier' || !between.test(last.text);
}

/** The name that the value at the end is compared with: `name ==`, `name IN ("a",`. */
function comparedWith(pieces: readonly Piece[]): string | null {
  const last = pieces.at(-1)?.text.toLowerCase();
  if (last === '==' || last === '!=') return nameBefore(pieces, pieces.length - 1);
  const bracket = pieces.findLastIndex(({ text }) => text === '(' || text === ')');
  if (pieces[bracket]?.text !== '(' || pieces[bracket - 1]?.text.toLowerCase() !== 'in') return null;
  const isNot = pieces[bracket - 2]?.text.toLowerCase() === 'not';
  return last === '(' || last === ',' ? nameBefore(pieces, bracket - (isNot ? 2 : 1)) : null;
}

/** The dotted name that ends before a place among the tokens. */
function nameBefore(pieces: readonly Piece[], end: number): string | null {
  const parts: string[] = [];
  for (let at = end - 1; at >= 0; at -= 2) {
    const piece = pieces[at]!;
    if (piece.kind !== 'identifier' && piece.kind !== 'quotedIdentifier') return null;
    parts.unshift(piece.value);
    if (pieces[at - 1]?.text !== '.') break;
  }
  return parts.length > 0 ? parts.join('.') : null;
}
