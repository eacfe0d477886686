import type { EsqlType } from '../values/types.ts';
import type { Aliases } from './index-pattern.ts';
import type { LookupList } from './lookup-list.ts';

/**
 * A field of the events, as queries see it and as it is stored.
 *
 * Storage in DuckDB: boolean BOOLEAN, integer INTEGER, long BIGINT, unsigned_long UBIGINT, double DOUBLE,
 * keyword/text/version/geo_point/flattened/date_range VARCHAR (points as WKT), date TIMESTAMP cut to milliseconds, ip UHUGEINT (the 16-byte
 * form, IPv4 as ::ffff:a.b.c.d).
 *
 * A field with several values in some document has two columns: `column` holds the value of documents that have
 * exactly one, `listColumn` the list of those that have more (each is null where the other applies). Most fields
 * never hold several; they have no `listColumn`, and queries over them carry no code for lists.
 */
export interface Field {
  readonly name: string;
  readonly type: EsqlType;
  /** Null when no event carries the field: it reads as null everywhere. */
  readonly column: string | null;
  readonly listColumn: string | null;
  /** Of a field of doubles that keeps them with less precision. */
  readonly precision?: Precision;
  /** Set where no mapping knows it: there may be very many of these. */
  readonly isUnmapped?: boolean;
  /** What its mapping says that it is of time series. */
  readonly series?: 'dimension' | 'counter' | 'gauge';
  /** What its mapping says that a metric is counted in. */
  readonly unit?: string;
  /** Of a field that indices map to types that do not go together (`unsupported`): each of the types as a field. */
  readonly variants?: readonly FieldVariant[];
}

/** Types of fields that round what they hold. */
export type Precision = 'float' | 'half_float';

/** A field as some indices have it. */
export interface FieldVariant {
  readonly field: Field;
  readonly indices: readonly string[];
}

/** An index or data stream with the events it holds. Times are milliseconds since the epoch, null without `@timestamp`. */
export interface IndexSummary {
  readonly name: string;
  readonly events: number;
  readonly firstTimestamp: number | null;
  readonly lastTimestamp: number | null;
  /** `index.mode` where the index has settings: only `lookup` can be looked up then. */
  readonly mode?: string;
}

/** What ENRICH adds: fields of the documents of some indices, found by one of their fields. */
export interface EnrichPolicy {
  readonly name: string;
  readonly type: string;
  readonly indices: readonly string[];
  readonly matchField: string;
  readonly enrichFields: readonly string[];
}

/** A query under a name, which FROM takes as it takes indices. */
export interface View {
  readonly name: string;
  readonly query: string;
}

/** By the name of the metadata: `_score`. */
export type StandIns = ReadonlyMap<string, bigint | number>;

/** What queries may know of the data: indices, and fields with their types. */
export interface Catalogue {
  readonly indices: readonly IndexSummary[];

  /** What else than names of indices patterns may stand for, where anyone was asked. */
  readonly aliases?: Aliases;

  /** The field of that name as these indices (or any) have it, if any event has it or it is known otherwise. */
  field(name: string, indices?: readonly string[]): Field | undefined;

  /**
   * The fields that events of these indices carry, sorted by name in code-point order.
   * Only complete when the catalogue was loaded with every field.
   */
  fieldsOf(indices: readonly string[]): readonly Field[];

  /** Nobody knows which fields there are: a pattern that names none is no mistake. */
  readonly isOpen?: boolean;

  /** Metadata that nobody recorded, with the value that every event has instead: it says nothing of any event. */
  readonly standIns?: StandIns;

  readonly enrichPolicies?: readonly EnrichPolicy[];

  readonly views?: readonly View[];

  /** Files that rows are looked up in. They come before indices of the same name. */
  readonly lists?: readonly LookupList[];

  /** Elasticsearch itself answers: it has databases of locations, and nothing of Harrier's own. */
  readonly isElasticsearch?: boolean;

  /** Names to search for a near match when a name is unknown. */
  readonly knownNames: readonly string[];
}
