import { conditionOf } from '../plan/build.ts';
import { columnsIn } from '../plan/expression.ts';
import { type Plan, rewritePlan } from '../plan/nodes.ts';

/**
 * Brings filters down to the scan: below projections and computed columns that they do not read, and together into one
 * condition. What a filter drops is then neither computed nor carried.
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
      default:
        return node;
    }
  });
}
