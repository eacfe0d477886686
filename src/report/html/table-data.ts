/** A cell in words, or its words and its raw value where they differ. */
export type CellData = string | readonly [words: string, raw: string];

/** What of a table is no markup. */
export interface TableData {
  /** The rows behind the first ones. */
  readonly rows: readonly (readonly CellData[])[];
  /** For each column the place of each row's value among the others; null for none. */
  readonly ranks: readonly (readonly (number | null)[])[];
}

/** Rows shown before more are asked for: sorting and filtering go over all of them. */
export const firstRows = 200;

/** Texts longer than this are cut on the screen, and are whole when one points at them. */
export const longText = 30;
