import type { RowCommand } from '../syntax/ast.ts';
import type { SourceDefinition } from './command.ts';
import { define } from './definitions.ts';

export const row: SourceDefinition<RowCommand> = {
  kind: 'source',
  keyword: 'row',
  doc: 'Makes one row of constants: good for trying things out.',
  example: 'ROW a = 1, b = "x", c = [1, 2]',

  parse(parser, span) {
    return { command: 'row', fields: parser.namedExpressions(), span };
  },

  analyze(command, context) {
    return define(command.fields, { kind: 'oneRow', output: [] }, context, (_, text, { expression }) => ({
      message: `cannot use [${text}] directly in a row assignment`,
      span: expression.span,
    }));
  },
};
