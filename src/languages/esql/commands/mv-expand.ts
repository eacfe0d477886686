import type { MvExpandCommand } from '../syntax/ast.ts';
import type { ProcessingDefinition } from './command.ts';

export const mvExpand: ProcessingDefinition<MvExpandCommand> = {
  kind: 'processing',
  keyword: 'mv_expand',
  doc: 'Makes a row of each value of a column.',
  example: 'ROW a = [1, 2], b = "x" | MV_EXPAND a',

  parse(parser, span) {
    return { command: 'mv_expand', column: parser.qualifiedName(), span };
  },

  analyze(command, input, context) {
    const { name, span } = command.column;
    const source = input.output.find((column) => column.name === name);
    if (!source) {
      context.unknownColumn(name, span, input.output);
      return input;
    }
    if (source.type === 'unsupported') context.resolve({ kind: 'name', name, span }, input.output);
    if (source.invalid || !source.multi) return input;
    const column = context.column(name, source.type, false);
    const output = input.output.map((other) => (other === source ? column : other));
    const expanded = { kind: 'expand', input, source, column, output } as const;
    return { kind: 'project', input: expanded, output };
  },
};
