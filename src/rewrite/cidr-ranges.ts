import { type Expression, rewriteExpression } from '../plan/expression.ts';
import { mapExpressions, type Plan } from '../plan/nodes.ts';
import { knownCidr, mergeRanges } from '../values/cidr.ts';

/** CIDR_MATCH over constant blocks asks whether the address lies in one of a few merged, sorted ranges. */
export function cidrRanges(plan: Plan): Plan {
  return mapExpressions(plan, (expression) => rewriteExpression(expression, toRanges));
}

function toRanges(node: Expression): Expression {
  if (node.kind !== 'call' || node.function !== 'CIDR_MATCH') return node;
  const [value, ...blocks] = node.args;
  const ranges = blocks.flatMap((block) => {
    const range = block.kind === 'constant' && typeof block.value === 'string' ? knownCidr(block.value) : null;
    return range && !('error' in range) ? [range] : [];
  });
  if (ranges.length < blocks.length) return node;
  return {
    kind: 'inRanges',
    value: value!,
    ranges: mergeRanges(ranges),
    type: 'boolean',
    multi: false,
    span: node.span,
  };
}
