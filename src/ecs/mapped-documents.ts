import type { FieldTypes } from '../catalogue/field-types.ts';
import { columnOf, type KindPart, ownColumns } from '../documents/columns.ts';
import type { FilledKinds } from '../documents/document-reader.ts';
import { coalesce, ident, join, type Sql, sql, text } from '../sql/sql.ts';
import { knownFields } from '../tables/mapped-field.ts';
import type { PlannedField } from '../tables/plan-field.ts';
import { planRows, type RowPlan } from '../tables/row-plan.ts';
import type { Read } from './mapped-columns.ts';

/**
 * How rows of an index with the types of known fields are made of mapped columns. The source of a row is the document that
 * the mapping made, where the columns do not hold all of it: a value that does not fit its field, or a point.
 */
export function planMapped(read: Read, types: FieldTypes): RowPlan {
  const plan = planRows(read, {
    typed: (name) => knownFields(name, types)[0],
    ignoresMalformed: () => true,
    longestKeyword: null,
  });
  const isLost = plan.typed.flatMap(lost);
  if (isLost.length === 0) return plan;
  return { ...plan, source: sql`CASE WHEN ${join(isLost, ' OR ')} THEN ${documentOf(plan, read.kinds)} END` };
}

/** Where the columns of a field do not hold what a document says of it. */
function lost({ field, single, list, bad }: PlannedField): Sql[] {
  const conditions = bad ? [sql`coalesce(${bad}, false)`] : [];
  if (field.type === 'geo_point')
    for (const value of [single, list]) if (value) conditions.push(sql`${value} IS NOT NULL`);
  return conditions;
}

/** Mapped documents as JSON again: `_n` and `document`. */
export function documentsOfColumns(read: Read, types: FieldTypes): Sql {
  const plan = planMapped(read, types);
  return sql`SELECT ${ident(ownColumns.n)}, ${documentOf(plan, read.kinds)} FROM (${plan.relation})`;
}

/**
 * The document of a row as JSON. Each field stands under its dotted name; a value that does not fit its field stands there
 * as it came.
 */
function documentOf(plan: RowPlan, kinds: ReadonlyMap<string, FilledKinds>): Sql {
  const members: Sql[] = [];
  // What has no value is left out with its name.
  const add = (name: string, value: Sql): void => {
    members.push(sql`${text(`${JSON.stringify(name)}:`)} || ${value}`);
  };
  for (const { field, single, list, bad, rest } of plan.typed) {
    const written = (value: Sql): Sql => {
      if (field.type === 'ip') return sql`harrier_ip_text(${value}::UHUGEINT)`;
      if (field.type === 'date') return sql`strftime(${value}, '%Y-%m-%dT%H:%M:%S.%gZ')`;
      return value;
    };
    const one = written(single);
    const several = list && sql`list_transform(${list}, lambda v: ${written(sql`v`)})`;
    const whole = several ? sql`coalesce(to_json(${one}), to_json(${several}))` : sql`to_json(${one})`;
    add(field.name, bad && rest ? sql`CASE WHEN ${bad} THEN to_json(${rest}) ELSE ${whole} END` : whole);
  }
  for (const [name, { columns }] of kinds) {
    const parts = [...columns].map((part) => jsonOf(part, ident(columnOf(name, part))));
    if (parts.length > 0) add(name, coalesce(parts));
  }
  return sql`'{' || concat_ws(',', ${join([text(''), ...members], ', ')})[2:] || '}'`;
}

/** The JSON of a column of values of a kind. Of several kinds, each value stands behind the letter of its own. */
function jsonOf(part: KindPart, column: Sql): Sql {
  if (part !== 'mixed[]') return sql`to_json(${column})`;
  const isText = sql`v[1] IN ('s', 't')`;
  const texts = sql`list_transform(${column}, lambda v: CASE WHEN ${isText} THEN to_json(v[2:])::VARCHAR ELSE v[2:] END)`;
  return sql`('[' || list_aggregate(${texts}, 'string_agg', ',') || ']')::JSON`;
}
