import { ident, join, type Sql, sql } from '../sql/sql.ts';
import type { Expr } from './raw-values.ts';

/** A value with more SQL than this is worked out once, in a column of its own. */
const short = 40;

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

  /** `begin`: how the names of its columns begin. */
  constructor(private readonly begin: string) {}

  /** The same value, as a column where it is long; then only for events that meet a condition. */
  once(value: Expr | null, condition: Sql | null = null): Expr | null {
    if (value === null || value.sql.length <= short) return value;
    const depth = this.#depthOf(value.sql);
    const column = `${this.begin}${this.#count++}`;
    const step = this.#steps[depth] ?? [];
    this.#steps[depth] = step;
    step.push({ column, value: condition ? sql`CASE WHEN ${condition} THEN ${value.sql} END` : value.sql });
    this.#depths.set(column, depth + 1);
    return { ...value, sql: ident(column) };
  }

  /** Behind how many steps all is there that SQL names. */
  #depthOf(value: Sql): number {
    const named = [...value.matchAll(/"(_\w+)"/g)].map(([, name]) => this.#depths.get(name!) ?? 0);
    return Math.max(0, ...named);
  }

  /** A relation with all of the columns. */
  over(relation: Sql): Sql {
    return this.#steps.reduce((before, step) => {
      const columns = step.map(({ column, value }) => sql`${value} AS ${ident(column)}`);
      return sql`(SELECT *, ${join(columns, ', ')} FROM ${before})`;
    }, relation);
  }
}
