import type { Field } from '../catalogue/catalogue.ts';
import { storageType } from '../catalogue/storage-type.ts';
import type { SourceText } from '../diagnostics/source-text.ts';
import { comparable } from '../esql/functions/comparison.ts';
import type { Representation } from '../esql/functions/definition.ts';
import type { Column } from '../esql/plan/column.ts';
import type { Expression } from '../esql/plan/expression.ts';
import type { Aggregate, Compute, Plan, Scan, Sort } from '../esql/plan/nodes.ts';
import { ident, join, number, type Sql, sql, text } from '../sql/sql.ts';
import { type Columns, type EmitScope, emitExpression } from './expressions.ts';
import { WarningSites } from './warning-sites.ts';

/** A plan as one SQL statement. */
export interface Emitted {
  readonly sql: Sql;
  /** For each column of the result, in order: the SQL columns that hold single values and lists. */
  readonly output: readonly { readonly column: Column; readonly hasList: boolean }[];
  readonly sites: WarningSites;
}

/** Where the events of a scan stand. */
export interface EventRelation {
  /** What follows FROM: the events of these indices (null: of all), with at least these fields and _index and _id. */
  from(indices: readonly string[] | null, fields: readonly Field[]): Sql;
  /** How often an event was written. */
  readonly version: Sql;
}

/** Events that all stand in one table and never change. */
export const oneTable = (table: Sql): EventRelation => ({
  from: (indices) =>
    indices === null
      ? table
      : indices.length === 0
        ? sql`${table} WHERE false`
        : sql`${table} WHERE ${ident('_index')} IN (${join(indices.map(text), ', ')})`,
  version: sql`1::BIGINT`,
});

/**
 * Turns a plan into one statement, a chain of common table expressions with one step for each node that does work, so
 * that the engine's optimiser sees all of it. Its warning sites are numbered from `firstSite` on.
 */
export function emit(plan: Plan, source: SourceText, relation: EventRelation, firstSite = 0): Emitted {
  const emitter = new Emitter(source, relation, firstSite);
  const last = emitter.node(plan);
  const output = plan.output.map((column) => ({ column, value: emitter.read(column, last.columns) }));
  const items = output.flatMap(({ value }, i) => [
    sql`${value.single} AS ${ident(`c${i}`)}`,
    ...(value.list ? [sql`${value.list} AS ${ident(`l${i}`)}`] : []),
  ]);
  const select = sql`SELECT ${items.length > 0 ? join(items, ', ') : sql`true AS ${ident('row')}`} FROM ${last.name}`;
  const steps = emitter.steps.map(({ name, body }) => sql`${name} AS (${body})`);
  const statement = steps.length > 0 ? sql`WITH ${joinLines(steps)}\n${select}` : select;
  return {
    sql: statement,
    output: output.map(({ column, value }) => ({ column, hasList: value.list !== null })),
    sites: emitter.sites,
  };
}

const joinLines = (parts: readonly Sql[]): Sql => parts.reduce((a, b) => sql`${a},\n     ${b}`);

interface Step {
  readonly name: Sql;
  readonly body: Sql;
}

/** The rows after a node: a relation, and where in it each column stands. */
interface Rows {
  readonly name: Sql;
  readonly columns: Columns;
}

class Emitter {
  readonly steps: Step[] = [];
  readonly sites: WarningSites;
  readonly #taken = new Set<string>();

  constructor(
    private readonly source: SourceText,
    private readonly relation: EventRelation,
    firstSite: number,
  ) {
    this.sites = new WarningSites(source, firstSite);
  }

  node(plan: Plan): Rows {
    switch (plan.kind) {
      case 'scan':
        return this.#scan(plan);
      case 'oneRow':
        return this.#step('row', sql`SELECT ${this.#nothing()}`, new Map());
      case 'filter': {
        const input = this.node(plan.input);
        const condition = this.#expression(plan.condition, input).single;
        return this.#step('filter', sql`SELECT * FROM ${input.name} WHERE ${condition}`, input.columns);
      }
      case 'compute':
        return this.#compute(plan);
      case 'project':
        return this.node(plan.input);
      case 'aggregate':
        return this.#aggregate(plan);
      case 'sort':
        return this.#sort(plan);
      case 'limit': {
        const input = this.node(plan.input);
        return this.#step('limit', sql`SELECT * FROM ${input.name} LIMIT ${number(plan.count)}`, input.columns);
      }
    }
  }

  /** Where a column stands; one that is always null needs no place. */
  read(column: Column, columns: Columns): Representation {
    if (column.type === 'null' || column.type === 'unsupported') return { single: sql`NULL`, list: null };
    const found = columns.get(column.id);
    if (!found) throw new Error(`column ${column.name} is not in scope`);
    return found;
  }

