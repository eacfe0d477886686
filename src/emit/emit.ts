import type { Field } from '../catalogue/catalogue.ts';
import { storageType } from '../catalogue/storage-type.ts';
import type { SourceText, Span } from '../diagnostics/source-text.ts';
import { comparable } from '../esql/functions/comparison.ts';
import type { Representation } from '../esql/functions/definition.ts';
import { fromList, mapList, valuesOf } from '../esql/functions/sql-fragments.ts';
import type { Column } from '../esql/plan/column.ts';
import type { Expression } from '../esql/plan/expression.ts';
import type {
  Aggregate,
  ChangePoint,
  Compute,
  Expand,
  Join,
  Limit,
  LimitBy,
  MetadataField,
  Parse,
  Plan,
  Rank,
  Scan,
  Sort,
  SortKey,
  Union,
} from '../esql/plan/nodes.ts';
import { ident, join, number, type Sql, sql, text } from '../sql/sql.ts';
import { leastValues } from '../values/change-point.ts';
import type { EsqlType } from '../values/types.ts';
import { type Columns, type EmitScope, emitExpression } from './expressions.ts';
import { impliedConditions } from './implied-conditions.ts';
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
  /** What follows FROM: the events of these indices (null: of all), with at least these fields, these metadata and _index. */
  from(indices: readonly string[] | null, fields: readonly Field[], metadata: readonly MetadataField[]): Sql;
  /** What of an event is no field of it. */
  metadata(field: MetadataField): Representation;
}

