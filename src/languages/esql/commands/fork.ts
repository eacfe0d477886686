import type { Span } from '../../../diagnostics/source-text.ts';
import type { Column } from '../../../plan/column.ts';
import { constant } from '../../../plan/expression.ts';
import type { Plan } from '../../../plan/nodes.ts';
import type { EsqlType } from '../../../values/types.ts';
import { isString, messageName } from '../../../values/types.ts';
import type { ForkCommand, ProcessingCommand } from '../syntax/ast.ts';
import type { AnalysisContext, ProcessingDefinition } from './command.ts';

const mostBranches = 8;

export const fork: ProcessingDefinition<ForkCommand> = {
  kind: 'processing',
  keyword: 'fork',
  since: '8.19',
  doc: 'Sends the rows down several pipelines, and puts their results together.',
  example: 'ROW a = 1 | FORK (WHERE a > 0) (EVAL b = 2)',

  parse(parser, span) {
    const branches: ProcessingCommand[][] = [];
    while (parser.acceptSymbol('(')) {
      const commands: ProcessingCommand[] = [];
      do commands.push(parser.processingCommand());
      while (parser.acceptSymbol('|'));
      parser.expectSymbol(')');
      branches.push(commands);
    }
    const whole = { start: span.start, end: parser.end };
    if (branches.length === 0) parser.mismatch([`'('`]);
    if (branches.length > mostBranches) parser.fail(`Fork supports up to ${mostBranches} branches`, whole);
    return { command: 'fork', branches, span: whole };
  },

  analyze(command, input, context) {
    const plans = command.branches.map((branch, i) => {
      const plan = context.pipeline(branch, input);
      const name = context.column('_fork', 'keyword', false);
      const definitions = [{ column: name, expression: constant('keyword', `fork${i + 1}`, command.span) }];
      const named: Plan = { kind: 'compute', input: plan, definitions, output: [...plan.output, name] };
      return { ...named, output: [...plan.output.filter((column) => column.name !== '_fork'), name] };
    });
    return unionByName(plans, 'FORK branches', command.span, context);
  },
};

/** The rows of several plans under common names; columns that a plan has not are null there. */
export function unionByName(plans: readonly Plan[], what: string, span: Span, context: AnalysisContext): Plan {
  const columns = new Map<string, Pick<Column, 'type' | 'multi' | 'isUnnamed'>>();
  for (const { output } of plans) {
    for (const { name, type, multi, isUnnamed } of output) {
      const known = columns.get(name);
      const common = known ? commonType(known.type, type) : type;
      if (common === null)
        context.report(
          `Column [${name}] has conflicting data types in ${what}: [${messageName(known!.type).toUpperCase()}] and [${messageName(type).toUpperCase()}]`,
          span,
        );
      columns.set(name, {
        type: common ?? type,
        multi: multi || (known?.multi ?? false),
        ...((known ? known.isUnnamed && isUnnamed : isUnnamed) && { isUnnamed: true }),
      });
    }
  }
  const output = [...columns].map(([name, about]) => ({ ...context.column(name, about.type, about.multi), ...about }));
  return {
    kind: 'union',
    branches: plans.map((plan) => {
      const own = new Map(plan.output.map((column) => [column.name, column]));
      return { plan, columns: output.map(({ name }) => own.get(name) ?? null) };
    }),
    output,
  };
}

/** The type of a column that one branch has as `a` and another as `b`; null when they do not go together. */
export function commonType(a: EsqlType, b: EsqlType): EsqlType | null {
  if (a === b || b === 'null') return a;
  if (a === 'null') return b;
  return isString(a) && isString(b) ? 'keyword' : null;
}
