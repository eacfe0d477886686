import { isAskedOfIndex } from '../plan/comparison.ts';
import type { Expression } from '../plan/expression.ts';
import { type Filter, type Plan, rewritePlan } from '../plan/nodes.ts';

/* Expressions get the places that Elasticsearch warns at. */

/** An index is asked for a NOT as a whole. */
export const placesOfNots = (plan: Plan): Plan =>
  rewritePlan(plan, (node) => (node.kind === 'filter' && node.input.kind === 'scan' ? asWhole(node) : node));

const asWhole = (filter: Filter): Filter => ({ ...filter, condition: placeNots(filter.condition) });

function placeNots(condition: Expression): Expression {
  if (condition.kind !== 'call') return condition;
  if (condition.function === 'AND') return { ...condition, args: condition.args.map(placeNots) };
  const [inner] = condition.args;
  if (condition.function !== 'NOT' || !inner || !isAskedOfIndex(inner)) return condition;
  return { ...condition, args: [{ ...inner, span: condition.span }] };
}

/** A part of an OR that asks whether a value is one of several. */
interface Question {
  readonly part: Expression;
  readonly value: Expression;
  readonly list: 'values' | 'blocks';
}

type Place = Expression['span'];

/**
 * Where an OR asks the same value several times (`a == 1 OR a == 2`), Elasticsearch asks once whether the value is in a
 * list, and names the value alone.
 */
export function askedOnce(node: Expression): Expression {
  if (node.kind !== 'call' || node.function !== 'OR') return node;
  const questions = partsOf(node).flatMap((part) => questionIn(part) ?? []);
  const hasBlocks = questions.some(({ list }) => list === 'blocks');
  const groups = new Map<string, Question[]>();
  for (const question of questions) {
    const key = textOf(question.value);
    const group = groups.get(key);
    if (group) group.push(question);
    else groups.set(key, [question]);
  }
  const places = new Map<Expression, Place>();
  let isMerged = false;
  for (const group of groups.values()) {
    // Addresses join the blocks that are asked for, be it of another value.
    const joins = hasBlocks && group[0]!.value.type === 'ip';
    const inBlocks = joins && group.find(({ part, value, list }) => list === 'blocks' || part.span === value.span);
    const place = (inBlocks || group[0]!).value.span;
    const apart = group.filter(({ part }) => part.span !== place);
    isMerged ||= apart.length > 0 && (group.length > 1 || (joins && group[0]!.list === 'values'));
    for (const { part } of group) places.set(part, place);
  }
  // Where anything is merged, all parts are made anew.
  return isMerged ? moved(node, places) : node;
}

function partsOf(condition: Expression): Expression[] {
  const parts: Expression[] = [];
  const collect = (one: Expression): void => {
    if (one.kind === 'call' && one.function === 'OR') for (const arg of one.args) collect(arg);
    else parts.push(one);
  };
  collect(condition);
  return parts;
}

function questionIn(part: Expression): Question | null {
  if (part.kind === 'inRanges') return { part, value: part.value, list: 'blocks' };
  if (part.kind !== 'call') return null;
  const [left, right] = part.args as [Expression, Expression | undefined];
  if (part.function === 'IN') return { part, value: left, list: 'values' };
  if (part.function === 'CIDR_MATCH') return { part, value: left, list: 'blocks' };
  if (part.function !== '==' || !right) return null;
  if (right.kind === 'constant') return { part, value: left, list: 'values' };
  return left.kind === 'constant' ? { part, value: right, list: 'values' } : null;
}

/** Each OR of a chain asks for the texts of all values before it. */
const texts = new WeakMap<Expression, string>();

/** What an expression asks, wherever it stands. */
function textOf(expression: Expression): string {
  const known = texts.get(expression);
  if (known !== undefined) return known;
  const text = JSON.stringify(expression, (key, value: unknown) =>
    key === 'span' ? undefined : typeof value === 'bigint' ? String(value) : value,
  );
  texts.set(expression, text);
  return text;
}

function moved(node: Expression, places: ReadonlyMap<Expression, Place>): Expression {
  const span = places.get(node);
  if (span) return { ...node, span };
  if (node.kind !== 'call' || node.function !== 'OR') return node;
  return { ...node, args: node.args.map((arg) => moved(arg, places)) };
}
