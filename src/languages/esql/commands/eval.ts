import type { EvalCommand } from '../syntax/ast.ts';
import type { ProcessingDefinition } from './command.ts';
import { define } from './definitions.ts';

export const evaluate: ProcessingDefinition<EvalCommand> = {
  kind: 'processing',
  keyword: 'eval',
  doc: 'Adds columns computed from others.',
  example: 'ROW a = 1 | EVAL b = a + 1',

  parse(parser, span) {
    return { command: 'eval', fields: parser.namedExpressions(), span };
  },

  analyze(command, input, context) {
    return define(command.fields, input, context, (type, text, { span }) => ({
      message: `EVAL does not support type [${type}] as the return data type of expression [${text}]`,
      span,
    }));
  },
};
