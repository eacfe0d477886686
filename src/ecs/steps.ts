import { ident, join, type Sql, sql } from '../sql/sql.ts';
import type { Expr } from './raw-values.ts';

/** A value with more SQL than this is worked out once, in a column of its own. */
const short = 60;

/**
 * Values that others are made of, each worked out in a column of its own: written out wherever they are used, SQL would grow
 * with every step from field to field.
 */
export class Steps {
  /** The columns of each step; those of one are made of what stands before it. */
  readonly #steps: { readonly column: string; readonly value: Sql }[][] = [];
  /** Behind how many steps each column is there. */
  readonly #depths = new Map<string, number>();
  #count = 0;
  /** Behind how many steps all is there that the value is made of that is being worked out. */
  #depth = 0;

  /** `begin`: how the names of its columns begin. */
  constructor(private readonly begin: string) {}

  /** The value that `make` gives, as a column where it is long; then only for events that meet a condition. */
  define(make: () => Expr | null, condition: Sql | null = null): Expr | null {
    const around = this.#depth;
    this.#depth = 0;
    const value = make();
    const own = this.#depth;
    if (value === null || value.sql.length <= short) {
      this.#depth = Math.max(around, own);
      return value;
    }
    const column = `${this.begin}${this.#count++}`;
    const step = this.#steps[own] ?? [];
    this.#steps[own] = step;
    step.push({ column, value: condition ? sql`CASE WHEN ${condition} THEN ${value.sql} END` : value.sql });
    this.#depths.set(column, own + 1);
    this.#depth = Math.max(around, own + 1);
    return { ...value, sql: ident(column) };
  }

  /** Says that a value is used which was defined before. */
  use(value: Expr | null): Expr | null {
    for (const [, name] of value?.sql.matchAll(/"(_\w+)"/g) ?? [])
      this.#depth = Math.max(this.#depth, this.#depths.get(name!) ?? 0);
    return value;
  }

  /** A relation with all of the columns. */
  over(relation: Sql): Sql {
    return this.#steps.reduce((before, step) => {
      const columns = step.map(({ column, value }) => sql`${value} AS ${ident(column)}`);
      return sql`(SELECT *, ${join(columns, ', ')} FROM ${before})`;
    }, relation);
  }
}
