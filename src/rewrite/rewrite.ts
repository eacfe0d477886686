import type { Plan } from '../plan/nodes.ts';
import { cidrRanges } from './cidr-ranges.ts';
import { distinctInSteps } from './distinct-in-steps.ts';
import { foldConstants } from './fold-constants.ts';
import { pruneColumns } from './prune-columns.ts';
import { pushFilters } from './push-filters.ts';
import { splitDisjunctions } from './split-disjunctions.ts';
import { stableOrder } from './stable-order.ts';

/** The rules, in the order in which they run: each is a function from a plan to a plan with the same answers. */
export const rules: readonly ((plan: Plan) => Plan)[] = [
  foldConstants,
  cidrRanges,
  pushFilters,
  stableOrder,
  pruneColumns,
  (plan) => splitDisjunctions(plan),
  distinctInSteps,
];

/**
 * A plan to be looked at: what it asks of events shows, and does not depend on how many values fields happen to hold.
 */
export const rewriteToRead = (plan: Plan): Plan =>
  splitDisjunctions(pruneColumns(pushFilters(foldConstants(plan))), true);

/** Makes a plan cheaper to run. */
export const rewrite = (plan: Plan): Plan => rules.reduce((rewritten, rule) => rule(rewritten), plan);
