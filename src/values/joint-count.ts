/*
 * Counting under thresholds where the measures are: a page calls it at every move of a slider, so it imports nothing.
 */

/** Measures of rows, by one threshold that decides about them. */
export interface Measured {
  readonly operator: '==' | '!=' | '<' | '<=' | '>' | '>=';
  /** A value for each row, in the order of the rows; NaN for a row that has none, and passes no threshold. */
  readonly measures: Float64Array;
}

/** Whether a measure passes a threshold. */
export function passes(measure: number, operator: Measured['operator'], setting: number): boolean {
  switch (operator) {
    case '>':
      return measure > setting;
    case '>=':
      return measure >= setting;
    case '<':
      return measure < setting;
    case '<=':
      return measure <= setting;
    case '==':
      return measure === setting;
    case '!=':
      return measure !== setting && !Number.isNaN(measure);
  }
}

/** How many of rows pass all of these thresholds; all of them where there are none. */
export function countPassing(rows: number, thresholds: readonly Measured[], settings: readonly number[]): number {
  const isIn = new Uint8Array(rows).fill(1);
  thresholds.forEach(({ operator, measures }, i) => {
    const setting = settings[i]!;
    for (let row = 0; row < rows; row++) if (!passes(measures[row]!, operator, setting)) isIn[row] = 0;
  });
  let count = 0;
  for (let row = 0; row < rows; row++) count += isIn[row]!;
  return count;
}

/**
 * The places of rows that fail one threshold and pass all others, those first that miss it by the least. Rows without a
 * measure are no near misses.
 */
export function nearMisses(
  thresholds: readonly Measured[],
  settings: readonly number[],
  missed: number,
  most: number,
): number[] {
  const { operator, measures } = thresholds[missed]!;
  const setting = settings[missed]!;
  const places: number[] = [];
  for (let row = 0; row < measures.length; row++) {
    const measure = measures[row]!;
    if (Number.isNaN(measure) || passes(measure, operator, setting)) continue;
    const passesOthers = thresholds.every(
      (other, i) => i === missed || passes(other.measures[row]!, other.operator, settings[i]!),
    );
    if (passesOthers) places.push(row);
  }
  const distance = (row: number): number => Math.abs(measures[row]! - setting);
  return places.sort((a, b) => distance(a) - distance(b) || a - b).slice(0, most);
}
