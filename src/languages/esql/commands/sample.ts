import type { SampleCommand } from '../syntax/ast.ts';
import type { ProcessingDefinition } from './command.ts';

export const sample: ProcessingDefinition<SampleCommand> = {
  kind: 'processing',
  keyword: 'sample',
  since: '8.19',
  doc: 'Keeps each row with a probability.',
  example: 'ROW a = 1 | SAMPLE 0.5',

  parse(parser, span) {
    const start = parser.peek().span.start;
    const expression = parser.expression();
    const at = { start, end: parser.end };
    const value = expression.kind === 'literal' && expression.type === 'double' ? Number(expression.value) : Number.NaN;
    if (!(value > 0 && value < 1))
      parser.fail(
        `invalid value for SAMPLE probability [${parser.source.slice(at)}], expecting a number between 0 and 1, exclusive`,
        at,
      );
    return { command: 'sample', probability: value, span };
  },

  analyze: (command, input) => ({ kind: 'sample', input, probability: command.probability, output: input.output }),
};
