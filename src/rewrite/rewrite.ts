import { type Expression, rewriteExpression } from '../plan/expression.ts';
import { mapExpressions, type Plan } from '../plan/nodes.ts';
import { cidrRanges } from './cidr-ranges.ts';
import { distinctInSteps } from './distinct-in-steps.ts';
import { fold, foldConstants } from './fold-constants.ts';
import { pruneColumns } from './prune-columns.ts';
import { pushFilters } from './push-filters.ts';
import { splitDisjunctions } from './split-disjunctions.ts';
import { stableOrder } from './stable-order.ts';
import { truncatedDates } from './truncated-dates.ts';
import { askedOnce, placesOfNots } from './warning-places.ts';

/** What is done to each expression after its operands, all in one walk. */
function simpler(expression: Expression): Expression {
  const folded = fold(expression);
  // What is left of an expression that is decided in part was seen before.
  return folded === expression ? askedOnce(truncatedDates(cidrRanges(expression))) : folded;
}

const simplerExpressions = (plan: Plan): Plan =>
  mapExpressions(plan, (expression) => rewriteExpression(expression, simpler));

/** The rules, in the order in which they run: each is a function from a plan to a plan with the same answers. */
export const rules: readonly ((plan: Plan) => Plan)[] = [
  simplerExpressions,
  pushFilters,
  placesOfNots,
  stableOrder,
  pruneColumns,
  splitDisjunctions,
  distinctInSteps,
];

/** Brings conditions down to the events that they are about, and leaves out what nobody reads: a plan to be looked at. */
export const simplify = (plan: Plan): Plan => pruneColumns(pushFilters(foldConstants(plan)));

/** Makes a plan cheaper to run. */
export const rewrite = (plan: Plan): Plan => rules.reduce((rewritten, rule) => rule(rewritten), plan);

/** The same for a plan that says itself in which order its rows come, or to whose reader any order is as good. */
export const rewriteInItsOrder = (plan: Plan): Plan =>
  rules.reduce((rewritten, rule) => (rule === stableOrder ? rewritten : rule(rewritten)), plan);
