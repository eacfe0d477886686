import type { Field } from '../../catalogue/catalogue.ts';
import type { EventMark } from '../../plan/nodes.ts';
import { ident, join, type Sql, sql, text } from '../sql.ts';
import type { Representation } from './representation.ts';
import { fromList } from './representation.ts';

/** Where the events of a scan stand. */
export interface EventRelation {
  /** What follows FROM: the events of these indices (null: of all), with at least these fields, these marks and _index. */
  from(indices: readonly string[] | null, fields: readonly Field[], marks: readonly EventMark[]): Sql;
  /** What of an event is no field of it. */
  mark(field: EventMark): Representation;
  /** The tables that events of these indices stand in, each as a relation of its own; none where nobody knows of several. */
  tables?(indices: readonly string[] | null): readonly EventRelation[];
  /** Whether events of these indices stand in many tables that hold few each. */
  isScattered?(indices: readonly string[] | null): boolean;
  /**
   * The first of these indices, by the places of their events, that together hold a number of events, or all; how many they
   * hold. Null where that is not known, or none could be left out.
   */
  holding?(indices: readonly string[] | null, events: number): HeldEvents | null;
}

/** Indices, and how many events stand in them. */
export interface HeldEvents {
  readonly indices: readonly string[];
  readonly events: number;
}

/** Events that all stand in one table and never change. */
export const oneTable = (table: Sql): EventRelation => ({
  from: (indices) =>
    indices === null
      ? table
      : indices.length === 0
        ? sql`${table} WHERE false`
        : sql`${table} WHERE ${ident('_index')} IN (${join(indices.map(text), ', ')})`,
  mark(field) {
    switch (field) {
      case '_place':
        return { single: sql`rowid`, list: null };
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
