import type { LimitCommand } from '../syntax/ast.ts';
import type { ProcessingDefinition } from './command.ts';

export const limit: ProcessingDefinition<LimitCommand> = {
  kind: 'processing',
  keyword: 'limit',
  doc: 'Keeps at most so many rows.',
  example: 'ROW a = 1 | LIMIT 10',

  parse(parser, span) {
    const start = parser.peek().span.start;
    const expression = parser.expression();
    const at = { start, end: parser.end };
    const count = expression.kind === 'literal' && typeof expression.value === 'bigint' ? expression.value : -1n;
    if (count < 0n) {
      const type =
        expression.kind === 'literal' ? (expression.type === 'keyword' ? 'String' : expression.type) : 'expression';
      parser.fail(
        `Invalid value for LIMIT [${parser.source.slice(at)}: ${type}], expecting a non negative integer`,
        at,
      );
    }
    if (parser.atWord('by')) parser.fail('LIMIT … BY is not supported yet', parser.peek().span);
    return { command: 'limit', count, span };
  },

  analyze(command, input) {
    return { kind: 'limit', input, count: command.count, output: input.output };
  },
};
