import type { Kind } from '../documents/columns.ts';
import type { EsqlType } from '../values/types.ts';
import type { DynamicType } from './mapped-field.ts';

/** The type of a field that no mapping knows. It widens from long to double to the type that takes anything. */
export function typeOfKinds({ kinds, hasNegative, top }: DynamicType): EsqlType {
  const only = (...allowed: readonly Kind[]): boolean => [...kinds].every((kind) => allowed.includes(kind));
  if (kinds.size === 0) return top;
  if (only('boolean')) return 'boolean';
  if (only('whole')) return 'long';
  // No unsigned_long is below zero.
  if (only('whole', 'unsigned')) return hasNegative ? 'double' : 'unsigned_long';
  if (only('whole', 'unsigned', 'decimal')) return 'double';
  return only('date') ? 'date' : top;
}

/** The type of a field in several indices, in none of which a mapping knows it. */
export const typeOfAll = (types: readonly DynamicType[]): EsqlType =>
  typeOfKinds({
    kinds: new Set(types.flatMap(({ kinds }) => [...kinds])),
    hasNegative: types.some(({ hasNegative }) => hasNegative),
    top: types.some(({ top }) => top === 'text') ? 'text' : 'keyword',
  });
