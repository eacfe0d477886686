import type { ChangePoint } from '../../../plan/nodes.ts';
import { leastValues } from '../../../values/change-point.ts';
import { ident, join, number, type Sql, sql, text } from '../../sql.ts';
import { orderBy } from '../order-by.ts';
import type { Rows, Statement } from '../statement.ts';
import { recorded } from '../warning-sites.ts';

/** Rows that are numbered within their group, and the columns that say so. */
interface Series {
  readonly rows: Rows;
  readonly groups: readonly Sql[];
  /** Where in its group a row stands, its value, and whether it has several. */
  readonly place: Sql;
  readonly value: Sql;
  readonly several: Sql;
}

/** Rows are numbered in their order, each group's values are looked at together, and the row that is found is marked. */
export function emitChangePoint(plan: ChangePoint, input: Rows, statement: Statement): Rows {
  const series = numbered(plan, input, statement);
  return marked(plan, series, changes(plan, series, statement), statement);
}

function numbered(plan: ChangePoint, input: Rows, statement: Statement): Series {
  const [place, value, several] = ['(place)', '(value)', '(several)'].map((name) => ident(statement.alias(name)));
  const given = statement.expression(plan.value, input);
  const groups = plan.groups.map((group) => {
    const { single, list } = statement.expression(group, input);
    // A row stays one row: several values are a group of their own.
    return { name: ident(statement.alias('(group)')), value: list ? sql`coalesce(${list}, [${single}])` : single };
  });
  const keys = groups.map((group) => group.value);
  const partition = keys.length > 0 ? sql`PARTITION BY ${join(keys, ', ')} ` : sql``;
  const order = orderBy(plan.order, input, statement);
  const sorted = order.length > 0 ? sql`ORDER BY ${join(order, ', ')}` : sql``;
  const items = [
    sql`row_number() OVER (${partition}${sorted}) AS ${place!}`,
    sql`(${given.single})::DOUBLE AS ${value!}`,
    sql`${given.list ? sql`${given.list} IS NOT NULL` : sql`false`} AS ${several!}`,
    ...groups.map((group) => sql`${group.value} AS ${group.name}`),
  ];
  const rows = statement.step('series', sql`SELECT *, ${join(items, ', ')} FROM ${input.name}`, input.columns);
  return { rows, groups: groups.map((group) => group.name), place: place!, value: value!, several: several! };
}

/** One row for each group: the change that was found, and the places that values were taken from. */
function changes(plan: ChangePoint, series: Series, statement: Statement): Rows {
  const { groups, place, value, several } = series;
  const there = sql`FILTER (WHERE ${value} IS NOT NULL)`;
  const because = (reason: string): string => `java.lang.IllegalArgumentException: ${reason}`;
  const isShort = sql`count(${value}) < ${number(leastValues)}`;
  const few = sql`${text(because(`not enough buckets to calculate change_point. Requires at least [${leastValues}]; found [`))} || count(${value}) || ']'`;
  const passedOver = [
    [sql`bool_or(${value} IS NULL AND NOT ${several})`, 'values contain nulls; skipping them'],
    [
      sql`bool_or(${several})`,
      'values contains multivalued entries; skipping them (please consider reducing them with e.g. MV_AVG or MV_SUM)',
    ],
  ] as const;
  const noted = (outcome: 'null' | 'remark', when: Sql, reason: Sql): Sql =>
    sql`WHEN ${when} AND NOT ${recorded(statement.sites.add(plan.span, outcome), reason)} THEN NULL`;
  // What is said of a series that is too short belongs to its failure.
  const notes = [
    noted('null', isShort, few),
    ...passedOver.flatMap(([when, reason]) => [
      noted('null', sql`${isShort} AND ${when}`, text(because(reason))),
      noted('remark', sql`NOT (${isShort}) AND ${when}`, text(because(reason))),
    ]),
  ];
  const found = sql`CASE ${join(notes, '\n')} WHEN ${isShort} THEN NULL
      ELSE harrier_change_point(to_json(list(${value} ORDER BY ${place}) ${there})::VARCHAR) END`;
  const items = [
    ...groups,
    sql`${found} AS ${ident('found')}`,
    sql`list(${place} ORDER BY ${place}) ${there} AS ${ident('places')}`,
  ];
  const by = groups.length > 0 ? sql` GROUP BY ${join(groups, ', ')}` : sql``;
  return statement.step('change', sql`SELECT ${join(items, ', ')} FROM ${series.rows.name}${by}`, new Map());
}

/** The rows of a series, with what was found at the row that it was found at. */
function marked(plan: ChangePoint, { rows, groups, place }: Series, result: Rows, statement: Statement): Rows {
  const found = sql`${result.name}.${ident('found')}`;
  const places = sql`${result.name}.${ident('places')}`;
  const mark = (field: string, storage: Sql): Sql =>
    sql`CASE WHEN ${place} = ${places}[(${found} ->> 'index')::INTEGER + 1] THEN (${found} ->> ${text(field)})::${storage} END`;
  const type = statement.named(plan.type, { single: mark('type', sql`VARCHAR`), list: null });
  const pvalue = statement.named(plan.pvalue, { single: mark('pvalue', sql`DOUBLE`), list: null });
  const columns = new Map([...rows.columns, [plan.type.id, type.place], [plan.pvalue.id, pvalue.place]]);
  const items = [...type.items, ...pvalue.items];
  const same = groups.map((key) => sql`${rows.name}.${key} IS NOT DISTINCT FROM ${result.name}.${key}`);
  const on = same.length > 0 ? join(same, ' AND ') : sql`true`;
  return statement.step(
    'change_point',
    sql`SELECT ${rows.name}.*, ${join(items, ', ')} FROM ${rows.name} JOIN ${result.name} ON ${on}`,
    columns,
  );
}
