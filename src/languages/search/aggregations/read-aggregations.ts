import { booleanIn, type Json, numberIn, objectIn, onlyKnown, textIn } from '../members.ts';
import { readHits } from '../read-hits.ts';
import { readQuery } from '../read-query.ts';
import { illegal, malformed, SearchError } from '../search-error.ts';
import {
  type Aggregation,
  type Conditions,
  type Metric,
  type MetricName,
  metricNames,
  mostConditions,
  type NamedAggregation,
} from './aggregation.ts';
import { readDateHistogram, readHistogram } from './read-histograms.ts';
import { readDateRange, readRange } from './read-ranges.ts';
import { readTerms } from './read-terms.ts';

/*
 * `aggs` of a search: https://www.elastic.co/docs/reference/aggregations
 */

const deepest = 20;
/** As Elasticsearch's index.max_inner_result_window. */
const innerWindow = 100;

/** Reads aggregations by name; `now`: what dates of ranges are counted from. Throws a SearchError or a QueryDslError. */
export function readAggregations(body: unknown, now: number, depth = 0): NamedAggregation[] {
  if (body === undefined || body === null) return [];
  if (depth > deepest) throw illegal(`aggregations are nested more than ${deepest} levels deep`);
  return Object.entries(objectIn(body, 'aggregations')).map(([name, definition]) => {
    if (/[[\]>]/.test(name))
      throw malformed(
        `Invalid aggregation name [${name}]. Aggregation names can contain any character except '[', ']', and '>'`,
      );
    return readAggregation(name, objectIn(definition, name), now, depth);
  });
}

function readAggregation(name: string, definition: Json, now: number, depth: number): NamedAggregation {
  const { aggs, aggregations = aggs, meta, ...kinds } = definition;
  const entries = Object.entries(kinds);
  if (entries.length === 0) throw malformed(`Missing definition for aggregation [${name}]`);
  if (entries.length > 1)
    throw malformed(
      `Found two aggregation type definitions in [${name}]: [${entries.map(([kind]) => kind).join('] and [')}]`,
    );
  const [kind, body] = entries[0]!;
  const below = readAggregations(aggregations, now, depth + 1);
  const aggregation = readKind(kind, body, now);
  if (below.length > 0 && (aggregation.kind === 'metric' || aggregation.kind === 'topHits'))
    throw malformed(`Aggregator [${name}] of type [${kind}] cannot accept sub-aggregations`);
  return { name, aggregation, meta, below };
}

function readKind(kind: string, body: unknown, now: number): Aggregation {
  const isMetric = (metricNames as readonly string[]).includes(kind);
  if (isMetric) return readMetric(kind as MetricName, objectIn(body, kind));
  switch (kind) {
    case 'terms':
      return readTerms(objectIn(body, kind));
    case 'date_histogram':
      return readDateHistogram(objectIn(body, kind), now);
    case 'histogram':
      return readHistogram(objectIn(body, kind));
    case 'range':
      return readRange(objectIn(body, kind));
    case 'date_range':
      return readDateRange(objectIn(body, kind), now);
    case 'filter':
      return single('filter', readQuery(body) ?? { kind: 'all' });
    case 'missing': {
      const { field, ...more } = objectIn(body, kind);
      onlyKnown(more, none, kind);
      return single('missing', { kind: 'not', part: { kind: 'exists', field: textIn(field, 'missing.field') } });
    }
    case 'filters':
      return readFilters(objectIn(body, kind));
    case 'top_hits': {
      const hits = readHits(objectIn(body, kind), 3);
      if (hits.from + hits.size > innerWindow)
        throw illegal(
          `Top hits result window is too large, the top hits aggregator's from + size must be less than or equal to: [${innerWindow}] but was [${hits.from + hits.size}]. This limit can be set by changing the [index.max_inner_result_window] index level setting.`,
        );
      return { kind: 'topHits', hits };
    }
    default:
      throw known.has(kind)
        ? illegal(`aggregation [${kind}] is not supported`)
        : new SearchError('parsing_exception', `Unknown aggregation type [${kind}]`);
  }
}

const none: ReadonlySet<string> = new Set();

