import type { Span } from '../diagnostics/source-text.ts';
import { type ComparisonOperator, constantComparison } from '../plan/comparison.ts';
import { type Constant, columnsIn, type Expression, walkExpression } from '../plan/expression.ts';
import { expressionsOf, inputsOf, type Plan } from '../plan/nodes.ts';
import { conjuncts } from '../plan/time-bounds.ts';
import { isDate, isNumeric } from '../values/types.ts';
import type { TypedQuery } from './typed-query.ts';

/**
 * A threshold: a comparison of something aggregated with a constant, or a condition of WHERE by which numbers of single
 * events, or of groups, must be more or less than one.
 */
export interface Threshold {
  /** What `--set` calls it: what is compared, with the operator behind it where there are several of the kind. */
  readonly name: string;
  /** What is compared, as it stands in the query. */
  readonly subject: string;
  readonly operator: ComparisonOperator;
  /** The constant's place in the text, and what stands there. */
  readonly literal: Span;
  readonly literalText: string;
  /** The comparison, what is compared in it, and with what. */
  readonly comparison: Expression;
  readonly measure: Expression;
  readonly constant: Constant;
  /** Whether rows that do not pass it are left out, whatever else they are. */
  readonly decides: boolean;
}

/** The thresholds of a query in the order in which they stand in it. */
export function findThresholds({ plan, source }: TypedQuery): Threshold[] {
  const found = new Map<number, Omit<Threshold, 'name'>>();
  const aggregated = aggregatedColumns(plan);
  const look = (expression: Expression, decides: boolean, isOfRows: boolean): void => {
    walkExpression(expression, (part) => {
      const threshold = thresholdIn(part);
      const isThreshold = threshold && (reads(threshold.measure, aggregated) || (isOfRows && isAmount(threshold)));
      if (!isThreshold || found.has(threshold.constant.span.start)) return;
      const literal = threshold.constant.span;
      const subject = source.slice(threshold.measure.span).replace(/\s+/g, ' ');
      const own = decides && part === expression;
      found.set(literal.start, { ...threshold, literal, literalText: source.slice(literal), decides: own, subject });
    });
  };
  const visit = (node: Plan): void => {
    for (const input of inputsOf(node)) visit(input);
    if (node.kind === 'filter') for (const condition of conjuncts(node.condition)) look(condition, true, true);
    else if (node.kind === 'compute') for (const expression of expressionsOf(node)) look(expression, false, false);
  };
  visit(plan);
  const thresholds = [...found.values()].sort((a, b) => a.literal.start - b.literal.start);
  return thresholds.map((threshold) => {
    const { subject, operator, literal } = threshold;
    const alike = thresholds.filter((other) => other.subject === subject);
    const same = alike.filter((other) => other.operator === operator);
    const place = same.findIndex((other) => other.literal.start === literal.start);
    const name = alike.length === 1 ? subject : `${subject}${operator}${place > 0 ? `#${place + 1}` : ''}`;
    return { ...threshold, name };
  });
}

function thresholdIn(part: Expression): Pick<Threshold, 'operator' | 'comparison' | 'measure' | 'constant'> | null {
  const { operator, measure, constant } = constantComparison(part) ?? {};
  if (!operator || !measure || !constant) return null;
  if (!(isNumeric(constant.type) || isDate(constant.type)) || Array.isArray(constant.value)) return null;
  return { operator, comparison: part, measure, constant };
}

/** Whether more or less of something is wanted: numbers that something equals are codes and ports. */
const isAmount = ({ operator, measure, constant }: NonNullable<ReturnType<typeof thresholdIn>>): boolean =>
  operator !== '==' && operator !== '!=' && isNumeric(constant.type) && columnsIn(measure).length > 0;

function reads(expression: Expression, columns: ReadonlySet<number>): boolean {
  let does = false;
  walkExpression(expression, (part) => {
    if (part.kind === 'column' && columns.has(part.column.id)) does = true;
  });
  return does;
}

/** The columns that an aggregate had a part in; keys of groups are none. */
function aggregatedColumns(plan: Plan): ReadonlySet<number> {
  const columns = new Set<number>();
  const visit = (node: Plan): void => {
    for (const input of inputsOf(node)) visit(input);
    switch (node.kind) {
      case 'aggregate':
        for (const { column } of node.aggregates) columns.add(column.id);
        for (const { source, column } of node.groups) if (columns.has(source.id)) columns.add(column.id);
        break;
      case 'compute':
        for (const { column, expression } of node.definitions) if (reads(expression, columns)) columns.add(column.id);
        break;
      case 'join':
        for (const { source, column } of node.taken) if (columns.has(source.id)) columns.add(column.id);
        break;
      case 'expand':
        if (columns.has(node.source.id)) columns.add(node.column.id);
        break;
      case 'union':
        node.output.forEach(({ id }, i) => {
          if (node.branches.some((branch) => branch.columns[i] && columns.has(branch.columns[i].id))) columns.add(id);
        });
        break;
      default:
    }
  };
  visit(plan);
  return columns;
}
