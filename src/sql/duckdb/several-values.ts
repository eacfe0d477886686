import type { Span } from '../../diagnostics/source-text.ts';
import type { Sql } from '../sql.ts';
import type { Columns } from './expressions.ts';

/**
 * Fields that a condition takes for single values: those with several are looked for apart from it, once for all rows, so
 * that the condition itself has only values to compare.
 */
export class SeveralValues {
  /** The columns whose lists are looked for, by what the warning names. */
  readonly found: { readonly span: Span; readonly columns: readonly number[] }[] = [];

  constructor(private readonly columns: Columns) {}

  /** Notes lists that an expression would have to report; false where one of them is no column of the rows. */
  takes(lists: readonly Sql[], span: Span): boolean {
    const columns = lists.map((wanted) => [...this.columns].find(([, { list }]) => list === wanted)?.[0]);
    if (columns.includes(undefined)) return false;
    this.found.push({ span, columns: columns.filter((id) => id !== undefined) });
    return true;
  }
}
