import type { Span } from '../../../diagnostics/source-text.ts';
import type { Column } from '../../../plan/column.ts';
import type { Expression } from '../../../plan/expression.ts';
import { type Plan, type ScanColumn, sortOf } from '../../../plan/nodes.ts';
import { conjuncts } from '../../../plan/time-bounds.ts';
import { type EsqlType, isNumeric, isString, messageName } from '../../../values/types.ts';
import type { LookupJoinCommand, SyntaxExpression } from '../syntax/ast.ts';
import type { AnalysisContext, ProcessingDefinition } from './command.ts';
import { requireCondition } from './where.ts';

export const lookupJoin: ProcessingDefinition<LookupJoinCommand> = {
  kind: 'processing',
  keyword: 'lookup',
  since: '8.18',
  doc: 'Adds the columns of an index whose keys fit; a row for each document that does.',
  example: 'FROM logs-endpoint.events.network-* | LOOKUP JOIN assets ON host.name',

  parse(parser, span) {
    parser.expectWord('join');
    const index = parser.indexPattern();
    parser.expectWord('on');
    const conditions: SyntaxExpression[] = parser.separated(() => parser.expression());
    return { command: 'lookup', index, conditions, span: { start: span.start, end: parser.end } };
  },

  analyze(command, input, context) {
    const right = scanOf(command, context);
    if (!right) {
      context.forgetColumns();
      return input;
    }
    const names = command.conditions.every((condition) => condition.kind === 'name');
    return names ? onNames(command, input, right, context) : onCondition(command, input, right, context);
  },
};

/** Every field of the one index that is looked up. */
function scanOf(command: LookupJoinCommand, context: AnalysisContext): Plan | null {
  const { catalogue } = context;
  const { text, span } = command.index;
  const [behind = text, ...others] = catalogue.aliases?.get(text) ?? [];
  const index = others.length > 0 ? undefined : catalogue.indices.find(({ name }) => name === behind);
  if (!index) {
    if (/[*,]/.test(text)) context.report(`invalid index pattern [${text}], * is not allowed in LOOKUP JOIN`, span);
    else context.report(`Unknown index [${text}]`, span);
    return null;
  }
  if (index.mode !== undefined && index.mode !== 'lookup') {
    context.report(
      `Lookup Join requires a single lookup mode index; [${text}] resolves to [${text}] in [${index.mode}] mode`,
      span,
    );
    return null;
  }
  const fields = [...catalogue.fieldsOf([index.name])].sort((a, b) => (a.name < b.name ? -1 : 1));
  const columns = fields.map(
    (field): ScanColumn => ({
      column: {
        ...context.column(field.name, field.type, field.listColumn !== null),
        ...(field.isUnmapped && !context.mentioned.has(field.name) && { isUnnamed: true }),
      },
      source: field,
    }),
  );
  return { kind: 'scan', indices: [index.name], columns, output: columns.map(({ column }) => column) };
}

type Side = { readonly left: Column; readonly right: Column };

function onNames(command: LookupJoinCommand, input: Plan, right: Plan, context: AnalysisContext): Plan {
  const on: Side[] = [];
  for (const condition of command.conditions) {
    if (condition.kind !== 'name') continue;
    const { name, span } = condition;
    const left = input.output.find((column) => column.name === name);
    const own = right.output.find((column) => column.name === name);
    if (!left) context.report(`Unknown column [${name}] in left side of join`, span);
    if (!own) context.report(`Unknown column [${name}] in right side of join`, span);
    if (left && own && !left.invalid && comparableSides(left, own, span, context)) on.push({ left, right: own });
  }
  const keys = new Set(on.map((key) => key.right.id));
  const taken = right.output.filter((column) => !keys.has(column.id));
  return joined(command, input, right, on, null, taken, context);
}

/** Types that can be looked up, and with which: numbers with numbers, texts with texts. */
function comparableSides(left: Column, right: Column, span: Span, context: AnalysisContext): boolean {
  const impossible: readonly EsqlType[] = ['version', 'unsigned_long', 'geo_point', 'text', 'unsupported'];
  if (impossible.includes(right.type)) {
    context.report(
      `JOIN with right field [${right.name}] of type [${right.type.toUpperCase()}] is not supported`,
      span,
    );
    return false;
  }
  const same =
    left.type === 'null' ||
    left.type === right.type ||
    (isNumeric(left.type) && isNumeric(right.type)) ||
    (isString(left.type) && isString(right.type));
  if (same) return true;
  context.report(
    `JOIN left field [${left.name}] of type [${messageName(left.type).toUpperCase()}] is incompatible with right field [${right.name}] of type [${messageName(right.type).toUpperCase()}]`,
    span,
  );
  return false;
}

/** Conditions over the columns of both sides; the names of the two must differ. */
function onCondition(command: LookupJoinCommand, input: Plan, right: Plan, context: AnalysisContext): Plan {
  const scope = [
    ...input.output,
    ...right.output.filter((column) => !input.output.some((other) => other.name === column.name)),
  ];
  const on: Side[] = [];
  let rest: Expression | null = null;
  for (const condition of command.conditions) {
    const resolved = context.resolve(condition, scope);
    requireCondition(resolved, context);
    for (const part of conjuncts(resolved)) {
      if (part.kind === 'invalid') continue;
      const sides = equality(part, input, right);
      if (sides) on.push(sides);
      else rest = rest ? and(context, rest, part) : part;
    }
  }
  return joined(command, input, right, on, rest, right.output, context);
}

function and(context: AnalysisContext, left: Expression, right: Expression): Expression {
  return context.both(left, right);
}

/** `left == right`, in either order. */
function equality(expression: Expression, input: Plan, right: Plan): Side | null {
  if (expression.kind !== 'call' || expression.function !== '==') return null;
  const [a, b] = expression.args;
  if (a?.kind !== 'column' || b?.kind !== 'column') return null;
  const of = (plan: Plan, column: Column): boolean => plan.output.some((other) => other.id === column.id);
  if (of(input, a.column) && of(right, b.column)) return { left: a.column, right: b.column };
  return of(input, b.column) && of(right, a.column) ? { left: b.column, right: a.column } : null;
}

function joined(
  command: LookupJoinCommand,
  input: Plan,
  right: Plan,
  on: readonly Side[],
  condition: Expression | null,
  columns: readonly Column[],
  context: AnalysisContext,
): Plan {
  const sort = sortOf(input);
  if (sort)
    context.warn(
      'SORT is followed by a LOOKUP JOIN which does not preserve order; add another SORT after the LOOKUP JOIN if order is required',
      sort.span ?? command.span,
    );
  const taken = columns.map((source) => {
    const { name, type, multi, isUnnamed } = source;
    return { source, column: { ...context.column(name, type, multi), ...(isUnnamed && { isUnnamed }) } };
  });
  const names = new Set(taken.map(({ column }) => column.name));
  const kept = input.output.filter(({ name }) => !names.has(name));
  const join: Plan = {
    kind: 'join',
    input,
    right,
    on,
    nullsMatch: false,
    condition,
    collect: false,
    warns: command.span,
    taken,
    output: [...input.output, ...taken.map(({ column }) => column)],
  };
  const sorted: Plan = sort ? { ...sort, input: join, output: join.output } : join;
  return { kind: 'project', input: sorted, output: [...kept, ...taken.map(({ column }) => column)] };
}
