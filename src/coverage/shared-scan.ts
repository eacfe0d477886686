import type { Column } from '../plan/column.ts';
import { type Expression, rewriteExpression } from '../plan/expression.ts';
import type { Scan, ScanColumn } from '../plan/nodes.ts';
import type { EsqlType } from '../values/types.ts';
import { nameOf } from './counts.ts';

/** The scan of several questions about events: each field is a column of it once, whoever asks for it. */
export class SharedScan {
  readonly #fields = new Map<string, ScanColumn>();
  #last = 0;

  /** `sourceOf`: what a column is read from where questions about other events share the scan. */
  constructor(private readonly sourceOf: (column: ScanColumn) => ScanColumn['source'] = ({ source }) => source) {}

  /** A column unlike any other of the question. */
  fresh(name: string, type: EsqlType): Column {
    return { id: ++this.#last, name, type, multi: false };
  }

  /** A column with the values of another question's. */
  copy(column: Column): Column {
    return { ...column, id: ++this.#last };
  }

  /** How a question that reads a scan of its own reads this one: each of its columns, and its expressions. */
  take({ columns }: Pick<Scan, 'columns'>): {
    columnOf(own: Column): Column;
    moved(expression: Expression): Expression;
  } {
    const shared = new Map(columns.map((one) => [one.column.id, this.#columnOf(one)]));
    const columnOf = (own: Column): Column => shared.get(own.id) ?? own;
    const moved = (expression: Expression): Expression =>
      rewriteExpression(expression, (part) =>
        part.kind === 'column' ? { ...part, column: columnOf(part.column) } : part,
      );
    return { columnOf, moved };
  }

  /** The scan, over the indices of another. */
  over(scan: Scan): Scan {
    const columns = [...this.#fields.values()];
    return { ...scan, columns, output: columns.map(({ column }) => column) };
  }

  #columnOf(one: ScanColumn): Column {
    const name = nameOf(one);
    const known = this.#fields.get(name) ?? { source: this.sourceOf(one), column: this.copy(one.column) };
    this.#fields.set(name, known);
    return known.column;
  }
}
