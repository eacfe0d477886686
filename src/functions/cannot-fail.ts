import { type Expression, walkExpression } from '../plan/expression.ts';
import { scalarNamed } from './table.ts';

/** Whether no row makes a condition fail, which would be reported several times, or not at all. */
export function cannotFail(condition: Expression): boolean {
  let sure = true;
  walkExpression(condition, (part) => {
    if (part.multi || (part.kind === 'call' && !scalarNamed(part.function).neverFails) || part.kind === 'search')
      sure = false;
  });
  return sure;
}
