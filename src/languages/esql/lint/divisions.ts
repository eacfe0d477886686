import type { SourceText } from '../../../diagnostics/source-text.ts';
import { own } from '../../../values/own.ts';
import type { ProcessingCommand, StatsCommand, SyntaxExpression } from '../syntax/ast.ts';
import { operandsOf } from '../syntax/walk.ts';
import type { FieldFacts, Lint, PipelineRule } from './lint.ts';
import { excludesZero, mayBeZero } from './zero.ts';

/** The expression of each column that the query has made so far. */
export type Columns = ReadonlyMap<string, SyntaxExpression>;

type Division = Extract<SyntaxExpression, { kind: 'binary' }>;

/** Thresholds on a quotient that is null because the divisor may be 0, or too small because both sides are whole. */
export const thresholdsOnDivisions: PipelineRule = (commands, source, fields) => {
  const found: Lint[] = [];
  const columns = new Map<string, SyntaxExpression>();
  const sure = new Set([...commands.flatMap(excludesZero)]);
  for (const command of commands) {
    if (command.command === 'where')
      for (const comparison of comparisonsIn(command.condition))
        found.push(...ofComparison(comparison, { columns, sure, source, fields }));
    remember(command, columns, sure);
  }
  return found;
};

/** Keeps what a command makes; a count of the rows of a group is never 0. */
function remember(command: ProcessingCommand, columns: Map<string, SyntaxExpression>, sure: Set<string>): void {
  if (command.command === 'eval') for (const { name, expression } of command.fields) columns.set(name, expression);
  if (command.command === 'rename')
    for (const { from, to } of command.clauses) {
      const expression = columns.get(from.text);
      if (expression) columns.set(to.text, expression);
    }
  if (command.command !== 'stats' && command.command !== 'inline') return;
  for (const { name, expression, filter } of command.aggregates) {
    columns.set(name, expression);
    if (filter === null && countsRows(command, expression)) sure.add(name);
  }
}

const countsRows = ({ groupings }: Pick<StatsCommand, 'groupings'>, expression: SyntaxExpression): boolean =>
  groupings.length > 0 &&
  expression.kind === 'call' &&
  /^count$/i.test(expression.name) &&
  (expression.star || expression.args.length === 0);

function comparisonsIn(expression: SyntaxExpression): Division[] {
  const own = expression.kind === 'binary' && /^[=!<>]/.test(expression.operator) ? [expression] : [];
  return [...own, ...operandsOf(expression).flatMap(comparisonsIn)];
}

interface Setting {
  readonly columns: Columns;
  /** Names that cannot be 0. */
  readonly sure: ReadonlySet<string>;
  readonly source: SourceText;
  readonly fields: FieldFacts;
}

function ofComparison({ operator, left, right }: Division, setting: Setting): Lint[] {
  const flipped: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' };
  return [
    ...ofSide(left, right, operator, setting),
    ...ofSide(right, left, own(flipped, operator) ?? operator, setting),
  ];
}

function ofSide(side: SyntaxExpression, threshold: SyntaxExpression, operator: string, setting: Setting): Lint[] {
  const { columns, sure, source, fields } = setting;
  const isQuotient = resolved(side, columns);
  const whole = threshold.kind === 'literal' && typeof threshold.value === 'bigint';
  return divisionsIn(side, columns).flatMap((division): Lint[] => {
    const { left, right, span } = division;
    const text = source.slice(span).replace(/\s+/g, ' ');
    const divisor = source.slice(right.span).replace(/\s+/g, ' ');
    const lints: Lint[] = [];
    if (mayBeZero(right, columns, sure)) {
      const message = `${divisor} may be 0: then ${text} is null, and no threshold holds for it`;
      lints.push({ rule: 'threshold-on-division', message, hint: `add | WHERE ${divisor} > 0 before it`, span });
    }
    // A whole threshold is reached by the quotient and by its whole part alike.
    const harmless = isQuotient === division && whole && (operator === '>=' || operator === '<');
    if (!harmless && isWhole(left, columns, fields) && isWhole(right, columns, fields)) {
      const message = `${text} divides whole numbers and drops the rest`;
      const hint = `write TO_DOUBLE(${source.slice(left.span).replace(/\s+/g, ' ')}) / ${divisor}`;
      lints.push({ rule: 'threshold-on-division', message, hint, span });
    }
    return lints;
  });
}

/** What a name stands for. */
function resolved(expression: SyntaxExpression, columns: Columns, seen = new Set<string>()): SyntaxExpression {
  if (expression.kind !== 'name' || seen.has(expression.name)) return expression;
  const made = columns.get(expression.name);
  return made ? resolved(made, columns, seen.add(expression.name)) : expression;
}

function divisionsIn(expression: SyntaxExpression, columns: Columns, seen = new Set<string>()): Division[] {
  if (expression.kind === 'name') {
    const made = seen.has(expression.name) ? undefined : columns.get(expression.name);
    return made ? divisionsIn(made, columns, seen.add(expression.name)) : [];
  }
  const own = expression.kind === 'binary' && expression.operator === '/' ? [expression] : [];
  return [...own, ...operandsOf(expression).flatMap((operand) => divisionsIn(operand, columns, seen))];
}

/** Functions whose result is a whole number, and those whose result is one where their first argument is. */
const wholeResult = /^(?:count|count_distinct|to_integer|to_int|to_long|date_diff|length|mv_count|date_extract)$/i;
const asArgument = /^(?:sum|min|max|mv_sum|mv_min|mv_max|abs|round|floor|ceil|coalesce|greatest|least)$/i;

function isWhole(expression: SyntaxExpression, columns: Columns, fields: FieldFacts, depth = 0): boolean {
  if (depth > 20) return false;
  const inner = (one: SyntaxExpression): boolean => isWhole(one, columns, fields, depth + 1);
  switch (expression.kind) {
    case 'literal':
      return typeof expression.value === 'bigint';
    case 'name': {
      const made = columns.get(expression.name);
      return made ? inner(made) : fields.isWhole(expression.name);
    }
    case 'binary':
      return /^[-+*/%]$/.test(expression.operator) && inner(expression.left) && inner(expression.right);
    case 'negate':
      return inner(expression.operand);
    case 'cast':
      return /^(?:int|integer|long)$/i.test(expression.typeName);
    case 'call':
      if (wholeResult.test(expression.name)) return true;
      return asArgument.test(expression.name) && expression.args.length > 0 && expression.args.every(inner);
    default:
      return false;
  }
}
