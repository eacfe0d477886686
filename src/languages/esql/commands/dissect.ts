import { readDissect } from '../../../values/dissect.ts';
import type { DissectCommand } from '../syntax/ast.ts';
import type { ProcessingDefinition } from './command.ts';
import { parsedColumns, requireText } from './parsed-columns.ts';

export const dissect: ProcessingDefinition<DissectCommand> = {
  kind: 'processing',
  keyword: 'dissect',
  doc: 'Takes a text apart at delimiters.',
  example: 'ROW a = "2026-03-10 srv-01 login" | DISSECT a "%{date} %{host} %{event}"',

  parse(parser, span) {
    const value = parser.expression();
    const token = parser.peek();
    if (token.kind !== 'string') parser.mismatch(['QUOTED_STRING']);
    parser.take();
    let separator = '';
    while (parser.peek().kind === 'identifier') {
      const option = parser.take();
      if (option.text.toLowerCase() !== 'append_separator')
        parser.fail(`Invalid option for dissect: [${option.text.toLowerCase()}]`, option.span);
      parser.expectSymbol('=');
      const given = parser.peek();
      if (given.kind !== 'string')
        parser.fail(
          `Invalid value for dissect append_separator: expected a string, but was [${given.text}]`,
          given.span,
        );
      separator = parser.take().value;
    }
    const pattern = readDissect(token.value);
    if ('error' in pattern) parser.fail(pattern.error, token.span);
    return { command: 'dissect', value, pattern: token.value, separator, span };
  },

  analyze(command, input, context) {
    const value = context.resolve(command.value, input.output);
    if (!requireText(value, 'Dissect', context)) return input;
    const { pattern, separator } = command;
    const read = readDissect(pattern);
    if ('error' in read) throw new Error(read.error);
    const columns = read.columns.map(({ name }) => ({ name, type: 'keyword' as const, several: false }));
    return parsedColumns(input, value, { name: 'dissect', pattern, separator }, columns, context);
  },
};
