import type { Condition } from '../filters/condition.ts';
import type { NamedAggregation } from './aggregations/aggregation.ts';

/** A key by which hits are sorted. */
export type SortField =
  /** All hits are as good; the order of the documents. */
  | { readonly kind: 'score' | 'place'; readonly descending: boolean }
  | {
      readonly kind: 'field';
      readonly field: string;
      readonly descending: boolean;
      /** Where documents without a value stand, or the value that they count as having. */
      readonly missing: 'first' | 'last' | { readonly value: unknown };
      /** Which of several values counts. */
      readonly mode: SortMode | null;
      /** Whether a field that no index maps is one without values. */
      readonly ignoresUnmapped: boolean;
      /** How dates are written in `sort`; null for milliseconds. */
      readonly format: string | null;
    };

export type SortMode = 'min' | 'max' | 'sum' | 'avg' | 'median';

/** Which parts of documents an answer shows. */
export interface SourceFilter {
  readonly shown: boolean;
  /** Paths with `*`; none for all of them. */
  readonly includes: readonly string[];
  readonly excludes: readonly string[];
}

/** Fields whose values an answer shows beside the document: a name or pattern. */
export interface WantedField {
  readonly pattern: string;
  /** How dates are written. */
  readonly format: string | null;
}

/** What a hit shows. */
export interface HitForm {
  readonly source: SourceFilter;
  readonly fields: readonly WantedField[];
  readonly version: boolean;
  readonly sequence: boolean;
}

/** Hits in an order, some of them. */
export interface HitsRequest {
  readonly from: number;
  readonly size: number;
  /** Empty for the order of the documents, which `sort` of a hit does not show. */
  readonly sort: readonly SortField[];
  readonly form: HitForm;
}

/** A part of the documents, of as many parts that have no document in common. */
export interface Slice {
  readonly id: number;
  readonly max: number;
}

/** What a search asks for. */
export interface SearchRequest {
  /** The time that `now` stands for, in milliseconds since the epoch. */
  readonly now: number;
  readonly query: Condition | null;
  /** What hits must fulfil besides; aggregations do not look at it. */
  readonly postFilter: Condition | null;
  readonly hits: HitsRequest;
  /** The values of `sort` behind which hits begin. */
  readonly searchAfter: readonly unknown[] | null;
  /** Up to how many hits are counted. */
  readonly countUpTo: number | 'all' | 'none';
  readonly aggregations: readonly NamedAggregation[];
  readonly slice: Slice | null;
  readonly pointInTime: { readonly id: string; readonly keepAlive: string | null } | null;
}
