import type { SourceText, Span } from '../../diagnostics/source-text.ts';
import type { Column } from '../../plan/column.ts';
import type { Expression } from '../../plan/expression.ts';
import { ident, type Sql, sql } from '../sql.ts';
import { type Columns, type EmitScope, emitExpression } from './expressions.ts';
import type { Representation } from './representation.ts';
import { recorded, WarningSites } from './warning-sites.ts';

/** The rows after a node: a relation, and where in it each column stands. */
export interface Rows {
  readonly name: Sql;
  readonly columns: Columns;
}

/** A common table expression; names of earlier ones stand in its body. */
export interface Step {
  readonly name: Sql;
  readonly body: Sql;
  /** Whether its rows are put together before anything reads them. */
  readonly isGathered?: boolean;
}

/** One statement: steps, and what is selected at their end. */
export function statementOf(steps: readonly Step[], select: Sql): Sql {
  const parts = steps.map(
    ({ name, body, isGathered }) => sql`${name} AS ${isGathered ? sql`MATERIALIZED ` : sql``}(${body})`,
  );
  return parts.length > 0 ? sql`WITH ${parts.reduce((a, b) => sql`${a},\n     ${b}`)}\n${select}` : select;
}

/** A statement in the making: a chain of common table expressions, the names in use, the places that may warn. */
export class Statement {
  readonly sites: WarningSites;
  readonly #steps: Step[] = [];
  readonly #taken = new Set<string>();

  /** Warning sites are numbered from `firstSite` on. */
  constructor(
    private readonly source: SourceText,
    firstSite: number,
  ) {
    this.sites = new WarningSites(source, firstSite);
  }

  /** Adds a step to the chain: what it selects, and where in that each column stands. */
  step(kind: string, body: Sql, columns: Columns): Rows {
    const name = ident(`${kind}_${this.#steps.length + 1}`);
    this.#steps.push({ name, body });
    return { name, columns };
  }

  /** Has the rows of the last step put together before they are read. */
  gather(): void {
    const last = this.#steps.pop();
    if (last) this.#steps.push({ ...last, isGathered: true });
  }

  get steps(): readonly Step[] {
    return this.#steps;
  }

  /** An expression over the columns of some rows. */
  expression(expression: Expression, rows: Rows): Representation {
    return emitExpression(expression, this.scope(rows));
  }

  /** What expressions need to know of the rows that they are evaluated on. */
  scope(rows: Rows): EmitScope {
    return {
      columns: rows.columns,
      sites: this.sites,
      freshName: () => this.alias('let'),
      textOf: (expression) => this.textOf(expression),
    };
  }

  /** An expression as it was written. */
  textOf({ span }: Expression): string {
    return this.source.slice(span);
  }

  /**
   * A name for a column that no other column of the statement has. DuckDB does not tell `A` from `a`, and takes no empty name
   * and none with NUL, which documents may bring.
   */
  alias(name: string): string {
    const base = (name.includes('\0') ? name.replaceAll('\0', '\u2400') : name) || '(empty)';
    const folded = base.toLowerCase();
    let suffix = '';
    for (let n = 2; this.#taken.has(folded + suffix); n++) suffix = `#${n}`;
    this.#taken.add(folded + suffix);
    return base + suffix;
  }

  /** Something to select where there are no columns. */
  nothing(): Sql {
    return sql`1 AS ${ident(this.alias('(no columns)'))}`;
  }

  /** Names a value, as one SQL column or two. */
  named(column: Column, value: Representation): { items: Sql[]; place: Representation } {
    const alias = this.alias(column.name);
    const single = ident(alias);
    if (!value.list) return { items: [sql`${value.single} AS ${single}`], place: { single, list: null } };
    const list = ident(`${alias}[]`);
    return { items: [sql`${value.single} AS ${single}`, sql`${value.list} AS ${list}`], place: { single, list } };
  }

  /** Null of a type, and a warning that names what was written at `span`. */
  warn(span: Span, reason: Sql, storage: Sql): Sql {
    return sql`CASE WHEN ${recorded(this.sites.add(span, 'null'), reason)} THEN NULL::${storage} END`;
  }
}
