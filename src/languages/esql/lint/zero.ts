import type { ProcessingCommand, SyntaxExpression } from '../syntax/ast.ts';
import { expressionsOf, operandsOf } from '../syntax/walk.ts';
import type { Columns } from './divisions.ts';

/** The names that a command keeps from being 0, or treats apart where they are. */
export function excludesZero(command: ProcessingCommand): string[] {
  const asked = expressionsOf(command).flatMap(namesInCases);
  return command.command === 'where' ? [...asked, ...excluded(command.condition)] : asked;
}

/** Names that a condition which must hold keeps from being 0. */
function excluded(condition: SyntaxExpression): string[] {
  if (condition.kind !== 'binary') return [];
  const { operator, left, right } = condition;
  if (operator === 'and') return [...excluded(left), ...excluded(right)];
  if (left.kind === 'name' && leavesOutZero(operator, right)) return [left.name];
  const flipped: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' };
  if (right.kind === 'name' && leavesOutZero(flipped[operator] ?? operator, left)) return [right.name];
  return [];
}

function leavesOutZero(operator: string, bound: SyntaxExpression): boolean {
  if (bound.kind !== 'literal' || (typeof bound.value !== 'bigint' && typeof bound.value !== 'number')) return false;
  const value = Number(bound.value);
  if (operator === '>') return value >= 0;
  if (operator === '>=') return value > 0;
  if (operator === '==') return value !== 0;
  return operator === '!=' && value === 0;
}

/** Names that CASE asks about: whoever does so has thought of what they may be. */
function namesInCases(expression: SyntaxExpression): string[] {
  const conditions =
    expression.kind === 'call' && /^case$/i.test(expression.name)
      ? expression.args.filter((_, i) => i % 2 === 0 && i + 1 < expression.args.length)
      : [];
  return [...conditions.flatMap(namesIn), ...operandsOf(expression).flatMap(namesInCases)];
}

const namesIn = (expression: SyntaxExpression): string[] =>
  expression.kind === 'name' ? [expression.name] : operandsOf(expression).flatMap(namesIn);

/** Whether a divisor can be 0, as far as the query tells. `sure`: names that cannot. */
export function mayBeZero(divisor: SyntaxExpression, columns: Columns, sure: ReadonlySet<string>, depth = 0): boolean {
  if (depth > 20) return true;
  const inner = (one: SyntaxExpression): boolean => mayBeZero(one, columns, sure, depth + 1);
  switch (divisor.kind) {
    case 'literal':
      return Number(divisor.value) === 0;
    case 'name': {
      if (sure.has(divisor.name)) return false;
      const made = columns.get(divisor.name);
      return !made || inner(made);
    }
    case 'binary':
      if (divisor.operator === '+') return ![divisor.left, divisor.right].some(isPositive);
      return divisor.operator !== '*' || inner(divisor.left) || inner(divisor.right);
    case 'negate':
      return inner(divisor.operand);
    case 'call':
      if (/^(?:to_double|to_dbl|abs)$/i.test(divisor.name)) return divisor.args.some(inner);
      if (/^greatest$/i.test(divisor.name)) return !divisor.args.some(isPositive);
      // CASE stands for what its author chose, nought among it or not.
      return !/^(?:case|pi|e|tau)$/i.test(divisor.name);
    default:
      return true;
  }
}

const isPositive = (expression: SyntaxExpression): boolean =>
  expression.kind === 'literal' && Number(expression.value) > 0;
