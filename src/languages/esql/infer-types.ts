import { findFunction } from '../../functions/table.ts';
import { counter } from '../../functions/types.ts';
import type { EsqlType } from '../../values/types.ts';
import type { ProcessingCommand, Query, SyntaxExpression } from './syntax/ast.ts';
import { expressionsOf, operandsOf } from './syntax/walk.ts';

/**
 * The types that a query seems to give to its fields, for queries over indices that nobody has seen: what is compared
 * with a number or reckoned with is a number, what is compared with true or false is a boolean, and so on.
 */
export function inferTypes(query: Query, known: (name: string) => EsqlType | undefined): ReadonlyMap<string, EsqlType> {
  const types = new Map<string, EsqlType>();
  /** Names that stand for others: what is said of the one is said of the other. */
  const alike: [string, string][] = [];
  const note = (expression: SyntaxExpression | undefined, type: EsqlType | undefined): void => {
    if (expression?.kind === 'name' && type !== undefined && !types.has(expression.name))
      types.set(expression.name, type);
  };
  const look = (expression: SyntaxExpression): void => {
    switch (expression.kind) {
      case 'binary':
        if (/^[-+*/%]$/.test(expression.operator)) {
          const withSpan = [expression.left, expression.right].some((side) => side.kind === 'timeSpan');
          for (const side of [expression.left, expression.right]) note(side, withSpan ? 'date' : 'long');
        } else if (/^[=!<>]/.test(expression.operator)) {
          note(expression.left, literalType(expression.right));
          note(expression.right, literalType(expression.left));
        }
        break;
      case 'in':
        note(expression.value, literalType(expression.list[0]!));
        break;
      case 'negate':
        note(expression.operand, 'long');
        break;
      case 'call': {
        noteArguments(expression.name, expression.args, note);
        const names = sameTypeArguments(expression);
        for (const name of names.slice(1)) alike.push([names[0]!, name]);
        break;
      }
      default:
    }
    for (const operand of operandsOf(expression)) look(operand);
  };
  const pipeline = (commands: readonly ProcessingCommand[]): void => {
    for (const command of commands) {
      for (const expression of expressionsOf(command)) look(expression);
      const named =
        command.command === 'eval'
          ? command.fields
          : command.command === 'stats' || command.command === 'inline'
            ? [...command.aggregates, ...command.groupings]
            : [];
      for (const { name, expression } of named)
        for (const source of sameTypeArguments(expression)) if (source !== name) alike.push([name, source]);
      if (command.command === 'where') note(command.condition, 'boolean');
      if (command.command === 'fork') for (const branch of command.branches) pipeline(branch);
    }
  };
  pipeline(query.pipeline);
  for (let changed = true; changed; ) {
    changed = false;
    for (const [a, b] of alike) {
      for (const [from, to] of [
        [a, b],
        [b, a],
      ] as const) {
        const type = known(from) ?? types.get(from);
        if (type === undefined || types.has(to)) continue;
        types.set(to, type);
        changed = true;
      }
    }
  }
  return types;
}

/** Functions whose result has the type of their arguments. */
const typeKeeping =
  /^(?:max|min|values|top|first|last|sample|coalesce|greatest|least|mv_(?:first|last|min|max|sort|dedupe|slice|append))$/i;

/** The names whose type an expression has. */
function sameTypeArguments(expression: SyntaxExpression): string[] {
  if (expression.kind === 'name') return [expression.name];
  if (expression.kind !== 'call' || !typeKeeping.test(expression.name)) return [];
  return expression.args.flatMap(sameTypeArguments);
}

/** What a parameter takes says what its argument is, unless it takes a text too. */
function noteArguments(
  name: string,
  args: readonly SyntaxExpression[],
  note: (expression: SyntaxExpression | undefined, type: EsqlType | undefined) => void,
): void {
  const definition = findFunction(name);
  if (!definition) return;
  args.forEach((arg, i) => {
    const { accepts } = definition.parameters[Math.min(i, definition.parameters.length - 1)] ?? {};
    if (!accepts || accepts.types.includes('keyword')) return;
    note(
      arg,
      (['long', 'date', 'ip', 'boolean', 'double'] as const).find((type) => accepts.types.includes(type)),
    );
  });
}

function literalType(expression: SyntaxExpression): EsqlType | undefined {
  if (expression.kind === 'call' && /^now$/i.test(expression.name)) return 'date';
  if (expression.kind === 'binary') return literalType(expression.left);
  if (expression.kind !== 'literal') return undefined;
  switch (expression.type) {
    case 'integer':
    case 'long':
    case 'unsigned_long':
      return 'long';
    case 'double':
    case 'boolean':
      return expression.type;
    default:
      return undefined;
  }
}

/** The fields that a query takes for counters: what RATE and its like are of. */
export function counterNames(query: Query): ReadonlySet<string> {
  const names = new Set<string>();
  const look = (expression: SyntaxExpression): void => {
    const [first] = operandsOf(expression);
    const definition = expression.kind === 'call' ? findFunction(expression.name) : undefined;
    if (definition?.parameters[0]?.accepts === counter && first?.kind === 'name') names.add(first.name);
    operandsOf(expression).forEach(look);
  };
  const pipeline = (commands: readonly ProcessingCommand[]): void => {
    for (const command of commands) {
      expressionsOf(command).forEach(look);
      if (command.command === 'fork') command.branches.forEach(pipeline);
    }
  };
  pipeline(query.pipeline);
  return names;
}
