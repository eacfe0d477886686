import { aggregates } from './aggregate.ts';
import { arithmeticOperators } from './arithmetic.ts';
import { comparisons } from './comparison.ts';
import { conditionals } from './conditional.ts';
import { conversions } from './convert.ts';
import { dates } from './date.ts';
import type { FunctionDefinition, ScalarFunction } from './definition.ts';
import { fullTexts } from './full-text.ts';
import { groupingFunctions } from './grouping.ts';
import { ips } from './ip.ts';
import { patterns } from './like.ts';
import { logicOperators } from './logic.ts';
import { maths } from './math.ts';
import { multivalues } from './multivalue.ts';
import { spatialAggregates, spatials } from './spatial.ts';
import { strings } from './string.ts';

/** Every function that a query can call. Operators stand apart: they have no name to call them by. */
export const functions: readonly FunctionDefinition[] = [
  ...aggregates,
  ...spatialAggregates,
  ...conditionals,
  ...conversions,
  ...dates,
  ...fullTexts,
  ...groupingFunctions,
  ...ips,
  ...maths,
  ...multivalues,
  ...spatials,
  ...strings,
];

const byName = new Map<string, FunctionDefinition>();
for (const definition of functions) {
  for (const name of [definition.name, ...(definition.aliases ?? [])]) byName.set(name.toLowerCase(), definition);
}

/** Finds a function by its name or alias, in any case. */
export const findFunction = (name: string): FunctionDefinition | undefined => byName.get(name.toLowerCase());

/** Names and aliases in lower case, for suggestions. */
export const functionNames: readonly string[] = [...byName.keys()];

/** Every operator. */
export const operators: readonly ScalarFunction[] = [
  ...arithmeticOperators,
  ...comparisons,
  ...logicOperators,
  ...patterns,
];

const operatorsByName = new Map<string, ScalarFunction>(operators.map((entry) => [entry.name, entry]));

/** The entry of an operator, such as `+` or `IS NULL`. */
export function operator(name: string): ScalarFunction {
  const found = operatorsByName.get(name);
  if (!found) throw new Error(`no operator ${name}`);
  return found;
}
