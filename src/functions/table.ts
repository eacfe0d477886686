import { aggregates } from './aggregates.ts';
import { anyValues } from './any-value.ts';
import { arithmeticOperators } from './arithmetic.ts';
import { comparisons } from './comparisons.ts';
import { conditionals } from './conditionals.ts';
import { conversions } from './conversions.ts';
import { dates } from './dates.ts';
import type { AggregateFunction, FunctionDefinition, ScalarFunction } from './definition.ts';
import { formats } from './formats.ts';
import { fullTexts } from './full-texts.ts';
import { geometries } from './geometries.ts';
import { grids } from './grids.ts';
import { groupings } from './grouping.ts';
import { harrierFunctions } from './harrier.ts';
import { internals } from './internal.ts';
import { ips } from './ips.ts';
import { logicOperators } from './logic.ts';
import { angles, maths } from './maths.ts';
import { multivalues } from './multivalues.ts';
import { patternOperators } from './patterns.ts';
import { rangeConversions, ranges } from './ranges.ts';
import { scores } from './scores.ts';
import { seriesInternals } from './series-internals.ts';
import { spatialAggregates, spatials } from './spatials.ts';
import { strings } from './strings.ts';
import { timeSeries } from './time-series.ts';

const callable = {
  ...aggregates,
  ...spatialAggregates,
  ...conditionals,
  ...conversions,
  ...angles,
  ...anyValues,
  ...dates,
  ...fullTexts,
  ...groupings,
  ...harrierFunctions,
  ...ips,
  ...maths,
  ...multivalues,
  ...ranges,
  ...rangeConversions,
  ...scores,
  ...spatials,
  ...geometries,
  ...grids,
  ...strings,
  ...formats,
  ...timeSeries,
};
const operatorTable = { ...arithmeticOperators, ...comparisons, ...logicOperators, ...patternOperators };

/** All that a plan can name: functions, operators, and what no query can call. */
export type FunctionTable = typeof callable & typeof operatorTable & typeof internals & typeof seriesInternals;

/** Every function that a query can call. Operators stand apart: they have no name to call them by. */
export const functions: readonly FunctionDefinition[] = Object.values<FunctionDefinition>(callable);

/** Every operator. */
export const operators: readonly ScalarFunction[] = Object.values<ScalarFunction>(operatorTable);

const byName = new Map<string, FunctionDefinition>();
for (const definition of functions) {
  for (const name of [definition.name, ...(definition.aliases ?? [])]) byName.set(name.toLowerCase(), definition);
}

/** Names and aliases in lower case, for suggestions. */
export const functionNames: readonly string[] = [...byName.keys()];

// Most queries write them in capitals.
for (const [name, definition] of [...byName]) byName.set(name.toUpperCase(), definition);

/** Finds a function that a query can call by its name or alias, in any case. */
export const findFunction = (name: string): FunctionDefinition | undefined =>
  byName.get(name) ?? byName.get(name.toLowerCase());

const all: readonly FunctionDefinition[] = [
  ...functions,
  ...operators,
  ...Object.values<FunctionDefinition>(internals),
  ...Object.values<FunctionDefinition>(seriesInternals),
];
const named = new Map<string, FunctionDefinition>(all.map((entry) => [entry.name, entry]));

/** The entry of a function or an operator that a plan names, such as `TO_LOWER`, `+` or `IS NULL`. */
export function scalarNamed(name: string): ScalarFunction {
  const found = named.get(name);
  if (found?.kind !== 'scalar') throw new Error(`no function ${name}`);
  return found;
}

/** The entry of an aggregate that a plan names. */
export function aggregateNamed(name: string): AggregateFunction {
  const found = named.get(name);
  if (found?.kind !== 'aggregate') throw new Error(`no aggregate ${name}`);
  return found;
}
