import { cannotFail } from '../../../functions/cannot-fail.ts';
import { isAskedOfIndex } from '../../../plan/comparison.ts';
import type { Expression } from '../../../plan/expression.ts';
import type { Filter } from '../../../plan/nodes.ts';
import { conjuncts } from '../../../plan/time-bounds.ts';
import { join, type Sql, sql } from '../../sql.ts';
import { type EmitScope, emitCondition } from '../expressions.ts';
import { severalValues } from '../functions/contract.ts';
import { impliedConditions } from '../implied-conditions.ts';
import { SeveralValues } from '../several-values.ts';
import type { Rows, Statement } from '../statement.ts';
import { recorded, records } from '../warning-sites.ts';
import { LetColumns } from './let-columns.ts';

/** The rows that meet a condition, which reports those that it cannot be asked of. */
export function emitFilter(plan: Filter, input: Rows, statement: Statement): Rows {
  const scope = statement.scope(input);
  const lets = new LetColumns(input, statement, true);
  const parts = conjuncts(plan.condition).map((condition) => ({
    condition,
    test: emitCondition(condition, { ...scope, ...inSteps(lets) }),
  }));
  return filtered([...impliedConditions(plan.condition, scope), ...together(parts)], lets, statement);
}

/** Long values are columns of steps before a condition, but for what is recorded: it is only of rows that are left by then. */
const inSteps = ({ column }: LetColumns): Pick<EmitScope, 'column' | 'isGuarded'> => ({ column, isGuarded: true });

/** A condition that others stand beside, and its SQL. */
interface Part {
  readonly condition: Expression;
  readonly test: Sql;
  /** Fields whose lists are looked for apart from the test. */
  readonly several?: SeveralValues;
}

/**
 * Tests that may record rows in one: the engine would ask them one after the other, and nothing would be recorded of rows
 * that are gone by then. Elasticsearch does so only with what it asks its index.
 */
function together(parts: readonly Part[]): Sql[] {
  const failing = parts.filter(
    ({ condition, test, several }) => (records(test) || several?.found.length) && !isAskedOfIndex(condition),
  );
  const tests = (of: readonly Part[]): Sql[] => of.map(({ test }) => test);
  if (failing.length < 2 || !failing.some(({ test }) => records(test))) return tests(parts);
  const others = parts.filter((part) => !failing.includes(part));
  return [...tests(others), sql`coalesce(${join(tests(failing), ' AND ')}, false)`];
}

/**
 * The same over events, whose order does not matter: events with several values in a field that must have one are looked
 * for apart, until the first. The engine then tests the condition while it scans, and neither reads lists beside the values
 * nor calls JavaScript for each chunk of rows, which took nine times what the condition itself does. `again` are the events
 * once more. Not where rows come in an order: the join of the two loses it, and keeps the engine from reading the first rows
 * alone.
 */
export function emitFilterOfEvents(plan: Filter, input: Rows, statement: Statement, again: () => Rows): Rows {
  const lets = new LetColumns(input, statement, true);
  const parts = conjuncts(plan.condition).map((condition) => {
    const several = new SeveralValues(input.columns);
    const scope = { ...statement.scope(input), ...inSteps(lets), several };
    return { condition, several, test: emitCondition(condition, scope) };
  });
  const tests = together(parts);
  for (const { condition, several } of parts) {
    for (const { span, columns } of several.found) {
      // Each reads them for itself: what stands in two places would be kept whole.
      const events = again();
      const others = parts.flatMap((part) =>
        part.condition === condition || !isAskedOfIndex(part.condition)
          ? []
          : testsOf(part.condition, events, statement),
      );
      const lists = columns.map((id) => {
        const { single, list } = events.columns.get(id)!;
        return sql`${single} IS NULL AND ${list!} IS NOT NULL`;
      });
      const isSeveral = lists.length === 1 ? lists[0]! : sql`(${join(lists, ' OR ')})`;
      const first = sql`SELECT 1 FROM ${events.name} WHERE ${join([isSeveral, ...others], ' AND ')} LIMIT 1`;
      const warned = recorded(statement.sites.add(span, 'null'), severalValues);
      tests.push(sql`(SELECT count(*) FROM (${first}) WHERE ${warned}) >= 0`);
    }
  }
  return filtered(tests, lets, statement);
}

/** What of a condition can be asked of rows without a report. */
function testsOf(condition: Expression, rows: Rows, statement: Statement): Sql[] {
  const scope = statement.scope(rows);
  return cannotFail(condition) ? [emitCondition(condition, scope)] : impliedConditions(condition, scope);
}

function filtered(conditions: readonly Sql[], lets: LetColumns, statement: Statement): Rows {
  const { name, columns } = lets.rowsFor(conditions);
  return statement.step('filter', sql`SELECT * FROM ${name} WHERE ${join(conditions, ' AND ')}`, columns);
}
