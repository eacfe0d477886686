import { booleanIn, type Json } from '../../languages/search/members.ts';
import { readSearch } from '../../languages/search/read-search.ts';
import type { SearchRequest } from '../../languages/search/search-request.ts';
import { illegalArgument } from '../../store/refusal.ts';

/** Parameters of the URL of a search, those of its body among them. */
export type SearchParameters = Readonly<Record<string, string | undefined>>;

/** What of a URL says the same as a member of the body of that name: as it is, or as a list. */
const single = new Set([
  'from',
  'size',
  'track_total_hits',
  'version',
  'seq_no_primary_term',
  'terminate_after',
  'explain',
]);
const lists = new Set(['stored_fields', 'docvalue_fields']);

/** Reads a search from its URL, which goes before its body. Throws a Refusal, SearchError or QueryDslError. */
export function searchOf(parameters: SearchParameters, body: Json): SearchRequest {
  const url = new Map<string, unknown>();
  for (const [name, value] of Object.entries(parameters)) {
    if (single.has(name)) url.set(name, value);
    else if (lists.has(name)) url.set(name, listOf(value));
  }
  if (parameters.sort !== undefined) url.set('sort', listOf(parameters.sort).map(sortKey));
  if (parameters.q !== undefined) url.set('query', queryString(parameters));
  const source = sourceParameters(parameters);
  if (source !== undefined) url.set('_source', source);
  // A number of all hits is a number of all of them.
  if (booleanIn(parameters.rest_total_hits_as_int ?? false, 'rest_total_hits_as_int')) exactTotal(url, body);
  return readSearch({ ...body, ...Object.fromEntries(url) }, Date.now());
}

/** What a URL says of the parts of documents to show, as the body of a search says it; undefined for nothing. */
export function sourceParameters(parameters: SearchParameters): unknown {
  const { _source: shown, _source_includes: includes, _source_excludes: excludes } = parameters;
  if (includes !== undefined || excludes !== undefined)
    return { includes: listOf(includes), excludes: listOf(excludes) };
  return shown === undefined || shown === 'true' || shown === 'false' ? shown : listOf(shown);
}

const listOf = (value: string | undefined): string[] => (value ? value.split(',') : []);

function sortKey(key: string): unknown {
  const [name = '', order] = key.split(':');
  return order === undefined ? name : { [name]: order };
}

function queryString({ q, df, default_operator: operator }: SearchParameters): unknown {
  return {
    query_string: {
      query: q,
      ...(df !== undefined && { default_field: df }),
      ...(operator !== undefined && { default_operator: operator }),
    },
  };
}

function exactTotal(url: Map<string, unknown>, body: Json): void {
  const wanted = url.get('track_total_hits') ?? body.track_total_hits;
  if (wanted === undefined || wanted === true || wanted === 'true') url.set('track_total_hits', true);
  else if (wanted !== false && wanted !== 'false')
    throw illegalArgument(
      `[rest_total_hits_as_int] cannot be used if the tracking of total hits is not accurate, got ${String(wanted)}`,
    );
}
