import type { Expression } from '../../../plan/expression.ts';
import { orderOf, type Plan } from '../../../plan/nodes.ts';
import type { LimitCommand, SyntaxExpression } from '../syntax/ast.ts';
import type { Parser } from '../syntax/parser.ts';
import type { ProcessingDefinition } from './command.ts';
import { isGrouping, isOfRow } from './grouping-calls.ts';
import { latestFirst } from './series.ts';

export const limit: ProcessingDefinition<LimitCommand> = {
  kind: 'processing',
  keyword: 'limit',
  doc: 'Keeps at most N rows; with BY, at most N of each group.',
  example: 'ROW a = [1, 1, 2] | MV_EXPAND a | LIMIT 1 BY a',

  parse(parser, span) {
    return { command: 'limit', ...parseCount(parser, 'LIMIT'), span };
  },

  analyze({ count, by }, input, context) {
    const { output } = input;
    if (!by) return { kind: 'limit', input: latestFirst(input), count, output };
    const keys = by.map((key) => context.resolve(key, output, buckets)).filter((key) => key.kind !== 'invalid');
    return firstOfEach(input, count, keys);

    // The bucket of a row is known from the row; its category is not.
    function buckets(node: SyntaxExpression): Expression | undefined {
      return isGrouping(node) && !isOfRow(node) ? context.resolve(node, output) : undefined;
    }
  },
};

/** How many rows, and what they must have in common to count together. */
export function parseCount(parser: Parser, command: string): Pick<LimitCommand, 'count' | 'by'> {
  const start = parser.peek().span.start;
  const expression = parser.expression();
  const at = { start, end: parser.end };
  const count = expression.kind === 'literal' && typeof expression.value === 'bigint' ? expression.value : -1n;
  if (count < 0n) {
    const type =
      expression.kind === 'literal' ? (expression.type === 'keyword' ? 'String' : expression.type) : 'expression';
    parser.fail(
      `Invalid value for ${command} [${parser.source.slice(at)}: ${type}], expecting a non negative integer`,
      at,
    );
  }
  return { count, by: parser.acceptWord('by') ? parser.separated(() => parser.expression()) : null };
}

/** The first N rows of each group, in the order that the rows have. */
export function firstOfEach(input: Plan, count: bigint, keys: readonly Expression[]): Plan {
  const { output } = input;
  const order = orderOf(input);
  const limited: Plan = { kind: 'limitBy', input, count, keys, order, output };
  return order.length > 0 ? { kind: 'sort', input: limited, keys: order, output } : limited;
}
