import type { Query, SyntaxExpression } from './ast.ts';

/** The expressions directly inside one. */
export function operandsOf(expression: SyntaxExpression): readonly SyntaxExpression[] {
  switch (expression.kind) {
    case 'binary':
      return [expression.left, expression.right];
    case 'not':
    case 'negate':
      return [expression.operand];
    case 'in':
      return [expression.value, ...expression.list];
    case 'like':
    case 'isNull':
    case 'cast':
      return [expression.value];
    case 'call':
      return expression.args;
    default:
      return [];
  }
}

/** What a query wants to know of its source: the names it mentions, and whether it shows columns that it does not name. */
export interface Mentions {
  /** Column names anywhere in the query, those that it defines itself among them. */
  readonly names: ReadonlySet<string>;
  /** True unless STATS or a KEEP without wildcards decides which columns come out. */
  readonly allFields: boolean;
}

export function mentions(query: Query): Mentions {
  const names = new Set<string>();
  let narrowed = query.source.command === 'row';
  let wild = false;
  const collect = (expression: SyntaxExpression): void => {
    if (expression.kind === 'name') names.add(expression.name);
    for (const operand of operandsOf(expression)) collect(operand);
  };
  if (query.source.command === 'row') for (const field of query.source.fields) collect(field.expression);
  for (const command of query.pipeline) {
    switch (command.command) {
      case 'where':
        collect(command.condition);
        break;
      case 'eval':
        for (const field of command.fields) collect(field.expression);
        break;
      case 'keep':
      case 'drop':
        for (const { text, wildcard } of command.patterns) {
          if (!wildcard) names.add(text);
          else if (!narrowed) wild = true;
        }
        if (command.command === 'keep') narrowed = true;
        break;
      case 'rename':
        for (const { from } of command.clauses) names.add(from.text);
        break;
      case 'stats':
        for (const item of command.aggregates) {
          collect(item.expression);
          if (item.filter) collect(item.filter);
        }
        for (const item of command.groupings) collect(item.expression);
        narrowed = true;
        break;
      case 'sort':
        for (const key of command.keys) collect(key.expression);
        break;
      case 'limit':
        break;
    }
  }
  return { names, allFields: wild || !narrowed };
}
