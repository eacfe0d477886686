const ordinals = ['first', 'second', 'third', 'fourth', 'fifth'];

/** The place of an argument as messages name it, counted from zero. */
export const ordinalOf = (place: number): string => ordinals[place] ?? `${place + 1}th`;
