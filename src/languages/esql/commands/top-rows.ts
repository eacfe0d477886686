import type { Plan } from '../../../plan/nodes.ts';
import type { BottomkCommand, TopkCommand } from '../syntax/ast.ts';
import type { Parser } from '../syntax/parser.ts';
import type { AnalysisContext, ProcessingDefinition } from './command.ts';
import { limit, parseCount } from './limit.ts';
import { sort } from './sort.ts';

export const topk: ProcessingDefinition<TopkCommand> = {
  kind: 'processing',
  keyword: 'topk',
  since: '9.6',
  doc: 'Keeps the N rows with the largest values, nulls before them; with BY, N of each group. It is SORT … DESC and LIMIT in one. LIMITK is another name of LIMIT.',
  example: 'ROW a = [1, 2, 3] | MV_EXPAND a | TOPK a, 2',
  parse: (parser, span) => ({ command: 'topk', ...parseRanked(parser, 'TOPK'), span }),
  analyze: (command, input, context) => ranked(command, true, input, context),
};

export const bottomk: ProcessingDefinition<BottomkCommand> = {
  kind: 'processing',
  keyword: 'bottomk',
  since: '9.6',
  doc: 'Keeps the N rows with the smallest values; with BY, N of each group. It is SORT and LIMIT in one.',
  example: 'ROW a = [1, 2, 3], b = "x" | MV_EXPAND a | BOTTOMK a, 1 BY b',
  parse: (parser, span) => ({ command: 'bottomk', ...parseRanked(parser, 'BOTTOMK'), span }),
  analyze: (command, input, context) => ranked(command, false, input, context),
};

function parseRanked(parser: Parser, command: string): Pick<TopkCommand, 'value' | 'count' | 'by'> {
  const value = parser.expression();
  parser.expectSymbol(',');
  return { value, ...parseCount(parser, command) };
}

function ranked(
  { value, count, by, span }: TopkCommand | BottomkCommand,
  descending: boolean,
  input: Plan,
  context: AnalysisContext,
): Plan {
  const key = { expression: value, descending, nulls: descending ? 'first' : 'last', span: value.span } as const;
  const sorted = sort.analyze({ command: 'sort', keys: [key], span }, input, context);
  return limit.analyze({ command: 'limit', count, by, span }, sorted, context);
}
