import { conditionOf, filtered } from '../plan/build.ts';
import { columnsIn, type Expression } from '../plan/expression.ts';
import { type Plan, rewritePlan } from '../plan/nodes.ts';
import { conjuncts } from '../plan/time-bounds.ts';

/**
 * Brings filters down to the scan: below projections, computed columns and joins that they do not read, and together into
 * one condition. What a filter drops is then neither computed nor carried.
 */
export function pushFilters(plan: Plan): Plan {
  return rewritePlan(plan, (node) => {
    if (node.kind !== 'filter') return node;
    const { input, condition } = node;
    switch (input.kind) {
      case 'project':
        return {
          ...input,
          input: pushFilters({ ...node, input: input.input, output: input.input.output }),
          output: node.output,
        };
      case 'filter': {
        const both = conditionOf('AND', [input.condition, condition], condition.span);
        return { ...input, condition: both, output: node.output };
      }
      case 'compute': {
        const made = new Set(input.definitions.map((definition) => definition.column.id));
        if (columnsIn(condition).some(({ id }) => made.has(id))) return node;
        return {
          ...input,
          input: pushFilters({ ...node, input: input.input, output: input.input.output }),
          output: node.output,
        };
      }
      case 'join': {
        // Rows of the left side stand whatever fits them: what is asked of these alone can be asked before. What is made
        // of the rows themselves (INLINE STATS) needs all of them.
        if (input.right.kind !== 'scan') return node;
        const own = new Set(input.input.output.map(({ id }) => id));
        const isOwn = (part: Expression): boolean => columnsIn(part).every(({ id }) => own.has(id));
        const parts = conjuncts(condition);
        const before = parts.filter(isOwn);
        if (before.length === 0) return node;
        const joined = { ...input, input: pushFilters(filtered(input.input, before)) };
        const after = filtered(
          joined,
          parts.filter((part) => !isOwn(part)),
        );
        return { ...after, output: node.output };
      }
      default:
        return node;
    }
  });
}
