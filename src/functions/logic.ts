import type { ConstantValue } from '../plan/expression.ts';
import { allValues, family, singleValue } from './definition.ts';
import * as types from './types.ts';

const logic = (
  name: 'AND' | 'OR',
  doc: string,
  fold: (values: readonly [ConstantValue, ConstantValue]) => ConstantValue,
) =>
  allValues({
    parameters: [
      { name: 'left', accepts: types.boolean },
      { name: 'right', accepts: types.boolean },
    ],
    keepsNulls: true,
    isLazy: true,
    neverFails: true,
    returns: () => 'boolean',
    fold,
    doc,
    example: `ROW a = true | WHERE a ${name} false`,
  });

const nullTest = (name: 'IS NULL' | 'IS NOT NULL', doc: string) =>
  allValues({
    parameters: [{ name: 'value', accepts: types.withMetric(types.anyOrCounter) }],
    returns: () => 'boolean',
    neverFails: true,
    fold: ([value]) => (value === null) === (name === 'IS NULL'),
    doc,
    example: `ROW a = null | WHERE a ${name}`,
  });

export const logicOperators = family('operator', {
  AND: logic(
    'AND',
    'True when both conditions are, false when either is not; null where one has several values.',
    ([a, b]) => (a === false || b === false ? false : a === null || b === null ? null : true),
  ),
  OR: logic(
    'OR',
    'True when either condition is, false when neither is; null where one has several values.',
    ([a, b]) => (a === true || b === true ? true : a === null || b === null ? null : false),
  ),
  NOT: singleValue({
    parameters: [{ name: 'condition', accepts: types.boolean }],
    returns: () => 'boolean',
    neverFails: true,
    fold: ([value]) => (value === null ? null : !value),
    doc: 'The opposite of a condition; null stays null.',
    example: 'ROW a = true | WHERE NOT a',
  }),
  'IS NULL': { ...nullTest('IS NULL', 'True when there is no value.'), isSelective: true as const },
  'IS NOT NULL': nullTest('IS NOT NULL', 'True when there is a value, or several.'),
});
