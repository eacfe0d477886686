import type { Expression } from '../plan/expression.ts';
import { knownRanges } from '../values/cidr.ts';

/** CIDR_MATCH over constant blocks asks whether the address lies in one of a few merged, sorted ranges. */
export function cidrRanges(node: Expression): Expression {
  if (node.kind !== 'call' || node.function !== 'CIDR_MATCH') return node;
  const [value, ...blocks] = node.args;
  const texts = blocks.flatMap((block) =>
    block.kind === 'constant' && typeof block.value === 'string' ? [block.value] : [],
  );
  const ranges = texts.length < blocks.length ? null : knownRanges(texts);
  if (ranges === null) return node;
  return {
    kind: 'inRanges',
    value: value!,
    ranges,
    type: 'boolean',
    multi: false,
    span: node.span,
  };
}
