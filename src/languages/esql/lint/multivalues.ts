import { findFunction } from '../../../functions/table.ts';
import type { ProcessingCommand, SyntaxExpression } from '../syntax/ast.ts';
import { expressionsOf, operandsOf } from '../syntax/walk.ts';
import type { FieldFacts, Lint, PipelineRule } from './lint.ts';

/** Conditions that are null for an event with several values of the field, and so lose it. */
export const singleValueConditions: PipelineRule = (commands, source, fields) => {
  const found: Lint[] = [];
  /** Names that are no longer the field: one value each, or something else. */
  const single = new Set<string>();
  const several = (expression: SyntaxExpression | undefined): string | null => {
    const name = expression ? fieldIn(expression) : null;
    return name !== null && !single.has(name) && fields.holdsSeveral(name) ? name : null;
  };
  const look = (expression: SyntaxExpression, isCondition: boolean): void => {
    const lint = ofExpression(expression, several, (part) => source.slice(part.span), isCondition);
    if (lint) found.push(lint);
    for (const operand of operandsOf(expression)) look(operand, isCondition);
  };
  for (const command of commands) {
    for (const expression of expressionsOf(command)) look(expression, command.command === 'where');
    for (const name of renewed(command, fields)) single.add(name);
    // STATS makes columns of its own, and a key is one value of its field.
    if (command.command === 'stats') break;
  }
  return found;
};

/** Columns that a command gives a value of its own. */
function renewed(command: ProcessingCommand, fields: FieldFacts): readonly string[] {
  if (command.command === 'mv_expand') return [command.column.name];
  if (command.command === 'eval') return command.fields.map(({ name }) => name).filter(fields.holdsSeveral);
  return [];
}

/** The field whose values an expression holds, one for one: itself, or through TO_LOWER and the like. */
function fieldIn(expression: SyntaxExpression): string | null {
  if (expression.kind === 'name') return expression.name;
  if (expression.kind === 'cast') return fieldIn(expression.value);
  if (expression.kind !== 'call' || expression.args.length !== 1) return null;
  const definition = findFunction(expression.name);
  return definition?.kind === 'scalar' && definition.multivalue === 'each' ? fieldIn(expression.args[0]!) : null;
}

function ofExpression(
  expression: SyntaxExpression,
  several: (expression: SyntaxExpression | undefined) => string | null,
  text: (expression: SyntaxExpression) => string,
  isCondition: boolean,
): Lint | null {
  const lint = (name: string, what: string, hint = `| MV_EXPAND ${name} makes a row of each value`): Lint => ({
    rule: 'multivalue-condition',
    message: `${name} may hold several values, and then ${what} is null`,
    hint,
    span: expression.span,
  });
  switch (expression.kind) {
    case 'binary': {
      if (!/^[=!<>]/.test(expression.operator)) return null;
      const name = several(expression.left) ?? several(expression.right);
      if (name === null) return null;
      const [side, other] = several(expression.left)
        ? [expression.left, expression.right]
        : [expression.right, expression.left];
      // A comparison with null has a rule of its own.
      if (other.kind === 'literal' && other.value === null) return null;
      if (!/^[=!]=$/.test(expression.operator) || other.kind !== 'literal') return lint(name, expression.operator);
      const contains = `MV_CONTAINS(${text(side)}, ${text(other)})`;
      return lint(
        name,
        expression.operator,
        expression.operator === '=='
          ? `${contains} is true where one of them is it`
          : `NOT ${contains} is true where none of them is it`,
      );
    }
    case 'in': {
      const name = several(expression.value);
      if (name === null) return null;
      const list = expression.list.map(text).join(', ');
      const hint = `MV_INTERSECTS(${text(expression.value)}, [${list}]) is true where one of them is in the list`;
      return lint(name, 'IN', expression.list.every(({ kind }) => kind === 'literal') ? hint : undefined);
    }
    case 'like': {
      const name = several(expression.value);
      return name === null ? null : lint(name, expression.flavour);
    }
    case 'call': {
      const name = isCondition && takesOneValue(expression.name) ? several(expression.args[0]) : null;
      return name === null ? null : lint(name, expression.name.toUpperCase());
    }
    default:
      return null;
  }
}

function takesOneValue(name: string): boolean {
  const definition = findFunction(name);
  if (definition?.kind !== 'scalar') return false;
  return definition.multivalue === 'null-and-warn' || definition.name === 'CIDR_MATCH';
}
