import { given } from '../../plan/build.ts';
import { constant, type Expression, rewriteExpression, type Search } from '../../plan/expression.ts';
import { mapExpressions, type Plan, rewritePlan, type Scan, type ScanColumn, scansOf } from '../../plan/nodes.ts';
import type { SearchCondition } from '../../plan/search.ts';

type Ids = ReadonlySet<number>;

/**
 * A plan whose expressions name none of the columns for which `isAbsent` holds, for no index maps what they are read from: they
 * are nulls, and searches find nothing in them. The cluster takes no search over a computed column, and none behind EVAL.
 */
export function withoutAbsent(plan: Plan, isAbsent: (column: ScanColumn, scan: Scan) => boolean): Plan {
  const absent: Ids = new Set(
    scansOf(plan).flatMap((scan) =>
      scan.columns.flatMap((column) => (isAbsent(column, scan) ? [column.column.id] : [])),
    ),
  );
  if (absent.size === 0) return plan;
  return mapExpressions(plan, (expression) => rewriteExpression(expression, (node) => withNulls(node, absent)));
}

/** The same plan with the nulls that stand in for absent columns behind the filters over them, which name none of them. */
export function nullsBehindFilters(plan: Plan, nulls: Set<Plan>): Plan {
  return rewritePlan(plan, (node) => {
    if (node.kind !== 'filter' || node.input.kind !== 'compute' || !nulls.has(node.input)) return node;
    const { input } = node.input;
    const moved: Plan = { ...node.input, input: { ...node, input, output: input.output }, output: node.output };
    nulls.add(moved);
    return moved;
  });
}

/**
 * Whether a warning is about a null of a printed plan. Those of the query itself are found where it is analysed, at the places
 * that its author knows.
 */
export const isAboutNull = (warning: string): boolean =>
  /^Line \d+:\d+: Expression \[TO_\w+\(null\)\] always evaluates to NULL\.$/.test(warning);

function withNulls(node: Expression, absent: Ids): Expression {
  if (node.kind === 'column') return absent.has(node.column.id) ? given(node.type, null) : node;
  return node.kind === 'search' ? withoutFields(node) : node;
}

/** The operands of a search are columns: a constant among them is one that was absent. */
function withoutFields(search: Search): Expression {
  const fields = search.fields.filter(({ value }) => value.kind === 'column');
  if (fields.length === search.fields.length) return search;
  const known = new Set(fields.map(({ name }) => name));
  const condition = without(search.condition, known);
  if (fields.length > 0) return { ...search, condition, fields };
  return constant('boolean', holdsOfNothing(condition), search.span);
}

function without(condition: SearchCondition, known: ReadonlySet<string>): SearchCondition {
  switch (condition.kind) {
    case 'and':
    case 'or':
    case 'enough':
      return { ...condition, parts: condition.parts.map((part) => without(part, known)) };
    case 'not':
      return { ...condition, part: without(condition.part, known) };
    case 'exists':
    case 'anyValue':
      return known.has(condition.field) ? condition : { kind: 'none' };
    case 'all':
    case 'none':
      return condition;
  }
}

/** Whether a condition holds of a document in which it finds no value. */
function holdsOfNothing(condition: SearchCondition): boolean {
  switch (condition.kind) {
    case 'all':
      return true;
    case 'and':
      return condition.parts.every(holdsOfNothing);
    case 'or':
      return condition.parts.some(holdsOfNothing);
    case 'enough':
      return condition.parts.filter(holdsOfNothing).length >= condition.least;
    case 'not':
      return !holdsOfNothing(condition.part);
    case 'none':
    case 'exists':
    case 'anyValue':
      return false;
  }
}
