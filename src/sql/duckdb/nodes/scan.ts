import type { Scan, ScanColumn } from '../../../plan/nodes.ts';
import { ident, join, sql } from '../../sql.ts';
import type { EventRelation } from '../event-relation.ts';
import type { Representation } from '../representation.ts';
import type { Rows, Statement } from '../statement.ts';
import { storageType } from '../storage-type.ts';

/** The wanted fields and metadata of the events of some indices. */
export function emitScan(plan: Scan, relation: EventRelation, statement: Statement): Rows {
  const columns = new Map<number, Representation>();
  // DuckDB (1.5) tests what it can while it scans, in the order in which columns are named; addresses cost the most.
  const inOrder = [...plan.columns].sort((a, b) => Number(a.column.type === 'ip') - Number(b.column.type === 'ip'));
  const items = inOrder.flatMap(({ column, source }) => {
    if (column.type === 'null' || column.type === 'unsupported') return [];
    const { items, place } = statement.named(column, stored(source, relation));
    columns.set(column.id, place);
    return items;
  });
  const select = items.length > 0 ? join(items, ', ') : statement.nothing();
  const fields = plan.columns.flatMap(({ source }) => (typeof source === 'object' ? [source] : []));
  const marks = plan.columns.flatMap(({ source }) => (typeof source === 'string' ? [source] : []));
  const events = relation.from(plan.indices, fields, marks);
  return statement.step('scan', sql`SELECT ${select} FROM ${events}`, columns);
}

/** The SQL columns in which events keep a field. */
function stored(source: ScanColumn['source'], relation: EventRelation): Representation {
  if (typeof source === 'string') return relation.mark(source);
  if (source.column === null) return { single: sql`NULL::${storageType(source.type)}`, list: null };
  return { single: ident(source.column), list: source.listColumn === null ? null : ident(source.listColumn) };
}
