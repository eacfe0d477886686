import { allOf, conditionOf, filtered } from '../plan/build.ts';
import { columnsIn, type Expression } from '../plan/expression.ts';
import { type Filter, type Plan, rewritePlan } from '../plan/nodes.ts';
import { conjuncts } from '../plan/time-bounds.ts';

/**
 * Brings filters down to the scan: below projections, computed columns and joins that they do not read, and together into
 * one condition. What a filter drops is then neither computed nor carried.
 */
export const pushFilters = (plan: Plan): Plan =>
  rewritePlan(plan, (node) => (node.kind === 'filter' ? sunk(node, node.input) : node));

/** A filter as far down as it can go, over what holds no filter that could go down itself. */
function sunk(filter: Filter, input: Plan): Plan {
  const { condition, output } = filter;
  const below = (inner: Plan): Plan => sunk({ ...filter, input: inner, output: inner.output }, inner);
  switch (input.kind) {
    case 'project':
      return { ...input, input: below(input.input), output };
    case 'filter': {
      const both = conditionOf('AND', [input.condition, condition], condition.span);
      return { ...input, condition: both, output };
    }
    case 'compute': {
      const made = new Set(input.definitions.map((definition) => definition.column.id));
      return readsAny(condition, made) ? filter : { ...input, input: below(input.input), output };
    }
    case 'join': {
      // Rows of the left side stand whatever fits them: what is asked of these alone can be asked before. What is made
      // of the rows themselves (INLINE STATS) needs all of them.
      if (input.right.kind !== 'scan') return filter;
      const own = new Set(input.input.output.map(({ id }) => id));
      const isOwn = (part: Expression): boolean => columnsIn(part).every(({ id }) => own.has(id));
      const parts = conjuncts(condition);
      const before = allOf(parts.filter(isOwn));
      if (before === null) return filter;
      const left = input.input;
      const joined = {
        ...input,
        input: sunk({ kind: 'filter', input: left, condition: before, output: left.output }, left),
      };
      const after = filtered(
        joined,
        parts.filter((part) => !isOwn(part)),
      );
      return { ...after, output };
    }
    default:
      return filter;
  }
}

const readsAny = (condition: Expression, ids: ReadonlySet<number>): boolean =>
  columnsIn(condition).some(({ id }) => ids.has(id));
