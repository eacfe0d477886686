import type { EsqlType } from '../values/types.ts';
import type { Constant } from './expression.ts';

/**
 * A column of the plan. Names repeat and change along a pipeline (RENAME, EVAL over an old name); the id does not, and
 * says which values are meant.
 */
export interface Column {
  readonly id: number;
  readonly name: string;
  readonly type: EsqlType;
  /** Some row may hold two or more values. */
  readonly multi: boolean;
  /** Set when the column holds the same value in every row, known beforehand. */
  readonly constant?: Constant;
  /** Of a column of conflicting types: each type as a column that only conversions read. */
  readonly variants?: readonly { readonly column: Column; readonly indices: readonly string[] }[];
  /** Set where an index has it: only there can texts be searched. */
  readonly field?: true;
  /** What it is of the time series that its indices hold. */
  readonly series?: 'dimension' | 'metric';
  /** An unmapped field that a command has not named: of these, an answer shows only the first thousand. */
  readonly isUnnamed?: boolean;
  /** Made while recovering from an error: whatever uses it is not reported again. */
  readonly invalid?: true;
}
