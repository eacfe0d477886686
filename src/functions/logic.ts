import type { ConstantValue } from '../plan/expression.ts';
import { join, sql } from '../sql/sql.ts';
import type { CustomFunction, ScalarFunction, SingleValueFunction } from './definition.ts';
import * as types from './type-sets.ts';

const logic = (
  name: 'AND' | 'OR',
  doc: string,
  fold: (values: readonly ConstantValue[]) => ConstantValue,
): CustomFunction => ({
  kind: 'scalar',
  name,
  family: 'operator',
  parameters: [
    { name: 'left', accepts: types.boolean },
    { name: 'right', accepts: types.boolean },
  ],
  multivalue: 'custom',
  keepsNulls: true,
  isLazy: true,
  resultIsMulti: () => false,
  returns: () => 'boolean',
  fold,
  // An operand of several values makes the result null, without a warning.
  duckdb([a, b]) {
    const both = name === 'AND' ? sql`(${a!.single} AND ${b!.single})` : sql`(${a!.single} OR ${b!.single})`;
    const lists = [a!.list, b!.list].flatMap((list) => (list ? [sql`${list} IS NULL`] : []));
    return { single: lists.length > 0 ? sql`(CASE WHEN ${join(lists, ' AND ')} THEN ${both} END)` : both, list: null };
  },
  doc,
  example: `ROW a = true | WHERE a ${name} false`,
});

const not: SingleValueFunction = {
  kind: 'scalar',
  name: 'NOT',
  family: 'operator',
  parameters: [{ name: 'condition', accepts: types.boolean }],
  multivalue: 'null-and-warn',
  returns: () => 'boolean',
  fold: ([value]) => (value === null ? null : !value),
  duckdb: ([a]) => sql`NOT ${a!}`,
  doc: 'The opposite of a condition; null stays null.',
  example: 'ROW a = true | WHERE NOT a',
};

const nullTest = (name: 'IS NULL' | 'IS NOT NULL', doc: string): ScalarFunction => ({
  kind: 'scalar',
  name,
  family: 'operator',
  parameters: [{ name: 'value', accepts: types.any }],
  multivalue: 'custom',
  returns: () => 'boolean',
  resultIsMulti: () => false,
  fold: ([value]) => (value === null) === (name === 'IS NULL'),
  duckdb([value]) {
    const { single, list } = value!;
    if (name === 'IS NULL') {
      return { single: list ? sql`(${single} IS NULL AND ${list} IS NULL)` : sql`(${single} IS NULL)`, list: null };
    }
    return {
      single: list ? sql`(${single} IS NOT NULL OR ${list} IS NOT NULL)` : sql`(${single} IS NOT NULL)`,
      list: null,
    };
  },
  doc,
  example: `ROW a = null | WHERE a ${name}`,
});

export const logicOperators: readonly ScalarFunction[] = [
  logic(
    'AND',
    'True when both conditions are, false when either is not; null where one has several values.',
    ([a, b]) => (a === false || b === false ? false : a === null || b === null ? null : true),
  ),
  logic('OR', 'True when either condition is, false when neither is; null where one has several values.', ([a, b]) =>
    a === true || b === true ? true : a === null || b === null ? null : false,
  ),
  not,
  nullTest('IS NULL', 'True when there is no value.'),
  nullTest('IS NOT NULL', 'True when there is a value, or several.'),
];
