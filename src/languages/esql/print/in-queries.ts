import type { Column } from '../../../plan/column.ts';
import type { Call, Expression } from '../../../plan/expression.ts';
import type { Join, Plan } from '../../../plan/nodes.ts';

/*
 * `value IN (FROM …)` becomes joins below the filter that it stands in, and a test of a column of theirs; here both are
 * found again.
 */

export interface InQuery {
  /** The column that has a value where the query holds that of the row. */
  readonly found: Column;
  readonly value: Expression;
  readonly query: Plan;
  /** The column of the query. */
  readonly column: Column;
}

/** The queries that the condition of a filter asks about, and the rows that it filters. */
export function inQueriesOf(input: Plan): { readonly rows: Plan; readonly queries: readonly InQuery[] } {
  const queries: InQuery[] = [];
  let rows = input;
  // The order that a join loses is restored behind it.
  if (rows.kind === 'sort' && rows.span === undefined && isMembership(rows.input)) rows = rows.input;
  for (;;) {
    if (rows.kind === 'join' && isTotals(rows)) rows = rows.input;
    if (rows.kind !== 'join' || !isMembership(rows)) return { rows, queries };
    const { input: keyed, right } = rows;
    const [taken] = rows.taken;
    if (keyed.kind !== 'compute' || right.kind !== 'aggregate' || !taken) return { rows, queries };
    const { expression } = keyed.definitions[0]!;
    const value = expression.kind === 'call' && expression.function === 'ONE_VALUE' ? expression.args[0]! : expression;
    queries.push({ found: taken.column, value, query: right.input, column: right.groups[0]!.source });
    rows = keyed.input;
  }
}

/** Whether a node is there for such a condition alone. */
export const servesInQuery = (plan: Plan): boolean =>
  isMembership(plan) || (plan.kind === 'compute' && plan.definitions.some(({ column }) => column.name === '(value)'));

const isMembership = (plan: Plan): boolean =>
  plan.kind === 'join' &&
  (isTotals(plan) ? isMembership(plan.input) : makes(plan, '(members)') && plan.on.length === 1);

const isTotals = (join: Join): boolean => join.on.length === 0 && makes(join, '(rows)');

const makes = ({ right }: Join, name: string): boolean =>
  right.kind === 'aggregate' && right.aggregates.some(({ column }) => column.name === name);

/** The column that a call asks about, where it is the test that such a condition becomes. */
export function testedColumn({ function: name, args }: Call): Column | null {
  const [first] = args;
  if (name === 'IS NOT NULL') return first?.kind === 'column' ? first.column : null;
  const isKnown = name === 'CASE' && args.length === 7 && first?.kind === 'call' && first.function === 'IS NOT NULL';
  return isKnown ? testedColumn(first) : null;
}
