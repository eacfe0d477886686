import { readAggregations } from './aggregations/read-aggregations.ts';
import { type Json, objectIn, textIn, wholeIn } from './members.ts';
import { readHits } from './read-hits.ts';
import { readQuery } from './read-query.ts';
import { illegal, malformed } from './search-error.ts';
import type { SearchRequest, Slice } from './search-request.ts';

/*
 * The body of a search: https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-search
 */

/** What is read. */
const known = new Set([
  ...['query', 'post_filter', 'from', 'size', 'sort', 'search_after', 'slice', 'pit', 'track_total_hits'],
  ...['_source', 'fields', 'docvalue_fields', 'stored_fields', 'version', 'seq_no_primary_term'],
  ...['aggs', 'aggregations'],
]);
/** What changes nothing here: how long to wait and how to score, when all hits are as good. */
const withoutEffect = new Set(['timeout', 'track_scores', 'stats', 'ext', 'indices_boost']);
/** What Elasticsearch knows and this server does not: an empty one asks for nothing. */
const refused = new Set([
  ...['highlight', 'suggest', 'rescore', 'collapse', 'script_fields', 'runtime_mappings', 'knn', 'rank', 'retriever'],
  ...['explain', 'profile', 'min_score', 'terminate_after'],
]);

/** How many hits are counted unless the search says so. */
const countedHits = 10_000;
const mostSlices = 1024;

/** Reads a body, at a time that `now` stands for; throws a SearchError or a QueryDslError that names what is wrong. */
export function readSearch(body: Json, now: number): SearchRequest {
  for (const [key, value] of Object.entries(body)) {
    if (refused.has(key) && !isNothing(value)) throw illegal(`[${key}] is not supported in a search`);
    if (!known.has(key) && !withoutEffect.has(key) && !refused.has(key))
      throw malformed(`Unknown key for a ${tokenOf(value)} in [${key}].`);
  }
  return {
    now,
    query: readQuery(body.query),
    postFilter: readQuery(body.post_filter),
    hits: readHits(body, 10),
    searchAfter: searchAfterOf(body.search_after),
    countUpTo: countUpTo(body.track_total_hits),
    aggregations: readAggregations(body.aggs ?? body.aggregations, now),
    slice: body.slice === undefined ? null : sliceOf(objectIn(body.slice, 'slice')),
    pointInTime: body.pit === undefined ? null : pointInTimeOf(objectIn(body.pit, 'pit')),
  };
}

const isNothing = (value: unknown): boolean =>
  value === false ||
  value === null ||
  value === 0 ||
  (typeof value === 'object' && value !== null && Object.keys(value).length === 0);

function countUpTo(value: unknown): SearchRequest['countUpTo'] {
  if (value === undefined || value === null) return countedHits;
  if (value === true || value === 'true') return 'all';
  if (value === false || value === 'false') return 'none';
  // As Elasticsearch writes the first of these.
  return Number(value) === -1 ? 'none' : wholeIn(value, 'track_total_hits');
}

function searchAfterOf(value: unknown): readonly unknown[] | null {
  if (value === undefined || value === null) return null;
  if (!Array.isArray(value)) throw malformed('[search_after] must be an array of the values of [sort]');
  if (value.length === 0) throw illegal('Values must contains at least one value.');
  for (const one of value)
    if (typeof one === 'object' && one !== null)
      throw malformed(`[search_after] does not take [${JSON.stringify(one)}] as a value`);
  return value;
}

function sliceOf({ id, max, field: _ }: Json): Slice {
  const slice = { id: wholeIn(id, 'slice.id'), max: wholeIn(max, 'slice.max', 2) };
  if (slice.id >= slice.max) throw illegal('max must be greater than id');
  if (slice.max > mostSlices)
    throw illegal(
      `The number of slices [${slice.max}] is too large. It must be less than [${mostSlices}]. This limit can be set by changing the [index.max_slices_per_scroll] index level setting.`,
    );
  return slice;
}

function pointInTimeOf({ id, keep_alive: keepAlive }: Json): SearchRequest['pointInTime'] {
  return { id: textIn(id, 'pit.id'), keepAlive: keepAlive === undefined ? null : textIn(keepAlive, 'pit.keep_alive') };
}

/** The name of the kind of a value, as Elasticsearch's errors have it. */
const tokenOf = (value: unknown): string =>
  Array.isArray(value)
    ? 'START_ARRAY'
    : value === null
      ? 'VALUE_NULL'
      : typeof value === 'object'
        ? 'START_OBJECT'
        : typeof value === 'string'
          ? 'VALUE_STRING'
          : typeof value === 'boolean'
            ? 'VALUE_BOOLEAN'
            : 'VALUE_NUMBER';
