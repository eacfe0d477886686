import { isCounter, isInDocument, isSpatial } from '../../../values/types.ts';
import type { SortCommand } from '../syntax/ast.ts';
import type { ProcessingDefinition } from './command.ts';

export const sort: ProcessingDefinition<SortCommand> = {
  kind: 'processing',
  keyword: 'sort',
  doc: 'Orders rows. Nulls come last going up, first going down, unless NULLS FIRST or NULLS LAST says otherwise.',
  example: 'ROW a = [1, 2] | SORT a DESC NULLS LAST',

  parse(parser, span) {
    const keys = parser.separated(() => {
      const start = parser.peek().span.start;
      const expression = parser.expression();
      const descending = parser.acceptWord('desc');
      if (!descending) parser.acceptWord('asc');
      let nulls: 'first' | 'last' = descending ? 'first' : 'last';
      if (parser.acceptWord('nulls')) {
        if (parser.acceptWord('first')) nulls = 'first';
        else if (parser.acceptWord('last')) nulls = 'last';
        else parser.mismatch(["'first'", "'last'"]);
      }
      return { expression, descending, nulls, span: { start, end: parser.end } };
    });
    return { command: 'sort', keys, span };
  },

  analyze(command, input, context) {
    const keys = command.keys.map(({ expression, descending, nulls }) => {
      const resolved = context.resolve(expression, input.output);
      if ([isSpatial, isInDocument, isCounter].some((is) => is(resolved.type)) || resolved.type === '_source') {
        context.report(`cannot sort on ${resolved.type}`, resolved.span);
      }
      return { expression: resolved, descending, nulls };
    });
    return { kind: 'sort', input, keys, span: command.span, output: input.output };
  },
};
