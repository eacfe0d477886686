import * as types from './types.ts';

const anything = { ...types.anyOrCounter, types: [...types.anyOrCounter.types, ...types.timeSpan.types] };

/** The two sides of an infix operator; what they may be is for the operator to say. */
export const sides = [
  { name: 'left value', accepts: anything },
  { name: 'right value', accepts: anything },
] as const;
