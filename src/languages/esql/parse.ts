import { closestMatches, didYouMean } from '../../diagnostics/closest-match.ts';
import { type Diagnostic, QueryError } from '../../diagnostics/diagnostic.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import { own } from '../../values/own.ts';
import type { ProcessingDefinition, SourceDefinition } from './commands/command.ts';
import { definitions } from './commands/table.ts';
import { commandsNotYet } from './not-yet.ts';
import type { LiteralValue, ProcessingCommand, Query, Setting, SourceCommand, SyntaxExpression } from './syntax/ast.ts';
import { readMap } from './syntax/expressions.ts';
import { SyntaxFailure } from './syntax/lexer.ts';
import type { Parameters } from './syntax/parameters.ts';
import { type CommandGrammar, Parser } from './syntax/parser.ts';

/** Elasticsearch's bound on the length of a query, in characters. */
const longest = 1_000_000;

export type ParseResult =
  | { readonly query: Query; readonly diagnostics: readonly [] }
  | { readonly query: null; readonly diagnostics: readonly Diagnostic[] };

/** Reads a query. The grammar stops at the first thing that does not fit, as Elasticsearch's does. */
export function parse(source: SourceText, parameters?: Parameters): ParseResult {
  if (source.text.length > longest) {
    const message = `ESQL statement is too large [${source.text.length} characters > ${longest}]`;
    return { query: null, diagnostics: [{ kind: 'parsing', message, span: { start: 0, end: 0 } }] };
  }
  try {
    return { query: parseQuery(new Parser(source, grammar, parameters)), diagnostics: [] };
  } catch (error) {
    if (!(error instanceof SyntaxFailure)) throw error;
    return { query: null, diagnostics: [diagnosticOf(error)] };
  }
}

/** Reads a lone expression, to the end of the text. */
export function parseExpression(source: SourceText): SyntaxExpression {
  try {
    const parser = new Parser(source, grammar);
    const expression = parser.expression();
    const after = parser.peek();
    if (after.kind !== 'end') parser.mismatch(['<EOF>'], hintAfter(after.text), meantFor(after.text));
    return expression;
  } catch (error) {
    if (!(error instanceof SyntaxFailure)) throw error;
    throw new QueryError(source, [diagnosticOf(error)]);
  }
}

const diagnosticOf = ({ message, span, hint, fix }: SyntaxFailure): Diagnostic => ({
  ...{ kind: 'parsing', message, span },
  ...(hint !== undefined && { hint }),
  ...(fix && { fix }),
});

const grammar: CommandGrammar = {
  isSource: (word) => commandsOf.source.has(word),
  source: parseSource,
  processing: parseProcessing,
};

function parseQuery(parser: Parser): Query {
  const settings: Setting[] = [];
  while (parser.atWord('set')) settings.push(parseSetting(parser));
  const { source, pipeline, ends } = parser.subquery();
  const after = parser.peek();
  if (after.kind !== 'end') parser.mismatch(['<EOF>', "'|'"], hintAfter(after.text), meantFor(after.text));
  return { settings, source, pipeline, ends };
}

function parseSetting(parser: Parser): Setting {
  const start = parser.take().span.start;
  const { value: name } = parser.identifier();
  parser.expectSymbol('=');
  const value = parser.atSymbol('{') ? settingMap(parser) : settingConstant(parser, name);
  parser.expectSymbol(';');
  return { name, value, span: { start, end: parser.end } };
}

function settingMap(parser: Parser): ReadonlyMap<string, LiteralValue> {
  const values = new Map<string, LiteralValue>();
  readMap(parser, (name) => values.set(name, settingConstant(parser, name)));
  return values;
}

function settingConstant(parser: Parser, name: string): LiteralValue {
  const expression = parser.expression();
  if (expression.kind !== 'literal') parser.fail(`Setting [${name}] needs a constant`, expression.span);
  return expression.value;
}