/** What Elasticsearch has besides. */
const known = new Set([
  ...['adjacency_matrix', 'auto_date_histogram', 'categorize_text', 'children', 'composite', 'diversified_sampler'],
  ...['frequent_item_sets', 'geo_distance', 'geohash_grid', 'geohex_grid', 'geotile_grid', 'global', 'ip_prefix'],
  ...['ip_range', 'multi_terms', 'nested', 'parent', 'random_sampler', 'rare_terms', 'reverse_nested', 'sampler'],
  ...['significant_terms', 'significant_text', 'time_series', 'variable_width_histogram', 'boxplot'],
  ...['extended_stats', 'geo_bounds', 'geo_centroid', 'geo_line', 'matrix_stats', 'median_absolute_deviation'],
  ...['percentile_ranks', 'rate', 'scripted_metric', 'string_stats', 't_test', 'top_metrics', 'weighted_avg'],
  ...['avg_bucket', 'bucket_script', 'bucket_count_ks_test', 'bucket_correlation', 'bucket_selector', 'bucket_sort'],
  ...['change_point', 'cumulative_cardinality', 'cumulative_sum', 'derivative', 'extended_stats_bucket', 'inference'],
  ...['max_bucket', 'min_bucket', 'moving_fn', 'moving_percentiles', 'normalize', 'percentiles_bucket'],
  ...['serial_diff', 'stats_bucket', 'sum_bucket'],
]);

const single = (type: Conditions['type'], condition: Conditions['buckets'][number]['condition']): Conditions => ({
  kind: 'conditions',
  type,
  form: 'single',
  areApart: false,
  buckets: [{ key: null, condition, about: [] }],
});

const filtersMembers = new Set(['filters', 'other_bucket', 'other_bucket_key', 'keyed']);

function readFilters(body: Json): Conditions {
  onlyKnown(body, filtersMembers, 'filters');
  const { filters, other_bucket: withOther, other_bucket_key: otherKey } = body;
  const isList = Array.isArray(filters);
  const entries = isList
    ? filters.map((query) => [null, query] as const)
    : Object.entries(objectIn(filters, 'filters'));
  const buckets = entries.map(([key, query]) => ({
    key,
    condition: readQuery(query) ?? ({ kind: 'all' } as const),
    about: [],
  }));
  const hasOther = otherKey !== undefined || (withOther !== undefined && booleanIn(withOther, 'other_bucket'));
  const any = { kind: 'or', parts: buckets.map(({ condition }) => condition) } as const;
  const name = otherKey === undefined ? '_other_' : textIn(otherKey, 'other_bucket_key');
  const other = { key: isList ? null : name, condition: { kind: 'not', part: any } as const, about: [] };
  if (buckets.length === 0) throw illegal('[filters] cannot be empty.');
  if (buckets.length > mostConditions)
    throw illegal(
      `Number of filters is too large, must be less than or equal to: [${mostConditions}] but was [${buckets.length}].`,
    );
  const keyed = !isList && (body.keyed === undefined || booleanIn(body.keyed, 'keyed'));
  return {
    kind: 'conditions',
    type: 'filters',
    areApart: false,
    form: keyed ? 'keyed' : 'list',
    buckets: hasOther ? [...buckets, other] : buckets,
  };
}

const metricMembers = new Set(['field', 'missing', 'format', 'precision_threshold', 'rehash', 'execution_hint']);
const percentilesMembers = new Set([
  'field',
  'missing',
  'format',
  'percents',
  'keyed',
  'tdigest',
  'hdr',
  'compression',
]);
const commonPercents = [1, 5, 25, 50, 75, 95, 99];

function readMetric(name: MetricName, body: Json): Metric {
  if (body.script !== undefined) throw illegal(`[script] is not supported in [${name}]`);
  onlyKnown(body, name === 'percentiles' ? percentilesMembers : metricMembers, name);
  if (body.field === undefined) throw illegal(`Required one of fields [field, script], but none were specified.`);
  const percents = [body.percents ?? commonPercents].flat().map((percent) => numberIn(percent, 'percents'));
  for (const percent of percents)
    if (percent < 0 || percent > 100) throw illegal(`percent must be in [0,100], got [${percent}]`);
  return {
    kind: 'metric',
    name,
    field: textIn(body.field, `${name}.field`),
    missing: body.missing,
    format: body.format === undefined ? null : textIn(body.format, 'format'),
    percents,
    keyed: body.keyed === undefined || booleanIn(body.keyed, 'keyed'),
  };
}
