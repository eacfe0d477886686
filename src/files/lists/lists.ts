import type { Catalogue } from '../../catalogue/catalogue.ts';
import { changedCatalogue } from '../../catalogue/changed-catalogue.ts';
import { type LookupList, listOfIndex } from '../../catalogue/lookup-list.ts';
import type { EventRelation } from '../../sql/duckdb/event-relation.ts';
import type { BadLine, Counted } from '../load-report.ts';

/** A file to look rows up in, under a name. */
export interface ListSource {
  readonly name: string;
  readonly file: string;
}

/** A list, and where its rows stand. */
export interface OpenList extends LookupList {
  /** As people named the file. */
  readonly file: string;
  readonly relation: EventRelation;
  /** Rows that could not be read. */
  readonly malformed: Counted<Omit<BadLine, 'line'> & { readonly place: string }>;
}

/** Events with lists beside them, which no pattern of FROM stands for. */
export function withLists<E extends { readonly catalogue: Catalogue; readonly relation: EventRelation }>(
  events: E,
  lists: readonly OpenList[],
): E {
  if (lists.length === 0) return events;
  const { catalogue, relation } = events;
  const listIn = (indices: readonly string[] | null): OpenList | undefined => {
    const name = indices?.length === 1 ? listOfIndex(indices[0]!) : null;
    return name === null ? undefined : lists.find((list) => list.name === name);
  };
  return {
    ...events,
    catalogue: changedCatalogue(catalogue, { lists }),
    relation: {
      from: (indices, fields, marks) => (listIn(indices)?.relation ?? relation).from(indices, fields, marks),
      mark: (field) => relation.mark(field),
      tables: (indices) => (listIn(indices) ? [] : (relation.tables?.(indices) ?? [])),
    },
  };
}
