import type { Span } from '../../../diagnostics/source-text.ts';
import type { Expression } from '../../../plan/expression.ts';
import type { Plan, TextParser } from '../../../plan/nodes.ts';
import type { EsqlType } from '../../../values/types.ts';
import { isString } from '../../../values/types.ts';
import type { SyntaxExpression } from '../syntax/ast.ts';
import type { Parser } from '../syntax/parser.ts';
import type { AnalysisContext } from './command.ts';

/** Takes a text apart into new columns at the end; columns of these names are replaced. */
export function parsedColumns(
  input: Plan,
  value: Expression,
  parser: TextParser,
  names: readonly { readonly name: string; readonly type: EsqlType; readonly several: boolean }[],
  context: AnalysisContext,
  warns?: Span,
): Plan {
  // Patterns fit each of several texts; a command that names the parts takes one.
  const joins = (parser.name === 'dissect' || parser.name === 'grok') && value.multi;
  const columns = names.map(({ name, type, several }) => context.column(name, type, several || joins));
  const kept = input.output.filter((column) => !names.some(({ name }) => name === column.name));
  const output = [...kept, ...columns];
  // Of nothing comes nothing.
  if (value.type === 'null') {
    const nothing = { kind: 'constant', value: null, multi: false, span: value.span } as const;
    const definitions = columns.map((column) => ({ column, expression: { ...nothing, type: column.type } }));
    const computed: Plan = { kind: 'compute', input, definitions, output: [...input.output, ...columns] };
    return { kind: 'project', input: computed, output };
  }
  const parsed: Plan = {
    kind: 'parse',
    ...{ input, value, parser, columns },
    ...(warns && { warns }),
    output: [...input.output, ...columns],
  };
  return { kind: 'project', input: parsed, output };
}

/** `prefix = value`, with which commands begin that make columns of the parts of a value; `end`: where the value ends. */
export function prefixedValue(parser: Parser): { prefix: string; value: SyntaxExpression; end: number } {
  const { name: prefix } = parser.qualifiedName();
  parser.expectSymbol('=');
  const value = parser.expression();
  return { prefix, value, end: parser.end };
}

/** Reports what a command that takes texts apart cannot read. */
export function requireText(value: Expression, command: string, context: AnalysisContext): boolean {
  if (value.kind === 'invalid') return false;
  if (isString(value.type) || value.type === 'null') return true;
  context.report(
    `${command} only supports KEYWORD or TEXT values, found expression [${context.text(value.span)}] type [${(value.type === 'date' ? 'datetime' : value.type).toUpperCase()}]`,
    value.span,
  );
  return false;
}