  #step(kind: string, body: Sql, columns: Columns): Rows {
    const name = ident(`${kind}_${this.steps.length + 1}`);
    this.steps.push({ name, body });
    return { name, columns };
  }

  #expression(expression: Expression, rows: Rows): Representation {
    const scope: EmitScope = {
      columns: rows.columns,
      sites: this.sites,
      freshName: () => this.#alias('let'),
      textOf: ({ span }) => this.source.slice(span),
    };
    return emitExpression(expression, scope);
  }

  /** A name for a column that no other column of the statement has; DuckDB does not tell `A` from `a`. */
  #alias(name: string): string {
    let alias = name;
    for (let n = 2; this.#taken.has(alias.toLowerCase()); n++) alias = `${name}#${n}`;
    this.#taken.add(alias.toLowerCase());
    return alias;
  }

  /** Something to select where there are no columns. */
  #nothing(): Sql {
    return sql`1 AS ${ident(this.#alias('(no columns)'))}`;
  }

  /** Names a value, as one SQL column or two. */
  #named(column: Column, value: Representation): { items: Sql[]; place: Representation } {
    const alias = this.#alias(column.name);
    const single = ident(alias);
    if (!value.list) return { items: [sql`${value.single} AS ${single}`], place: { single, list: null } };
    const list = ident(`${alias}[]`);
    return { items: [sql`${value.single} AS ${single}`, sql`${value.list} AS ${list}`], place: { single, list } };
  }

  #scan(plan: Scan): Rows {
    const columns = new Map<number, Representation>();
    const items = plan.columns.flatMap(({ column, source }) => {
      if (column.type === 'null' || column.type === 'unsupported') return [];
      const { items, place } = this.#named(column, this.#stored(source));
      columns.set(column.id, place);
      return items;
    });
    const select = items.length > 0 ? join(items, ', ') : this.#nothing();
    const fields = plan.columns.flatMap(({ source }) => (typeof source === 'object' ? [source] : []));
    return this.#step('scan', sql`SELECT ${select} FROM ${this.relation.from(plan.indices, fields)}`, columns);
  }

  /** The SQL columns in which events keep a field. */
  #stored(source: Scan['columns'][number]['source']): Representation {
    if (source === '_index' || source === '_id') return { single: ident(source), list: null };
    if (source === '_version') return { single: this.relation.version, list: null };
    if (source.column === null) return { single: sql`NULL::${storageType(source.type)}`, list: null };
    return { single: ident(source.column), list: source.listColumn === null ? null : ident(source.listColumn) };
  }

  #compute(plan: Compute): Rows {
    const input = this.node(plan.input);
    const columns = new Map(input.columns);
    const items = plan.definitions.flatMap(({ column, expression }) => {
      if (column.type === 'null') return [];
      const { items, place } = this.#named(column, this.#expression(expression, input));
      columns.set(column.id, place);
      return items;
    });
    if (items.length === 0) return input;
    return this.#step('eval', sql`SELECT *, ${join(items, ', ')} FROM ${input.name}`, columns);
  }

  /** Keys that may hold several values are unrolled before the rows are grouped. */
  #aggregate(plan: Aggregate): Rows {
    let input = this.node(plan.input);
    const columns = new Map<number, Representation>();
    const keys: Sql[] = [];
    const items: Sql[] = [];
    for (const { source, column } of plan.groups) {
      let value = this.read(source, input.columns);
      if (value.list) {
        const alias = ident(this.#alias(`${column.name} (each)`));
        const { single, list } = value;
        const each = sql`unnest(CASE WHEN ${list} IS NULL THEN [${single}] ELSE list_distinct(${list}) END)`;
        input = this.#step('unroll', sql`SELECT *, ${each} AS ${alias} FROM ${input.name}`, input.columns);
        value = { single: alias, list: null };
      }
      if (column.type === 'null') continue;
      const { items: named, place } = this.#named(column, value);
      keys.push(value.single);
      items.push(...named);
      columns.set(column.id, place);
    }
    for (const call of plan.aggregates) {
      const args = call.args.map((arg) => this.#expression(arg, input));
      const filter = call.filter ? sql` FILTER (WHERE ${this.#expression(call.filter, input).single})` : sql``;
      const known = call.args.map((arg) => ({
        type: arg.type,
        multi: arg.multi,
        text: this.source.slice(arg.span),
        ...(arg.kind === 'constant' && { value: arg.value }),
      }));
      const warn = (reason: Sql, storage = storageType(call.column.type)): Sql =>
        sql`CASE WHEN harrier_warn(${number(this.sites.add(call.span, 'null'))}, ${reason}) THEN NULL::${storage} END`;
      const { type } = call.column;
      const { single, list, failure } = call.function.duckdb(args, { args: known, type, filter, warn });
      if (call.column.type === 'null') continue;
      let value = single;
      if (failure) {
        value = sql`coalesce(${single}, CASE WHEN ${failure.when} THEN ${warn(failure.reason)} END)`;
      }
      const { items: named, place } = this.#named(call.column, { single: value, list });
      items.push(...named);
      columns.set(call.column.id, place);
    }
    const select = items.length > 0 ? join(items, ', ') : this.#nothing();
    // Without aggregates and keys there is one row still; with keys of no type, one group.
    const group =
      keys.length > 0 ? sql` GROUP BY ${join(keys, ', ')}` : plan.groups.length > 0 ? sql` HAVING count(*) > 0` : sql``;
    return this.#step('stats', sql`SELECT ${select} FROM ${input.name}${group}`, columns);
  }

  #sort(plan: Sort): Rows {
    const input = this.node(plan.input);
    const keys = plan.keys.flatMap(({ expression, descending, nulls }) => {
      // A constant orders nothing, and DuckDB takes a number for the place of a column.
      if (expression.type === 'null' || expression.kind === 'constant') return [];
      const { single, list } = this.#expression(expression, input);
      // Several values sort by the smallest going up, by the largest going down.
      const value = list ? sql`coalesce(${single}, ${descending ? sql`list_max` : sql`list_min`}(${list}))` : single;
      const direction = descending ? sql`DESC` : sql`ASC`;
      const place = nulls === 'first' ? sql`NULLS FIRST` : sql`NULLS LAST`;
      return [sql`${comparable(value, expression.type)} ${direction} ${place}`];
    });
    if (keys.length === 0) return input;
    return this.#step('sort', sql`SELECT * FROM ${input.name} ORDER BY ${join(keys, ', ')}`, input.columns);
  }
}
