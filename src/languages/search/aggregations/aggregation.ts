import type { Condition } from '../../filters/condition.ts';
import type { HitsRequest } from '../search-request.ts';
import type { DateInterval } from './date-interval.ts';

/** An aggregation under its name, with those over its buckets. */
export interface NamedAggregation {
  readonly name: string;
  readonly aggregation: Aggregation;
  /** What the client wants back with the answer. */
  readonly meta: unknown;
  readonly below: readonly NamedAggregation[];
}

export type Aggregation = Metric | TopHits | Bucketing;

/** Numbers about the documents of a bucket. */
export interface Metric {
  readonly kind: 'metric';
  readonly name: MetricName;
  readonly field: string;
  /** The value of documents that have none; undefined to leave them out. */
  readonly missing: unknown;
  /** How dates are written. */
  readonly format: string | null;
  /** Of `percentiles`. */
  readonly percents: readonly number[];
  readonly keyed: boolean;
}

export const metricNames = ['min', 'max', 'avg', 'sum', 'stats', 'value_count', 'cardinality', 'percentiles'] as const;
export type MetricName = (typeof metricNames)[number];

/** The first documents of a bucket. */
export interface TopHits {
  readonly kind: 'topHits';
  readonly hits: HitsRequest;
}

/** What puts documents into buckets. */
export type Bucketing = Terms | DateHistogram | Histogram | Conditions;

/** A bucket for each value of a field, as many as `size`. */
export interface Terms {
  readonly kind: 'terms';
  readonly field: string;
  readonly size: number;
  /** By `_count`, `_key` or the path of a metric of the bucket. */
  readonly order: readonly { readonly by: string; readonly descending: boolean }[];
  readonly minDocCount: number;
  readonly include: ValueChoice | null;
  readonly exclude: ValueChoice | null;
  readonly missing: unknown;
  readonly format: string | null;
}

/** Values by name, or those that fit a regular expression. */
export type ValueChoice = readonly unknown[] | string;

/** Bounds of buckets: those of intervals in them are shown though they are empty, or alone. */
export interface KeyBounds {
  readonly min: number | null;
  readonly max: number | null;
}

interface Intervals {
  readonly field: string;
  readonly minDocCount: number;
  readonly extendedBounds: KeyBounds | null;
  readonly hardBounds: KeyBounds | null;
  readonly keyed: boolean;
  readonly missing: unknown;
  readonly order: { readonly by: '_key' | '_count'; readonly descending: boolean };
}

/** A bucket for each interval of time. */
export interface DateHistogram extends Intervals {
  readonly kind: 'dateHistogram';
  readonly interval: DateInterval;
  readonly format: string | null;
}

/** A bucket for each interval of a number. */
export interface Histogram extends Intervals {
  readonly kind: 'histogram';
  readonly interval: number;
  readonly offset: number;
}

/** The most conditions of one aggregation: each is asked of every document. */
export const mostConditions = 1024;

/** A bucket for each condition: `filter`, `filters`, `missing`, `range` and `date_range`. */
export interface Conditions {
  readonly kind: 'conditions';
  readonly buckets: readonly ConditionBucket[];
  /** One bucket that is the whole answer, a list of buckets, or buckets under their keys. */
  readonly form: 'single' | 'list' | 'keyed';
  /** No value fulfils two of the conditions. */
  readonly areApart: boolean;
  /** Elasticsearch's name of the kind, for `typed_keys`. */
  readonly type: 'filter' | 'filters' | 'missing' | 'range' | 'date_range';
}

export interface ConditionBucket {
  /** Null where the bucket has no name. */
  readonly key: string | null;
  readonly condition: Condition;
  /** The bounds of a range. */
  readonly about: readonly (readonly [name: string, value: number | string])[];
}
