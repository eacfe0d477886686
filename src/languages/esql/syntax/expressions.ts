import { type Span, spanning } from '../../../diagnostics/source-text.ts';
import { timeUnit } from '../../../functions/time-spans.ts';
import { own } from '../../../values/own.ts';
import type { BinaryOperator, CallOption, LiteralType, LiteralValue, SyntaxExpression } from './ast.ts';
import type { Token } from './lexer.ts';
import type { Parameter } from './parameters.ts';
import { isReserved, isWord, type Parser } from './parser.ts';

/*
 * The expression grammar, loosest binding first:
 * OR, AND, NOT, comparison and predicates (IN, LIKE, IS NULL), + -, * / %, sign, `::` cast.
 */

export const parseExpression = (parser: Parser): SyntaxExpression => chain(parser, conjunction, 'or');

const conjunction = (parser: Parser): SyntaxExpression => chain(parser, negation, 'and');

function chain(parser: Parser, operand: Operand, word: 'and' | 'or'): SyntaxExpression {
  const start = parser.peek().span.start;
  let left = operand(parser);
  while (parser.acceptWord(word)) {
    const right = operand(parser);
    left = { kind: 'binary', operator: word, left, right, span: { start, end: parser.end } };
  }
  return left;
}

/** Reads what stands beside an operator. */
type Operand = (parser: Parser) => SyntaxExpression;

/** The rest of `(first, …) IN (FROM …)`, which is all that several values in parentheses can be. */
function tupleInQuery(parser: Parser, first: SyntaxExpression, start: number): SyntaxExpression {
  const values = [first, ...parser.separated(() => parseExpression(parser))];
  parser.expectSymbol(')');
  const negated = parser.acceptWord('not');
  parser.expectWord('in');
  parser.expectSymbol('(');
  const query = parser.subquery();
  parser.expectSymbol(')');
  const found: SyntaxExpression = { kind: 'inQuery', values, query, span: { start, end: parser.end } };
  return negated ? { kind: 'not', operand: found, span: found.span } : found;
}

function negation(parser: Parser): SyntaxExpression {
  if (!parser.atWord('not')) return predicate(parser);
  const start = parser.take().span.start;
  const operand = negation(parser);
  return { kind: 'not', operand, span: { start, end: parser.end } };
}

const comparisons = new Set(['==', '!=', '<', '<=', '>', '>=']);

function predicate(parser: Parser): SyntaxExpression {
  const start = parser.peek().span.start;
  const left = comparison(parser);
  const first = parser.peek();
  if (first.kind === 'symbol') return afterSymbol(parser, left, first, start);
  if (first.kind !== 'identifier') return left;
  const spanned = (): Span => ({ start, end: parser.end });
  const negated = isWord(first, 'not');
  const word = negated ? parser.peekAfter(first) : first;
  const wrap = (expression: SyntaxExpression): SyntaxExpression =>
    negated ? { kind: 'not', operand: expression, span: expression.span } : expression;

  if (isWord(word, 'in')) {
    if (negated) parser.take();
    parser.take();
    parser.expectSymbol('(');
    if (parser.atSourceCommand()) {
      const query = parser.subquery();
      parser.expectSymbol(')');
      return wrap({ kind: 'inQuery', values: [left], query, span: spanned() });
    }
    const list = parser.separated(() => comparison(parser));
    parser.expectSymbol(')');
    return wrap({ kind: 'in', value: left, list, span: spanned() });
  }
  if (isWord(word, 'like') || isWord(word, 'rlike')) {
    if (negated) parser.take();
    const flavour = parser.take().text.toUpperCase() === 'LIKE' ? 'LIKE' : 'RLIKE';
    const patterns = likePatterns(parser);
    return wrap({ kind: 'like', flavour, value: left, patterns, span: spanned() });
  }
  if (!negated && isWord(first, 'is')) {
    parser.take();
    const isNot = parser.acceptWord('not');
    parser.expectWord('null');
    return { kind: 'isNull', value: left, negated: isNot, span: spanned() };
  }
  return left;
}

/** What a symbol makes of what stands before it, where it is no operator of arithmetic or comparison. */
function afterSymbol(parser: Parser, left: SyntaxExpression, symbol: Token, start: number): SyntaxExpression {
  if (symbol.text === ':' && (left.kind === 'name' || left.kind === 'cast')) {
    parser.take();
    const query = cast(parser);
    const field = left.kind === 'cast' ? left.value : left;
    return { kind: 'call', name: 'MATCH', args: [field, query], star: false, span: { start, end: parser.end } };
  }
  if (symbol.text === '=') {
    parser.fail(
      `mismatched input '=' expecting {<EOF>, '|', 'and', '::', 'or', '==', '!=', …}`,
      symbol.span,
      'equality is written ==',
      '==',
    );
  }
  return left;
}

/** Texts, or expressions that are known before any row is read. */
function likePatterns(parser: Parser): SyntaxExpression[] {
  if (!parser.acceptSymbol('(')) return [sum(parser)];
  const patterns = parser.separated(() => sum(parser));
  parser.expectSymbol(')');
  return patterns;
}

