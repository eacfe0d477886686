import type { Call, Constant, Expression } from '../plan/expression.ts';
import type { EsqlType } from '../values/types.ts';

/** Texts in a condition: more make questions that take long. */
const mostTexts = 60;

/** A comparison of a text with others, of which one has to fit. */
export interface Comparison {
  readonly condition: Call;
  readonly name: string;
  readonly value: Expression;
  readonly texts: readonly string[];
}

const isText = (type: EsqlType): boolean => type === 'keyword' || type === 'text';
const textFunctions: ReadonlySet<string> = new Set(['IN', 'LIKE', 'RLIKE', 'STARTS_WITH', 'ENDS_WITH', 'CONTAINS']);

/** The comparison that a condition is; null where it is none of a text with given texts, or of too many. */
export function comparisonIn(condition: Call): Comparison | null {
  const { function: name, args } = condition;
  if (name !== '==' && !textFunctions.has(name)) return null;
  const [first, ...rest] = args;
  const isTurned = name === '==' && first?.kind === 'constant';
  const [value, wanted] = isTurned ? [rest[0], [first]] : [first, rest];
  if (!value || value.kind === 'constant' || !isText(value.type) || wanted.length > mostTexts) return null;
  const isGiven = (one: Expression): one is Constant => one.kind === 'constant' && typeof one.value === 'string';
  if (wanted.length === 0 || !wanted.every(isGiven)) return null;
  return { condition, name, value, texts: wanted.map((one) => String(one.value)) };
}
