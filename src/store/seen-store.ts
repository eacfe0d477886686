import type { EnrichPolicy, IndexSummary, StandIns, View } from '../catalogue/catalogue.ts';
import type { FieldTypes } from '../catalogue/field-types.ts';
import type { Aliases } from '../catalogue/index-pattern.ts';
import type { EventMark } from '../plan/nodes.ts';
import { ident, number, type Sql, sql } from '../sql/sql.ts';
import type { Index } from '../tables/indexed-table.ts';
import { placeBehind } from '../tables/place.ts';
import { TableCatalogue } from '../tables/table-catalogue.ts';
import type { IndexSnapshot } from './index-table.ts';
import { sourceOf } from './synthetic-source.ts';

/** An index as a query sees it, as plain data. */
export interface SeenIndex extends Pick<IndexSnapshot, 'uuid' | 'settings' | 'table' | 'fields' | 'columns'> {
  readonly summary: IndexSummary;
}

/** What a query sees of a store, as plain data. It never changes. */
export interface SeenStore {
  readonly indices: readonly SeenIndex[];
  readonly enrichPolicies: readonly EnrichPolicy[];
  readonly views: readonly View[];
  readonly aliases: Aliases;
}

/** Full-text functions filter and do not score. */
const standIns: StandIns = new Map([['_score', 0]]);

/** `unmapped`: names known without a mapping; they read as null. Null for Elasticsearch's way: they are unknown. */
export function catalogueOf(
  { indices, enrichPolicies, views, aliases }: SeenStore,
  unmapped: FieldTypes | null,
): TableCatalogue {
  return new TableCatalogue(indices.map(indexOf), { unmapped, enrichPolicies, views, aliases, standIns });
}

/** An index for queries: all rows of its table, which come behind those of as many other indices as `before` says. */
export function indexOf(seen: SeenIndex, before: number): Index {
  const { summary, table, fields, columns } = seen;
  const mark = (field: EventMark): Sql => {
    switch (field) {
      case '_source':
        return sourceOf(seen);
      case '_score':
        return sql`${number(Number(standIns.get(field)))}::DOUBLE`;
      case '_place':
        return placeBehind(number(before), ident('_seq_no'));
      default:
        return ident(field);
    }
  };
  return { summary, fields, tables: [{ table, isShared: false, columns, mark }] };
}