function comparison(parser: Parser): SyntaxExpression {
  const start = parser.peek().span.start;
  const left = sum(parser);
  const token = parser.peek();
  if (token.kind !== 'symbol' || !comparisons.has(token.text)) return left;
  parser.take();
  const right = sum(parser);
  return { kind: 'binary', operator: token.text as BinaryOperator, left, right, span: { start, end: parser.end } };
}

const sum = (parser: Parser): SyntaxExpression => arithmetic(parser, product, sums);
const product = (parser: Parser): SyntaxExpression => arithmetic(parser, signed, products);
const sums = ['+', '-'];
const products = ['*', '/', '%'];

function arithmetic(parser: Parser, operand: Operand, operators: readonly string[]): SyntaxExpression {
  const start = parser.peek().span.start;
  let left = operand(parser);
  for (;;) {
    const token = parser.peek();
    if (token.kind !== 'symbol' || !operators.includes(token.text)) return left;
    parser.take();
    const right = operand(parser);
    left = { kind: 'binary', operator: token.text as BinaryOperator, left, right, span: { start, end: parser.end } };
  }
}

/** A sign directly before a number belongs to the literal, so that the smallest long can be written. */
function signed(parser: Parser): SyntaxExpression {
  const token = parser.peek();
  if (token.kind !== 'symbol' || (token.text !== '-' && token.text !== '+')) return cast(parser);
  const following = parser.peekAfter(token);
  if (following.kind === 'integer' || following.kind === 'decimal') return cast(parser);
  parser.take();
  const operand = signed(parser);
  if (token.text === '+') return operand;
  return { kind: 'negate', operand, span: { start: token.span.start, end: parser.end } };
}

function cast(parser: Parser): SyntaxExpression {
  const start = parser.peek().span.start;
  let value = primary(parser);
  while (parser.acceptSymbol('::')) {
    const type = parser.identifier();
    value = { kind: 'cast', value, typeName: type.value, span: { start, end: parser.end } };
  }
  return value;
}

function primary(parser: Parser): SyntaxExpression {
  const token = parser.peek();
  switch (token.kind) {
    case 'integer':
    case 'decimal':
      return numberOrTimeSpan(parser);
    case 'string':
      parser.take();
      return { kind: 'literal', type: 'keyword', value: token.value, span: token.span };
    case 'identifier':
    case 'quotedIdentifier':
      return wordLiteral(parser) ?? nameOrCall(parser);
    case 'symbol':
      if (token.text === '-' || token.text === '+') return numberOrTimeSpan(parser);
      if (token.text === '(') {
        parser.take();
        const inner = parseExpression(parser);
        if (parser.acceptSymbol(',')) return tupleInQuery(parser, inner, token.span.start);
        parser.expectSymbol(')');
        return inner;
      }
      if (token.text === '[') return arrayLiteral(parser);
      break;
    case 'parameter': {
      const { type, values } = parser.take().parameter as Parameter & { kind: 'value' };
      return values.length === 1
        ? { kind: 'literal', type, value: values[0]!, span: token.span }
        : { kind: 'array', type, values, span: token.span };
    }
    case 'end':
      break;
  }
  return parser.fail(
    token.kind === 'end'
      ? `mismatched input '<EOF>' expecting an expression`
      : `no viable alternative at input '${token.text}'`,
    token.span,
    own({ '>': 'unequal is written !=', '=': 'equality is written ==' }, token.text),
  );
}

function wordLiteral(parser: Parser): SyntaxExpression | null {
  const token = parser.peek();
  if (token.kind !== 'identifier') return null;
  const word = token.text.toLowerCase();
  if (word === 'true' || word === 'false') {
    parser.take();
    return { kind: 'literal', type: 'boolean', value: word === 'true', span: token.span };
  }
  if (word === 'null') {
    parser.take();
    return { kind: 'literal', type: 'null', value: null, span: token.span };
  }
  return null;
}

function nameOrCall(parser: Parser): SyntaxExpression {
  const token = parser.peek();
  const following = parser.peekAfter(token);
  const isCall = following.kind === 'symbol' && following.text === '(';
  if (!isCall || (token.kind === 'identifier' && isReserved(token.text) && !/^(first|last)$/i.test(token.text))) {
    return { kind: 'name', ...parser.qualifiedName() };
  }
  parser.take();
  parser.take();
  let star = false;
  let options: CallOption[] | undefined;
  const args: SyntaxExpression[] = [];
  if (parser.atSymbol('*')) {
    parser.take();
    star = true;
  } else if (!parser.atSymbol(')')) {
    do {
      if (parser.atSymbol('{')) {
        options = callOptions(parser);
        break;
      }
      args.push(parseExpression(parser));
    } while (parser.acceptSymbol(','));
  }
  const closing = parser.expectSymbol(')');
  const span = spanning(token.span, closing.span);
  return { kind: 'call', name: token.value, args, star, span, ...(options && { options }) };
}

