import { operator } from '../functions/table.ts';
import { walkExpression } from '../plan/expression.ts';
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
        const and = operator('AND');
        const both = {
          kind: 'call' as const,
          function: and,
          args: [input.condition, condition],
          type: 'boolean' as const,
          multi: false,
          span: condition.span,
        };
        return { ...input, condition: both, output: node.output };
      }
      case 'compute': {
        const made = new Set(input.definitions.map((definition) => definition.column.id));
        let reads = false;
        walkExpression(condition, (part) => {
          if (part.kind === 'column' && made.has(part.column.id)) reads = true;
        });
        if (reads) return node;
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
