import type { Plan, SortKey } from '../../../plan/nodes.ts';
import { isNumeric, isSpatial, messageName } from '../../../values/types.ts';
import type { ChangePointCommand } from '../syntax/ast.ts';
import type { ProcessingDefinition } from './command.ts';

export const changePoint: ProcessingDefinition<ChangePointCommand> = {
  kind: 'processing',
  keyword: 'change_point',
  since: '8.19',
  doc: 'Marks the row at which a series changes: a spike, a dip, a new level, trend or distribution. It takes 22 values.',
  example:
    'ROW k = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24] | MV_EXPAND k | EVAL v = CASE(k < 13, 0, 42) | CHANGE_POINT v ON k | WHERE type IS NOT NULL',

  parse(parser, span) {
    const column = () => ({ kind: 'name' as const, ...parser.qualifiedName() });
    const value = column();
    const key = parser.acceptWord('on') ? column() : { kind: 'name' as const, name: '@timestamp', span };
    let [type, pvalue] = ['type', 'pvalue'];
    if (parser.acceptWord('as')) {
      type = parser.qualifiedName().name;
      parser.expectSymbol(',');
      pvalue = parser.qualifiedName().name;
    }
    const groups = parser.acceptWord('by') ? parser.separated(() => parser.expression()) : [];
    const whole = { start: span.start, end: parser.end };
    return { command: 'change_point', value, key, type, pvalue, groups, span: whole };
  },

  analyze(command, input, context) {
    const [value, key, ...groups] = [command.value, command.key, ...command.groups].map((expression) =>
      context.resolve(expression, input.output),
    );
    const type = context.column(command.type, 'keyword', false);
    const pvalue = context.column(command.pvalue, 'double', false);
    const made = type.name === pvalue.name ? [pvalue] : [type, pvalue];
    const output = [...input.output.filter(({ name }) => !made.some((column) => column.name === name)), ...made];
    const refuse = (problem: string, at: ChangePointCommand['span']): void =>
      context.report(`change point ${problem}`, at);
    if (value!.kind !== 'invalid' && value!.type !== 'null' && !isNumeric(value!.type))
      refuse(`value [${context.text(value!.span)}] must be numeric, found [${messageName(value!.type)}]`, value!.span);
    if (key!.kind !== 'invalid' && (isSpatial(key!.type) || key!.type === '_source'))
      refuse(`key [${context.text(key!.span)}] must be sortable`, key!.span);
    if ([value!, key!, ...groups].some((expression) => expression.kind === 'invalid'))
      return {
        kind: 'project',
        input,
        output: output.map((column) => (made.includes(column) ? context.invalidColumn(column.name) : column)),
      };
    const up = (expression: SortKey['expression']): SortKey => ({ expression, descending: false, nulls: 'last' });
    const order = [up(key!)];
    const found: Plan = {
      kind: 'changePoint',
      input,
      value: value!,
      order,
      groups,
      span: command.span,
      type,
      pvalue,
      output: [...input.output, type, pvalue],
    };
    const sorted: Plan = { kind: 'sort', input: found, keys: [...groups.map(up), ...order], output: found.output };
    return { kind: 'project', input: sorted, output };
  },
};
