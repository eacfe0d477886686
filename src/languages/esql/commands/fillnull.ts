import type { Column } from '../../../plan/column.ts';
import { type Constant, constant, type Expression, reference } from '../../../plan/expression.ts';
import type { Plan } from '../../../plan/nodes.ts';
import { type EsqlType, isNumeric, isString, messageName } from '../../../values/types.ts';
import type { FillNullCommand } from '../syntax/ast.ts';
import type { AnalysisContext, ProcessingDefinition } from './command.ts';
import { matching } from './keep.ts';

export const fillNull: ProcessingDefinition<FillNullCommand> = {
  kind: 'processing',
  keyword: 'fillnull',
  doc: 'Puts a value where columns have none: a given one, or with `DEFAULT` the empty text, nought or false.',
  example: 'ROW a = null::keyword, b = 1 | FILLNULL "none" ON a',

  parse(parser, span) {
    const value = parser.acceptWord('default') ? null : parser.expression();
    if (value && value.kind !== 'literal') parser.fail('FILLNULL takes a constant or DEFAULT', value.span);
    parser.expectWord('on');
    const patterns = parser.separated(() => parser.namePattern());
    return { command: 'fillnull', value, patterns, span: { start: span.start, end: parser.end } };
  },

  analyze(command, input, context) {
    const { patterns, span } = command;
    const chosen = new Set(patterns.flatMap((pattern) => matching(pattern, input.output, context)));
    const given = command.value && context.resolve(command.value, []);
    const definitions: { column: Column; expression: Expression }[] = [];
    const left: Column[] = [];
    for (const column of chosen) {
      const named = patterns.some(({ text, wildcard }) => !wildcard && text === column.name);
      const fill = given ? filling(given as Constant, column, context) : fallback(column, span);
      if (fill)
        definitions.push({
          column: filled(column, context),
          expression: context.coalesce(reference(column, span), fill),
        });
      else if (!given && named)
        context.warn(
          `[FILLNULL] field [${column.name}] of type [${messageName(column.type)}] has no default fill value and was left unchanged; provide an explicit value`,
          span,
        );
      else if (!given) left.push(column);
      else if (named && column.type !== 'null' && given.type !== 'null' && !column.invalid)
        context.report(
          `[FILLNULL] value [${context.text(given.span)}] of type [${messageName(given.type)}] cannot fill field [${column.name}] of type [${messageName(column.type)}]`,
          given.span,
        );
    }
    if (left.length > 0)
      context.warn(
        `[FILLNULL] the following fields have no default fill value for their type and were left unchanged: [${firstNames(left)}]; provide an explicit value${cutOff(left)}`,
        span,
      );
    if (definitions.length === 0) return input;
    const computed: Plan = {
      kind: 'compute',
      input,
      definitions,
      output: [...input.output, ...definitions.map(({ column }) => column)],
    };
    // Filled columns stay where they are.
    const output = input.output.map(
      (column) => definitions.find((made) => made.column.name === column.name)?.column ?? column,
    );
    return { kind: 'project', input: computed, output };
  },
};

const mostNamed = 10;

/** The names of columns, up to the number that a warning has room for. */
const firstNames = (columns: readonly Column[]): string =>
  columns
    .slice(0, mostNamed)
    .map(({ name }) => name)
    .join(', ');

const cutOff = ({ length }: readonly Column[]): string =>
  length > mostNamed ? `; only the first ${mostNamed} of ${length} fields are shown` : '';

const filled = (column: Column, context: AnalysisContext): Column =>
  context.column(column.name, isString(column.type) ? 'keyword' : column.type, column.multi);

/** What DEFAULT stands for; null for types that have no such value. */
function fallback({ type }: Column, span: FillNullCommand['span']): Constant | null {
  if (isString(type)) return constant('keyword', '', span);
  if (type === 'boolean') return constant(type, false, span);
  if (type === 'double') return constant(type, 0, span);
  return isNumeric(type) ? constant(type, 0n, span) : null;
}

const bounds: Partial<Record<EsqlType, readonly [bigint, bigint]>> = {
  integer: [-(2n ** 31n), 2n ** 31n - 1n],
  long: [-(2n ** 63n), 2n ** 63n - 1n],
  unsigned_long: [0n, 2n ** 64n - 1n],
};

/** A literal as a value of the column's type; null when it is none. */
function filling(given: Constant, { type }: Column, context: AnalysisContext): Constant | null {
  const { value, span } = given;
  if (value === null || type === 'null') return null;
  if (isString(given.type))
    return isString(type)
      ? constant('keyword', value, span)
      : isNumeric(type)
        ? null
        : context.castLiteral(given, type);
  if (given.type === type) return given;
  if (typeof value !== 'bigint') return null;
  if (type === 'double') return constant(type, Number(value), span);
  const range = bounds[type];
  return range && value >= range[0] && value <= range[1] ? constant(type, value, span) : null;
}
