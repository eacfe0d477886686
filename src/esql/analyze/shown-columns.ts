import type { Column } from '../plan/column.ts';

/** A statement that shows more columns takes the engine seconds to plan. */
const mostUnnamed = 1000;

/** The columns that an answer shows: of unmapped fields that no command names, only the first. */
export function shownColumns(output: readonly Column[]): readonly Column[] {
  let room = mostUnnamed;
  return output.filter(({ isUnnamed }) => !isUnnamed || room-- > 0);
}

/** What is said of an answer that leaves fields out. */
export const leftOutText = (count: number): string =>
  `${count} fields are not shown, because there are too many: name those that you need`;