/** What people write in other languages, and how it is said here. */
const misplaced: Readonly<Record<string, string>> = {
  ';': 'leave the semicolon out',
  '=': 'equality is written ==',
  '>': 'unequal is written !=',
  '|': 'either condition: OR; texts are joined with CONCAT',
  between: 'write a >= low AND a <= high',
  ilike: 'write TO_LOWER(field) LIKE "…"',
  regexp: 'regular expressions are matched with RLIKE',
  group: 'the keys of STATS stand behind BY',
  order: 'rows are ordered with | SORT',
  when: 'conditions and values alternate: CASE(condition, value, …, otherwise)',
  dsc: 'the largest first: DESC',
  descending: 'the largest first: DESC',
  ascending: 'the smallest first: ASC',
  having: 'groups are filtered with | WHERE after STATS',
  limit: 'a command begins with |: | LIMIT',
  where: 'a command begins with |: | WHERE',
  sort: 'a command begins with |: | SORT',
  stats: 'a command begins with |: | STATS',
  eval: 'a command begins with |: | EVAL',
  keep: 'a command begins with |: | KEEP',
};

function hintAfter(text: string): string | undefined {
  return own(misplaced, text.toLowerCase());
}

/** What stands for those words here, where that is as short as they are. */
const meant: Readonly<Record<string, string>> = {
  ';': '',
  '=': '==',
  dsc: 'DESC',
  descending: 'DESC',
  ascending: 'ASC',
  ...Object.fromEntries(['limit', 'where', 'sort', 'stats', 'eval', 'keep'].map((w) => [w, `| ${w.toUpperCase()}`])),
};

const meantFor = (text: string): string | undefined => own(meant, text.toLowerCase());

type Kind = 'source' | 'processing';

const byKeyword = (kind: Kind) =>
  new Map(definitions.flatMap((one) => (one.kind === kind ? [[one.keyword as string, one] as const] : [])));
const commandsOf = { source: byKeyword('source'), processing: byKeyword('processing') };
const keywords = (kind: Kind): string[] => [...commandsOf[kind].keys()];

function parseSource(parser: Parser): SourceCommand {
  const token = parser.peek();
  const word = token.text.toLowerCase();
  const definition = commandsOf.source.get(word) as SourceDefinition | undefined;
  if (!definition || token.kind !== 'identifier') {
    const refused = token.kind === 'identifier' ? commandsNotYet.get(word) : undefined;
    if (refused) parser.fail(`the command ${token.text} is not supported: ${refused}`, token.span);
    const next = parser.peekAfter(token);
    const stray = next.kind === 'identifier' && keywords('source').includes(next.text.toLowerCase());
    const select = /^(?:select|search|index)$/.test(word)
      ? 'a query begins with FROM and the index to read'
      : undefined;
    const hint = stray ? `[${token.text}] is left over from a code fence: delete it` : select;
    parser.mismatch(
      keywords('source').map((keyword) => `'${keyword}'`),
      hint,
    );
  }
  parser.take();
  return definition.parse(parser, token.span);
}

/** Commands of other languages. */
const otherNames: Readonly<Record<string, string>> = {
  '|': 'either condition: OR; texts are joined with CONCAT',
  order: 'rows are ordered with SORT',
  group: 'groups are made with STATS … BY',
  select: 'columns are chosen with KEEP',
  project: 'columns are chosen with KEEP',
  extend: 'columns are added with EVAL',
  summarize: 'groups are made with STATS … BY',
  filter: 'rows are filtered with WHERE',
  search: 'rows are filtered with WHERE',
  head: 'the first rows are taken with LIMIT',
  take: 'the first rows are taken with LIMIT',
  top: 'the first rows of an order are taken with SORT and LIMIT',
  join: 'write LOOKUP JOIN index ON key',
};

/** Keywords that some releases have for a command. */
const otherKeywords: Readonly<Record<string, string>> = { inlinestats: 'inline', distinct: 'dedup', limitk: 'limit' };

function parseProcessing(parser: Parser): ProcessingCommand {
  const token = parser.peek();
  const written = token.text.toLowerCase();
  const word = own(otherKeywords, written) ?? written;
  const definition = commandsOf.processing.get(word) as ProcessingDefinition | undefined;
  if (!definition || token.kind !== 'identifier') {
    const refused = token.kind === 'identifier' ? commandsNotYet.get(word) : undefined;
    if (refused) parser.fail(`the command ${token.text} is not supported: ${refused}`, token.span);
    const near = own(otherNames, word) ?? didYouMean(word, keywords('processing')).replace(/^, /, '');
    const [closest] = own(otherNames, word) ? [] : closestMatches(word, keywords('processing'));
    parser.mismatch(
      keywords('processing').map((keyword) => `'${keyword}'`),
      near || undefined,
      closest?.toUpperCase(),
    );
  }
  parser.take();
  return definition.parse(parser, token.span);
}
