import { isInDocument, isSpatial, messageName } from '../../../values/types.ts';
import type { HarrierPreviousCommand } from '../syntax/ast.ts';
import type { ProcessingDefinition } from './command.ts';

export const previous: ProcessingDefinition<HarrierPreviousCommand> = {
  kind: 'processing',
  keyword: 'harrier_previous',
  since: 'harrier',
  doc: 'Adds the value that the row before had, in the order of a key and within each group: of `@timestamp` it gives the time to the event before.',
  example:
    'ROW t = [1, 4, 9, 2], h = "a" | MV_EXPAND t | HARRIER_PREVIOUS before = t ON t BY h | EVAL gap = t - before | SORT t',

  parse(parser, span) {
    const { name } = parser.qualifiedName();
    parser.expectSymbol('=');
    const value = parser.expression();
    const key = parser.acceptWord('on') ? parser.expression() : { kind: 'name' as const, name: '@timestamp', span };
    const groups = parser.acceptWord('by') ? parser.separated(() => parser.expression()) : [];
    return { command: 'harrier_previous', name, value, key, groups, span: { start: span.start, end: parser.end } };
  },

  analyze({ name, ...command }, input, context) {
    const [value, key, ...groups] = [command.value, command.key, ...command.groups].map((expression) =>
      context.resolve(expression, input.output),
    );
    const kept = input.output.filter((column) => column.name !== name);
    if ([value!, key!, ...groups].some(({ kind }) => kind === 'invalid'))
      return { kind: 'project', input, output: [...kept, context.invalidColumn(name)] };
    if (isSpatial(key!.type) || isInDocument(key!.type) || key!.type === '_source')
      context.report(
        `HARRIER_PREVIOUS cannot order by [${context.text(key!.span)}] of type [${messageName(key!.type)}]`,
        key!.span,
      );
    const column = context.column(name, value!.type, value!.multi);
    const order = [{ expression: key!, descending: false, nulls: 'last' } as const];
    const made = { kind: 'previous', input, value: value!, column, groups, order } as const;
    return { kind: 'project', input: { ...made, output: [...input.output, column] }, output: [...kept, column] };
  },
};