/** Events that all stand in one table and never change. */
export const oneTable = (table: Sql): EventRelation => ({
  from: (indices) =>
    indices === null
      ? table
      : indices.length === 0
        ? sql`${table} WHERE false`
        : sql`${table} WHERE ${ident('_index')} IN (${join(indices.map(text), ', ')})`,
  metadata(field) {
    switch (field) {
      case '_version':
        return { single: sql`1::BIGINT`, list: null };
      case '_score':
        return { single: sql`0::DOUBLE`, list: null };
      case '_index_mode':
        return { single: sql`'standard'`, list: null };
      case '_source':
        return { single: sql`NULL::VARCHAR`, list: null };
      case '_ignored':
        return fromList(ident('_ignored'));
      default:
        return { single: ident(field), list: null };
    }
  },
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

const severalKeys = 'java.lang.IllegalArgumentException: LOOKUP JOIN encountered multi-value';

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
        const scope = this.#scope(input);
        const conditions = [...impliedConditions(plan.condition, scope), emitExpression(plan.condition, scope).single];
        return this.#step('filter', sql`SELECT * FROM ${input.name} WHERE ${join(conditions, ' AND ')}`, input.columns);
      }
      case 'compute':
        return this.#compute(plan);
      case 'project':
        return this.node(plan.input);
      case 'aggregate':
        return this.#aggregate(plan);
      case 'sort':
        return this.#sort(plan);
      case 'limit':
        return this.#limit(plan);
      case 'limitBy':
        return this.#limitBy(plan);
      case 'expand':
        return this.#expand(plan);
      case 'sample': {
        const input = this.node(plan.input);
        const chance = sql`random() < ${text(String(plan.probability))}::DOUBLE`;
        return this.#step('sample', sql`SELECT * FROM ${input.name} WHERE ${chance}`, input.columns);
      }
      case 'changePoint':
        return this.#changePoint(plan);
      case 'rank':
        return this.#rank(plan);
      case 'parse':
        return this.#parse(plan);
      case 'join':
        return plan.collect ? this.#collect(plan) : this.#join(plan);
      case 'union':
        return this.#union(plan);
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

  #scope(rows: Rows): EmitScope {
    return {
      columns: rows.columns,
      sites: this.sites,
      freshName: () => this.#alias('let'),
      textOf: ({ span }) => this.source.slice(span),
    };
  }

  #expression(expression: Expression, rows: Rows): Representation {
    return emitExpression(expression, this.#scope(rows));
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
    // DuckDB (1.5) tests what it can while it scans, in the order in which columns are named; addresses cost the most.
    const inOrder = [...plan.columns].sort((a, b) => Number(a.column.type === 'ip') - Number(b.column.type === 'ip'));
    const items = inOrder.flatMap(({ column, source }) => {
      if (column.type === 'null' || column.type === 'unsupported') return [];
      const { items, place } = this.#named(column, this.#stored(source));
      columns.set(column.id, place);
      return items;
    });
    const select = items.length > 0 ? join(items, ', ') : this.#nothing();
    const fields = plan.columns.flatMap(({ source }) => (typeof source === 'object' ? [source] : []));
    const metadata = plan.columns.flatMap(({ source }) => (typeof source === 'string' ? [source] : []));
    const events = this.relation.from(plan.indices, fields, metadata);
    return this.#step('scan', sql`SELECT ${select} FROM ${events}`, columns);
  }

  /** The SQL columns in which events keep a field. */
  #stored(source: Scan['columns'][number]['source']): Representation {
    if (typeof source === 'string') return this.relation.metadata(source);
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
    // Without aggregates and keys there is one row still; with keys of no type, one group.
    const select = items.length > 0 ? join(items, ', ') : sql`count(*) AS ${ident(this.#alias('(no columns)'))}`;
    const group =
      keys.length > 0 ? sql` GROUP BY ${join(keys, ', ')}` : plan.groups.length > 0 ? sql` HAVING count(*) > 0` : sql``;
    return this.#step('stats', sql`SELECT ${select} FROM ${input.name}${group}`, columns);
  }

  /** With its order in one step, where it has one: each step that is not there need not be planned. */
  #limit({ input: below, count }: Limit): Rows {
    const input = this.node(below.kind === 'sort' ? below.input : below);
    const keys = below.kind === 'sort' ? this.#orderBy(below.keys, input) : [];
    const order = keys.length > 0 ? sql` ORDER BY ${join(keys, ', ')}` : sql``;
    return this.#step('limit', sql`SELECT * FROM ${input.name}${order} LIMIT ${number(count)}`, input.columns);
  }

  #limitBy(plan: LimitBy): Rows {
    const input = this.node(plan.input);
    const keys = plan.keys.flatMap((key) => {
      if (key.type === 'null') return [];
      const { single, list } = this.#expression(key, input);
      return list ? [single, list] : [single];
    });
    const order = this.#orderBy(plan.order, input);
    const parts = [
      ...(keys.length > 0 ? [sql`PARTITION BY ${join(keys, ', ')}`] : []),
      ...(order.length > 0 ? [sql`ORDER BY ${join(order, ', ')}`] : []),
    ];
    const place = sql`row_number() OVER (${parts.reduce((a, b) => sql`${a} ${b}`, sql``)})`;
    return this.#step(
      'limit_by',
      sql`SELECT * FROM ${input.name} QUALIFY ${place} <= ${number(plan.count)}`,
      input.columns,
    );
  }

  #expand(plan: Expand): Rows {
    const input = this.node(plan.input);
    const columns = new Map(input.columns);
    const value = this.read(plan.source, input.columns);
    if (!value.list) {
      columns.set(plan.column.id, value);
      return { name: input.name, columns };
    }
    const each = sql`unnest(CASE WHEN ${value.list} IS NULL THEN [${value.single}] ELSE ${value.list} END)`;
    const alias = ident(this.#alias(plan.column.name));
    columns.set(plan.column.id, { single: alias, list: null });
    return this.#step('expand', sql`SELECT *, ${each} AS ${alias} FROM ${input.name}`, columns);
  }

  #rank(plan: Rank): Rows {
    const input = this.node(plan.input);
    const columns = new Map(input.columns);
    const arrival = ident(this.#alias('(arrival)'));
    const arrived = this.#step(
      'arrived',
      sql`SELECT *, row_number() OVER () AS ${arrival} FROM ${input.name}`,
      columns,
    );
    const by = this.read(plan.by, columns).single;
    const rank = sql`row_number() OVER (PARTITION BY ${by} ORDER BY ${arrival})`;
    const { items, place } = this.#named(plan.column, { single: rank, list: null });
    columns.set(plan.column.id, place);
    return this.#step('rank', sql`SELECT *, ${join(items, ', ')} FROM ${arrived.name}`, columns);
  }

  /** Rows are numbered in their order, each group's values are looked at together, and the row that is found is marked. */
  #changePoint(plan: ChangePoint): Rows {
    const input = this.node(plan.input);
    const [place, value, several] = ['(place)', '(value)', '(several)'].map((name) => ident(this.#alias(name)));
    const given = this.#expression(plan.value, input);
    const groups = plan.groups.map((group) => {
      const { single, list } = this.#expression(group, input);
      // A row stays one row: several values are a group of their own.
      return { name: ident(this.#alias('(group)')), value: list ? sql`coalesce(${list}, [${single}])` : single };
    });
    const partition =
      groups.length > 0
        ? sql`PARTITION BY ${join(
            groups.map((group) => group.value),
            ', ',
          )} `
        : sql``;
    const order = this.#orderBy(plan.order, input);
    const sorted = order.length > 0 ? sql`ORDER BY ${join(order, ', ')}` : sql``;
    const numbered = this.#step(
      'series',
      sql`SELECT *, row_number() OVER (${partition}${sorted}) AS ${place!}, (${given.single})::DOUBLE AS ${value!}, ${given.list ? sql`${given.list} IS NOT NULL` : sql`false`} AS ${several!}${groups.reduce((all, group) => sql`${all}, ${group.value} AS ${group.name}`, sql``)} FROM ${input.name}`,
      input.columns,
    );
    const there = sql`FILTER (WHERE ${value!} IS NOT NULL)`;
    const remark = (when: Sql, reason: string): Sql =>
      sql`WHEN ${when} AND NOT harrier_warn(${number(this.sites.add(plan.span, 'remark'))}, ${text(`java.lang.IllegalArgumentException: ${reason}`)}) THEN NULL`;
    const few = sql`'java.lang.IllegalArgumentException: not enough buckets to calculate change_point. Requires at least [${number(leastValues)}]; found [' || count(${value!}) || ']'`;
    const found = sql`CASE ${remark(sql`bool_or(${value!} IS NULL AND NOT ${several!})`, 'values contain nulls; skipping them')}
      ${remark(sql`bool_or(${several!})`, 'values contains multivalued entries; skipping them (please consider reducing them with e.g. MV_AVG or MV_SUM)')}
      WHEN count(${value!}) < ${number(leastValues)} THEN ${this.#warn(plan.span, few, sql`VARCHAR`)}
      ELSE harrier_change_point(to_json(list(${value!} ORDER BY ${place!}) ${there})::VARCHAR) END`;
    const keys = groups.map((group) => group.name);
    const by = keys.length > 0 ? sql` GROUP BY ${join(keys, ', ')}` : sql``;
    const places = sql`list(${place!} ORDER BY ${place!}) ${there}`;
    const result = this.#step(
      'change',
      sql`SELECT ${keys.reduce((all, key) => sql`${all}${key}, `, sql``)}${found} AS ${ident('found')}, ${places} AS ${ident('places')} FROM ${numbered.name}${by}`,
      new Map(),
    );
    const f = sql`${result.name}.${ident('found')}`;
    const marked = (field: string, storage: Sql): Sql =>
      sql`CASE WHEN ${place!} = ${result.name}.${ident('places')}[(${f} ->> 'index')::INTEGER + 1] THEN (${f} ->> ${text(field)})::${storage} END`;
    const columns = new Map(input.columns);
    const items = [
      [plan.type, marked('type', sql`VARCHAR`)] as const,
      [plan.pvalue, marked('pvalue', sql`DOUBLE`)] as const,
    ].flatMap(([column, single]) => {
      const { items: named, place: at } = this.#named(column, { single, list: null });
      columns.set(column.id, at);
      return named;
    });
    const on = keys.map((key) => sql`${numbered.name}.${key} IS NOT DISTINCT FROM ${result.name}.${key}`);
    return this.#step(
      'change_point',
      sql`SELECT ${numbered.name}.*, ${join(items, ', ')} FROM ${numbered.name} JOIN ${result.name} ON ${on.length > 0 ? join(on, ' AND ') : sql`true`}`,
      columns,
    );
  }

  /** Every text is taken apart once, into a list for each column. */
  #parse(plan: Parse): Rows {
    const input = this.node(plan.input);
    const columns = new Map(input.columns);
    const value = this.#expression(plan.value, input);
    const parsed = ident(this.#alias('(parsed)'));
    const one = (single: Sql): Sql =>
      plan.parser.duckdb(single, (reason) => this.#warn(plan.value.span, reason, sql`VARCHAR[][]`));
    // Of several texts, those that fit are put together column by column.
    const v = ident('v');
    const ofList = (list: Sql): Sql =>
      sql`list_transform(range(${number(plan.columns.length)}), lambda i: flatten(list_transform(list_filter(list_transform(${list}, lambda ${v}: ${one(v)}), lambda ${v}: ${v} IS NOT NULL), lambda ${v}: coalesce(${v}[i + 1], []))))`;
    const whole = value.list
      ? sql`CASE WHEN ${value.list} IS NOT NULL THEN ${ofList(value.list)} ELSE ${one(value.single)} END`
      : one(value.single);
    const first = this.#step('parse', sql`SELECT *, ${whole} AS ${parsed} FROM ${input.name}`, columns);
    const items = plan.columns.flatMap((column, i) => {
      const { several, convert } = plan.parser.columns[i]!;
      const texts = sql`${parsed}[${number(i + 1)}]`;
      const made: Representation =
        several || value.list ? fromList(mapList(texts, convert)) : { single: convert(sql`${texts}[1]`), list: null };
      const { items: named, place } = this.#named(column, made);
      columns.set(column.id, place);
      return named;
    });
    return this.#step('fields', sql`SELECT * EXCLUDE (${parsed}), ${join(items, ', ')} FROM ${first.name}`, columns);
  }

  #warn(span: Span, reason: Sql, storage: Sql): Sql {
    return sql`CASE WHEN harrier_warn(${number(this.sites.add(span, 'null'))}, ${reason}) THEN NULL::${storage} END`;
  }

  #join(plan: Join): Rows {
    const left = this.node(plan.input);
    const right = this.#warnOfKeys(plan, left, this.node(plan.right));
    const columns = new Map([...left.columns, ...right.columns]);
    const tests = plan.on.flatMap((key) => {
      const [a, b] = [this.read(key.left, left.columns), this.read(key.right, right.columns)];
      if (key.left.type === 'null' || key.right.type === 'null')
        return [sql`${plan.nullsMatch ? sql`true` : sql`false`}`];
      const equal = plan.nullsMatch ? sql`IS NOT DISTINCT FROM` : sql`=`;
      return [sql`${plan.warns ? this.#oneKey(a, key.left.type, plan.warns) : a.single} ${equal} ${b.single}`];
    });
    if (plan.condition) tests.push(this.#expression(plan.condition, { name: left.name, columns }).single);
    const items = plan.taken.flatMap(({ source, column }) => {
      if (column.type === 'null' || column.type === 'unsupported') return [];
      const { items: named, place } = this.#named(column, this.read(source, right.columns));
      columns.set(column.id, place);
      return named;
    });
    const extra = items.length > 0 ? sql`, ${join(items, ', ')}` : sql``;
    const on = tests.length > 0 ? join(tests, ' AND ') : sql`true`;
    return this.#step(
      'join',
      sql`SELECT ${left.name}.*${extra} FROM ${left.name} LEFT JOIN ${right.name} ON ${on}`,
      columns,
    );
  }

  /** A key that must be one value: null and a warning where there are several. */
  #oneKey({ single, list }: Representation, type: EsqlType, span: Span): Sql {
    if (!list) return single;
    const warn = this.#warn(span, text(severalKeys), storageType(type));
    return sql`CASE WHEN ${list} IS NOT NULL THEN ${warn} ELSE ${single} END`;
  }

  /** Documents with several keys fit nothing; those that would have are warned of. */
  #warnOfKeys(plan: Join, left: Rows, right: Rows): Rows {
    const span = plan.warns;
    const lists = plan.on.flatMap((key) => {
      const { list } = this.read(key.right, right.columns);
      return list ? [{ list, value: this.read(key.left, left.columns).single }] : [];
    });
    if (!span || lists.length === 0) return right;
    const tests = lists.map(
      ({ list, value }) =>
        sql`(${list} IS NOT NULL AND EXISTS (SELECT 1 FROM ${left.name} WHERE list_contains(${list}, ${value})) AND harrier_warn(${number(this.sites.add(span, 'null'))}, ${text(severalKeys)}))`,
    );
    return this.#step(
      'lookup',
      sql`SELECT * FROM ${right.name} WHERE NOT coalesce(${join(tests, ' OR ')}, false)`,
      right.columns,
    );
  }

  /** Fitting rows are brought together beforehand, so that no row is multiplied. */
  #collect(plan: Join): Rows {
    const left = this.node(plan.input);
    const right = this.node(plan.right);
    const columns = new Map(left.columns);
    const tests = plan.on.map((key) => {
      const [a, b] = [this.read(key.left, left.columns), this.read(key.right, right.columns)];
      const fits = this.#fits(a, b);
      if (!plan.nullsMatch) return fits;
      const none = ({ single, list }: Representation): Sql =>
        list ? sql`${single} IS NULL AND ${list} IS NULL` : sql`${single} IS NULL`;
      return sql`(${fits} OR (${none(a)} AND ${none(b)}))`;
    });
    if (plan.condition)
      tests.push(
        this.#expression(plan.condition, { name: left.name, columns: new Map([...left.columns, ...right.columns]) })
          .single,
      );
    // Values come in the order of what they were found by, so that two runs give the same.
    const keys = plan.on.map((key) => this.read(key.right, right.columns).single);
    const order = keys.length > 0 ? sql` ORDER BY ${join(keys, ', ')}` : sql``;
    const items = plan.taken.flatMap(({ source, column }) => {
      if (column.type === 'null' || column.type === 'unsupported') return [];
      const all = sql`flatten(list(${valuesOf(this.read(source, right.columns))}${order}))`;
      const found = sql`(SELECT ${all} FROM ${right.name} WHERE ${tests.length > 0 ? join(tests, ' AND ') : sql`true`})`;
      const alias = ident(this.#alias(`${column.name} (all)`));
      columns.set(column.id, fromList(alias));
      return [sql`list_filter(${found}, lambda v: v IS NOT NULL) AS ${alias}`];
    });
    if (items.length === 0) return left;
    return this.#step('collect', sql`SELECT *, ${join(items, ', ')} FROM ${left.name}`, columns);
  }

  /** True when a value of one side is a value of the other. */
  #fits(a: Representation, b: Representation): Sql {
    if (!a.list && !b.list) return sql`${a.single} = ${b.single}`;
    return sql`coalesce(list_has_any(${valuesOf(a)}, ${valuesOf(b)}), false)`;
  }

  #union(plan: Union): Rows {
    const branches = plan.branches.map(({ plan: branch, columns }) => ({ rows: this.node(branch), columns }));
    const columns = new Map<number, Representation>();
    const selects = branches.map((): Sql[] => []);
    plan.output.forEach((column, i) => {
      if (column.type === 'null' || column.type === 'unsupported') return;
      const storage = storageType(column.type);
      const values = branches.map(({ rows, columns: own }): Representation => {
        const source = own[i];
        return source && source.type !== 'null'
          ? this.read(source, rows.columns)
          : { single: sql`NULL::${storage}`, list: null };
      });
      const single = ident(this.#alias(column.name));
      const list = values.some((value) => value.list) ? ident(this.#alias(`${column.name}[]`)) : null;
      columns.set(column.id, { single, list });
      values.forEach((value, branch) => {
        selects[branch]!.push(sql`(${value.single})::${storage} AS ${single}`);
        if (list) selects[branch]!.push(sql`${value.list ?? sql`NULL::${storage}[]`} AS ${list}`);
      });
    });
    const nothing = this.#nothing();
    const parts = branches.map(({ rows }, i) => {
      const items = selects[i]!;
      return sql`SELECT ${items.length > 0 ? join(items, ', ') : nothing} FROM ${rows.name}`;
    });
    return this.#step(
      'union',
      parts.reduce((a, b) => sql`${a} UNION ALL ${b}`),
      columns,
    );
  }

  #sort(plan: Sort): Rows {
    const input = this.node(plan.input);
    const keys = this.#orderBy(plan.keys, input);
    if (keys.length === 0) return input;
    return this.#step('sort', sql`SELECT * FROM ${input.name} ORDER BY ${join(keys, ', ')}`, input.columns);
  }

  #orderBy(keys: readonly SortKey[], input: Rows): Sql[] {
    return keys.flatMap(({ expression, descending, nulls }) => {
      // A constant orders nothing, and DuckDB takes a number for the place of a column.
      if (expression.type === 'null' || expression.kind === 'constant') return [];
      const { single, list } = this.#expression(expression, input);
      // Several values sort by the smallest going up, by the largest going down.
      const value = list ? sql`coalesce(${single}, ${descending ? sql`list_max` : sql`list_min`}(${list}))` : single;
      const direction = descending ? sql`DESC` : sql`ASC`;
      const place = nulls === 'first' ? sql`NULLS FIRST` : sql`NULLS LAST`;
      return [sql`${comparable(value, expression.type)} ${direction} ${place}`];
    });
  }
}
