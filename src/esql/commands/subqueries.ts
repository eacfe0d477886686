import type { Span } from '../../diagnostics/source-text.ts';
import type { EsqlType } from '../../values/types.ts';
import type { ScalarFunction } from '../functions/definition.ts';
import { findFunction } from '../functions/table.ts';
import type { Column } from '../plan/column.ts';
import { type Expression, reference } from '../plan/expression.ts';
import type { Plan } from '../plan/nodes.ts';
import type { AnalysisContext } from './command.ts';
import { commonType } from './fork.ts';

/**
 * The rows of indices and subqueries under common names. A column of conflicting types is of no type, as one of several
 * indices is: conversions read each of its types, and nothing else does.
 */
export function unionOfSubqueries(given: readonly Plan[], span: Span, context: AnalysisContext): Plan {
  const before = given.map(columnsByName);
  const names = [...new Set(before.flatMap((columns) => [...columns.keys()]))];
  const inNanos = new Set(names.filter((name) => mixesDates(before.flatMap((columns) => typesOf(columns.get(name))))));
  const plans = given.map((plan) => withNanos(plan, inNanos, span, context));
  const byName = new Map(plans.map((plan) => [plan, columnsByName(plan)]));
  const visible: Column[] = [];
  const sources: ((plan: Plan) => Column | null)[] = [];
  const hidden: { column: Column; find: (plan: Plan) => Column | null }[] = [];
  for (const name of names) {
    const of = (plan: Plan): Column | null => byName.get(plan)!.get(name) ?? null;
    const all = plans.flatMap((plan) => partsOf(of(plan)));
    const common = all.map(({ type }) => type).reduce<EsqlType | null>((a, b) => a && commonType(a, b), 'null');
    const multi = all.some((column) => column.multi);
    sources.push(of);
    if (common !== null || all.some(({ type }) => type === 'unsupported')) {
      const isField = all.some((column) => column.field);
      const isUnnamed = all.every((column) => column.isUnnamed);
      const column = context.column(name, common ?? 'unsupported', multi);
      visible.push({ ...column, ...(isField && { field: true }), ...(isUnnamed && { isUnnamed }) });
      continue;
    }
    const variants = [...new Set(all.map(({ type }) => type))]
      .filter((type) => type !== 'null')
      .map((type) => ({ column: context.column(name, type, multi), indices: [] }));
    visible.push({ ...context.column(name, 'unsupported', false), variants });
    for (const { column } of variants)
      hidden.push({ column, find: (plan) => partsOf(of(plan)).find(({ type }) => type === column.type) ?? null });
  }
  const find = [...sources, ...hidden.map((column) => column.find)];
  const union: Plan = {
    kind: 'union',
    branches: plans.map((plan) => ({ plan, columns: find.map((search) => search(plan)) })),
    output: [...visible, ...hidden.map(({ column }) => column)],
  };
  return hidden.length === 0 ? union : { kind: 'project', input: union, output: visible };
}

/** A column under each of the types that it has. */
function partsOf(column: Column | null): readonly Column[] {
  if (!column) return [];
  return column.variants ? column.variants.map((variant) => variant.column) : [column];
}

const columnsByName = ({ output }: Plan): Map<string, Column> => new Map(output.map((column) => [column.name, column]));

const typesOf = (column: Column | undefined): EsqlType[] => partsOf(column ?? null).map(({ type }) => type);

/** Dates of both resolutions are dates of the finer one. */
function mixesDates(types: readonly EsqlType[]): boolean {
  const isDate = (type: EsqlType): boolean => type === 'date' || type === 'date_nanos' || type === 'null';
  return types.every(isDate) && types.includes('date') && types.includes('date_nanos');
}

function withNanos(plan: Plan, names: ReadonlySet<string>, span: Span, context: AnalysisContext): Plan {
  const toNanos = findFunction('TO_DATE_NANOS') as ScalarFunction;
  const definitions = plan.output
    .filter(({ name, type, variants }) => names.has(name) && type === 'date' && !variants)
    .map((column) => {
      const args: Expression[] = [reference(column, span)];
      const { multi } = column;
      const expression: Expression = { kind: 'call', function: toNanos, args, type: 'date_nanos', multi, span };
      return { column: context.column(column.name, 'date_nanos', multi), expression };
    });
  if (definitions.length === 0) return plan;
  const output = plan.output.map(
    (column) => definitions.find((definition) => definition.column.name === column.name)?.column ?? column,
  );
  const computed: Plan = {
    kind: 'compute',
    input: plan,
    definitions,
    output: [...plan.output, ...definitions.map(({ column }) => column)],
  };
  return { kind: 'project', input: computed, output };
}