/** `{"name": value, …}`: `read` takes each value, behind its name. */
export function readMap(parser: Parser, read: (name: string, span: Span) => void): void {
  parser.expectSymbol('{');
  if (parser.acceptSymbol('}')) return;
  do {
    if (parser.peek().kind !== 'string') parser.mismatch(['QUOTED_STRING']);
    const { value: name, span } = parser.take();
    parser.expectSymbol(':');
    read(name, span);
  } while (parser.acceptSymbol(','));
  parser.expectSymbol('}');
}

/** `{"name": value, …}`: constants, or such a map, whose names then follow the outer one and a dot. */
export function callOptions(parser: Parser): CallOption[] {
  const options: CallOption[] = [];
  readMap(parser, (name, span) => {
    if (parser.atSymbol('{')) {
      options.push(...callOptions(parser).map((option) => ({ ...option, name: `${name}.${option.name}` })));
      return;
    }
    const expression = parseExpression(parser);
    if (expression.kind === 'timeSpan') {
      options.push({ name, value: `${expression.amount} ${expression.unit}`, span });
      return;
    }
    const { value } = expression as { value?: LiteralValue };
    if (expression.kind !== 'literal' || value === null || value === undefined)
      parser.fail(`the option [${name}] needs a constant`, expression.span);
    options.push({ name, value, span });
  });
  return options;
}

function numberOrTimeSpan(parser: Parser): SyntaxExpression {
  const { type, value, span } = numberLiteral(parser);
  const unit = parser.peek();
  if (typeof value === 'bigint' && unit.kind === 'identifier' && !isReserved(unit.text)) {
    const known = timeUnit(unit.text);
    if (!known) parser.fail(`Unexpected temporal unit: '${unit.text.toLowerCase()}'`, span);
    parser.take();
    return { kind: 'timeSpan', amount: value, unit: known, span: { start: span.start, end: unit.span.end } };
  }
  return { kind: 'literal', type, value, span };
}

function numberLiteral(parser: Parser): { type: LiteralType; value: bigint | number; span: Span } {
  const first = parser.take();
  const negative = first.text === '-';
  const token: Token = first.kind === 'symbol' ? parser.take() : first;
  const span = spanning(first.span, token.span);
  if (token.kind !== 'integer' && token.kind !== 'decimal') {
    parser.fail(`mismatched input '${token.text}' expecting {INTEGER_LITERAL, DECIMAL_LITERAL}`, token.span);
  }
  if (token.kind === 'decimal') {
    const value = Number(token.text) * (negative ? -1 : 1);
    if (!Number.isFinite(value)) parser.fail(`Number [${token.text}] is too large`, span);
    return { type: 'double', value, span };
  }
  const magnitude = BigInt(token.text);
  const value = negative ? -magnitude : magnitude;
  const type = wholeNumberType(value);
  return type === 'double' ? { type, value: Number(value), span } : { type, value, span };
}

function wholeNumberType(value: bigint): 'integer' | 'long' | 'unsigned_long' | 'double' {
  if (value === BigInt.asIntN(32, value)) return 'integer';
  if (value === BigInt.asIntN(64, value)) return 'long';
  if (value === BigInt.asUintN(64, value)) return 'unsigned_long';
  return 'double';
}

/** `[index].[field]`, where no list can stand. */
const qualified = /\[\s*[\w@-]*\s*\]\s*\.\s*\[[^\]]*\]/y;

function arrayLiteral(parser: Parser): SyntaxExpression {
  const open = parser.expectSymbol('[');
  const { text } = parser.source;
  qualified.lastIndex = open.span.start;
  const [name] = qualified.exec(text) ?? [];
  if (name !== undefined)
    parser.fail(
      `qualified names such as [${name}] are not supported: Elasticsearch has them in development builds only`,
      open.span,
    );
  const items = parser.separated(() => {
    const token = parser.peek();
    if (token.kind === 'integer' || token.kind === 'decimal' || token.text === '-' || token.text === '+')
      return numberLiteral(parser);
    const value = token.kind === 'string' ? primary(parser) : wordLiteral(parser);
    if (value?.kind !== 'literal' || value.type === 'null') {
      return parser.fail(
        `mismatched input '${token.text}' expecting {QUOTED_STRING, INTEGER_LITERAL, DECIMAL_LITERAL, 'false', 'true'}`,
        token.span,
      );
    }
    return value;
  });
  const close = parser.expectSymbol(']');
  const span = spanning(open.span, close.span);
  const type = items
    .map((item) => item.type)
    .reduce((wide, next) => widest(wide, next) ?? parser.fail('the values of a list must be of one kind', span));
  const values = items.map(
    ({ value }): LiteralValue => (type === 'double' && typeof value === 'bigint' ? Number(value) : value),
  );
  // A list of one is a single value.
  return values.length === 1
    ? { kind: 'literal', type, value: values[0]!, span }
    : { kind: 'array', type, values, span };
}

const numeric: readonly LiteralType[] = ['integer', 'long', 'unsigned_long', 'double'];

function widest(a: LiteralType, b: LiteralType): LiteralType | null {
  if (a === b) return a;
  const rank = Math.max(numeric.indexOf(a), numeric.indexOf(b));
  return numeric.includes(a) && numeric.includes(b) ? numeric[rank]! : null;
}
