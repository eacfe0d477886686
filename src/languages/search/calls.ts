import { given } from '../../plan/build.ts';
import type { Column } from '../../plan/column.ts';
import { type Call, type ConstantScalar, type Expression, reference } from '../../plan/expression.ts';
import type { Plan } from '../../plan/nodes.ts';
import type { EsqlType } from '../../values/types.ts';

/* Pieces of plans that no query text stands behind. */

export const nowhere = { start: 0, end: 0 };

/** A function of the table, which gives a single value. */
export const call = (name: string, type: EsqlType, ...args: readonly Expression[]): Call => ({
  kind: 'call',
  function: name,
  args,
  type,
  multi: false,
  span: nowhere,
});

/** A function that gives as many values as its first argument has. */
export const callOnEach = (name: string, type: EsqlType, ...args: readonly Expression[]): Call => ({
  ...call(name, type, ...args),
  multi: args[0]!.multi,
});

export const columnValue = (column: Column): Expression => reference(column, nowhere);

/** True where a value is one of some. */
export const isAnyOf = (value: Expression, values: readonly ConstantScalar[]): Expression =>
  call('IN', 'boolean', value, ...values.map((one) => given(value.type, one)));

/** Rows with more columns. */
export function computed(
  input: Plan,
  definitions: readonly { readonly column: Column; readonly expression: Expression }[],
): Plan {
  if (definitions.length === 0) return input;
  return { kind: 'compute', input, definitions, output: [...input.output, ...definitions.map(({ column }) => column)] };
}
