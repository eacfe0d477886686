import { reference } from '../../../plan/expression.ts';
import type { DedupCommand } from '../syntax/ast.ts';
import type { ProcessingDefinition } from './command.ts';
import { firstOfEach } from './limit.ts';

export const dedup: ProcessingDefinition<DedupCommand> = {
  kind: 'processing',
  keyword: 'dedup',
  since: '9.6',
  doc: 'Keeps one of the rows that are alike in every column. DISTINCT is another name of it.',
  example: 'ROW a = [1, 1] | MV_EXPAND a | DEDUP',

  parse: (_, span) => ({ command: 'dedup', span }),

  analyze(command, input) {
    const keys = input.output
      .filter(({ invalid, type }) => !invalid && type !== 'unsupported')
      .map((column) => reference(column, command.span));
    // Rows without columns are all alike.
    return keys.length > 0 ? firstOfEach(input, 1n, keys) : { kind: 'limit', input, count: 1n, output: input.output };
  },
};
