import { type Step, statementOf } from '../../sql/duckdb/statement.ts';
import type { Sql } from '../../sql/sql.ts';
import { slowFunctions } from './functions.ts';

/**
 * A statement of which a part runs in a process of its own: the rows that this part reads are made into tables first, by
 * the names under which it knows them.
 */
export interface IsolatedStatement {
  readonly tables: readonly { readonly name: Sql; readonly sql: Sql }[];
  readonly sql: Sql;
}

/**
 * The engine's own function that makes long texts of short ones. What is done to them within one batch of rows may take
 * minutes and gigabytes, and the engine looks between two batches alone whether it is to end.
 */
const makesLongTexts = 'repeat';

const callsSlow = new RegExp(`\\b(?:${[...slowFunctions, makesLongTexts].join('|')})\\(`);

/**
 * A statement that calls what may take long, with the steps from these calls on apart from those that they
 * read; null for one that does not. A text of the query that looks like such a call counts as one, which costs time alone.
 */
export function isolate(steps: readonly Step[], end: Sql): IsolatedStatement | null {
  const apart = new Set<Step>();
  for (const step of steps)
    if (callsSlow.test(step.body) || [...apart].some(({ name }) => step.body.includes(name))) apart.add(step);
  if (apart.size === 0) return null;
  // Nothing is read that stands elsewhere.
  if (!steps.some(({ name }) => name.startsWith('"scan_'))) return { tables: [], sql: statementOf(steps, end) };
  const inside = steps.filter((step) => apart.has(step));
  const read = steps.filter(
    (step) => !apart.has(step) && [...inside.map(({ body }) => body), end].some((body) => body.includes(step.name)),
  );
  return {
    tables: read.map((step) => ({ name: step.name, sql: statementOf(needed(steps, step), step.body) })),
    sql: statementOf(inside, end),
  };
}

/** The steps that one reads, one after the other. */
function needed(steps: readonly Step[], last: Step): Step[] {
  const found: Step[] = [];
  let bodies: Sql = last.body;
  for (let at = steps.indexOf(last) - 1; at >= 0; at--) {
    const step = steps[at]!;
    if (!bodies.includes(step.name)) continue;
    found.unshift(step);
    bodies = `${bodies} ${step.body}` as Sql;
  }
  return found;
}
