import type { FieldTypes } from '../catalogue/field-types.ts';
import { columnOf, type KindPart, ownColumns } from '../documents/columns.ts';
import type { JoinedPieces } from '../documents/joined-pieces.ts';
import { coalesce, ident, join, type Sql, sql, text } from '../sql/sql.ts';
import { knownFields } from '../tables/mapped-field.ts';
import { planRows } from '../tables/row-plan.ts';

/**
 * Documents as JSON again, made of columns: `_n` and `document`. Each field stands under its dotted name; a value that does
 * not fit its field stands there as it came.
 */
export function documentsOfColumns(read: JoinedPieces & { readonly relation: Sql }, types: FieldTypes): Sql {
  const plan = planRows(read, {
    typed: (name) => knownFields(name, types)[0],
    ignoresMalformed: () => true,
    longestKeyword: null,
  });
  const values: Sql[] = [];
  const members: Sql[] = [];
  const add = (name: string, value: Sql): void => {
    const column = ident(`_member_${values.length}`);
    values.push(sql`${value} AS ${column}`);
    // What has no value is left out with its name.
    members.push(sql`${text(`${JSON.stringify(name)}:`)} || ${column}`);
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
  for (const [name, { columns }] of read.kinds) {
    const parts = [...columns].map((part) => jsonOf(part, ident(columnOf(name, part))));
    if (parts.length > 0) add(name, coalesce(parts));
  }
  const n = ident(ownColumns.n);
  const rows = sql`SELECT ${join([n, ...values], ', ')} FROM (${plan.relation})`;
  return sql`SELECT ${n}, '{' || concat_ws(',', ${join([text(''), ...members], ', ')})[2:] || '}' FROM (${rows})`;
}

/** The JSON of a column of values of a kind. Of several kinds, each value stands behind the letter of its own. */
function jsonOf(part: KindPart, column: Sql): Sql {
  if (part !== 'mixed[]') return sql`to_json(${column})`;
  const isText = sql`v[1] IN ('s', 't')`;
  const texts = sql`list_transform(${column}, lambda v: CASE WHEN ${isText} THEN to_json(v[2:])::VARCHAR ELSE v[2:] END)`;
  return sql`('[' || list_aggregate(${texts}, 'string_agg', ',') || ']')::JSON`;
}
