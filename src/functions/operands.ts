import * as types from './type-sets.ts';

/** The two sides of an infix operator; what they may be is for the operator to say. */
export const sides = (name = 'value') => [
  { name: `left ${name}`, accepts: { ...types.any, types: [...types.any.types, ...types.timeSpan.types] } },
  { name: `right ${name}`, accepts: { ...types.any, types: [...types.any.types, ...types.timeSpan.types] } },
];
