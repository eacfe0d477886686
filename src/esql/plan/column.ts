import type { EsqlType } from '../../values/types.ts';
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
  /** Made while recovering from an error: whatever uses it is not reported again. */
  readonly invalid?: true;
}
