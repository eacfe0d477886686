import type { Span } from '../../../diagnostics/source-text.ts';
import type { Expression } from '../../../plan/expression.ts';
import type { Plan } from '../../../plan/nodes.ts';
import { firstRelease, releaseOf } from '../../../values/release.ts';
import { printExpression } from './expressions.ts';
import { NotInEsql } from './not-in-esql.ts';
import { Printer } from './printer.ts';
import { identifier } from './tokens.ts';

export { NotInEsql, TooOld } from './not-in-esql.ts';

export interface PrintOptions {
  /** The version of Elasticsearch that reads the text, such as `8.17.3`; the newest where nothing is said. */
  readonly version?: string;
}

/**
 * A plan as ES|QL that comes to the same plan, or to the same rows where the version has only an older form. Plans tell
 * columns apart by ids, and ES|QL by names: a column keeps its name unless another that is still read has it, and KEEP
 * gives the names of the end.
 *
 * Throws NotInEsql for what the language has no words for, and TooOld for what only a newer version has.
 */
export const printPlan = (plan: Plan, options: PrintOptions = {}): string => printWithOrigins(plan, options).text;

/** The same, and where in the query the calls stand that the text has. */
export function printWithOrigins(
  plan: Plan,
  { version }: PrintOptions = {},
): { readonly text: string; readonly origins: ReadonlyMap<string, Span> } {
  const printer = new Printer(version === undefined ? null : releaseOf(version));
  printer.need('ES|QL', firstRelease);
  printer.add(plan, new Set(plan.output.map(({ id }) => id)));
  printer.shape(plan.output);
  return { text: printer.text, origins: printer.origins };
}

/** A condition as ES|QL whose columns are fields of events; null for what the language has no words for. */
export function printCondition(condition: Expression): string | null {
  try {
    return printExpression(condition, {
      column: (_, name) => identifier(name),
      zone: () => {
        throw new NotInEsql('a time zone within a condition');
      },
      has: () => true,
      need: () => undefined,
    });
  } catch (error) {
    if (error instanceof NotInEsql) return null;
    throw error;
  }
}
