import { ident, type Sql, sql } from '../../sql.ts';
import type { Rows, Statement } from '../statement.ts';

/** Values that expressions name often, as columns of steps before them. */
export class LetColumns {
  /** The names of the columns, by their values; a value may name those before it. */
  readonly #names = new Map<Sql, Sql>();

  /** `isAsked`: whether a condition is asked of the columns, which the engine then must not work out for each of its names. */
  constructor(
    private readonly input: Rows,
    private readonly statement: Statement,
    private readonly isAsked = false,
  ) {}

  /** The column that holds a value. */
  readonly column = (value: Sql): Sql => {
    const name = this.#names.get(value) ?? ident(this.statement.alias('let'));
    this.#names.set(value, name);
    return name;
  };

  /** The rows with the columns that these expressions name: not every value that a function is given does it use. */
  rowsFor(expressions: readonly Sql[]): Rows {
    const read = [...expressions];
    const used: [value: Sql, name: Sql][] = [];
    for (const [value, name] of [...this.#names].reverse()) {
      if (!read.some((expression) => expression.includes(name))) continue;
      read.push(value);
      used.unshift([value, name]);
    }
    let rows = this.input;
    for (const [value, name] of used) {
      const made = this.isAsked ? asWritten(value) : value;
      rows = this.statement.step('let', sql`SELECT *, ${made} AS ${name} FROM ${rows.name}`, this.input.columns);
    }
    return rows;
  }
}

/**
 * A value that stays in its step. DuckDB (1.5) brings a condition below the step that makes what it is asked of, and writes the
 * value out wherever the condition names it; it does so with nothing that might be another value each time. The chance is
 * drawn only for rows without a value, and changes none.
 */
const asWritten = (value: Sql): Sql => sql`coalesce(${value}, CASE WHEN random() < 0 THEN NULL END)`;
