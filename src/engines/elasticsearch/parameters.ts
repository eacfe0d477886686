import { InputError } from '../../diagnostics/diagnostic.ts';
import type { LiteralValue } from '../../languages/esql/syntax/ast.ts';
import type { Parameter, Parameters } from '../../languages/esql/syntax/parameters.ts';

/** Parameters as the `params` of a request have them; undefined when there are none. */
export function paramsOf(parameters: Parameters | undefined): unknown[] | undefined {
  const { named = new Map<string, Parameter>(), unnamed = [] } = parameters ?? {};
  const params = [...[...named].map(([name, value]) => ({ [name]: paramOf(value) })), ...unnamed.map(paramOf)];
  return params.length === 0 ? undefined : params;
}

function paramOf(parameter: Parameter): unknown {
  if (parameter.kind !== 'value') return { [parameter.kind]: parameter.text };
  const values = parameter.values.map(jsonValue);
  return values.length === 1 ? values[0] : values;
}

/** JSON of the client has no whole numbers beyond 2^53. */
function jsonValue(value: LiteralValue): unknown {
  if (typeof value !== 'bigint') return value;
  const number = Number(value);
  if (BigInt(number) !== value || !Number.isSafeInteger(number))
    throw new InputError(`the number ${value} is too large for a parameter`, 'write it as text');
  return number;
}
