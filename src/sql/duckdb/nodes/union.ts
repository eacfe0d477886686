import type { Union } from '../../../plan/nodes.ts';
import { ident, join, type Sql, sql } from '../../sql.ts';
import { placeOf } from '../expressions.ts';
import type { Representation } from '../representation.ts';
import type { Rows, Statement } from '../statement.ts';
import { storageType } from '../storage-type.ts';

/** The rows of each branch under the same names; `branches` are in the order of the plan's. */
export function emitUnion(plan: Union, branches: readonly Rows[], statement: Statement): Rows {
  const columns = new Map<number, Representation>();
  const selects = branches.map((): Sql[] => []);
  plan.output.forEach((column, i) => {
    if (column.type === 'null' || column.type === 'unsupported') return;
    const storage = storageType(column.type);
    const values = branches.map((rows, branch): Representation => {
      const source = plan.branches[branch]!.columns[i];
      return source && source.type !== 'null'
        ? placeOf(source, rows.columns)
        : { single: sql`NULL::${storage}`, list: null };
    });
    const single = ident(statement.alias(column.name));
    const list = values.some((value) => value.list) ? ident(statement.alias(`${column.name}[]`)) : null;
    columns.set(column.id, { single, list });
    values.forEach((value, branch) => {
      selects[branch]!.push(sql`(${value.single})::${storage} AS ${single}`);
      if (list) selects[branch]!.push(sql`${value.list ?? sql`NULL::${storage}[]`} AS ${list}`);
    });
  });
  const nothing = statement.nothing();
  const parts = branches.map((rows, i) => {
    const items = selects[i]!;
    return sql`SELECT ${items.length > 0 ? join(items, ', ') : nothing} FROM ${rows.name}`;
  });
  return statement.step(
    'union',
    parts.reduce((a, b) => sql`${a} UNION ALL ${b}`),
    columns,
  );
}
