import type { FastifyInstance } from 'fastify';
import { illegalArgument } from '../store/refusal.ts';
import { own } from '../values/own.ts';

/*
 * The parameters that an API takes in its URL, those without effect here among them: clients send them, and what they ask
 * for is so or changes nothing. https://www.elastic.co/docs/api/doc/elasticsearch/ lists them by API.
 */

/** What every API takes. */
const common = new Set(['pretty', 'human', 'error_trace', 'filter_path', 'format']);

const indices = ['ignore_unavailable', 'allow_no_indices', 'expand_wildcards', 'ignore_throttled'];
const source = ['_source', '_source_includes', '_source_excludes'];
const timeouts = ['timeout', 'master_timeout'];
const queryString = ['q', 'df', 'analyzer', 'analyze_wildcard', 'default_operator', 'lenient'];
const routing = ['routing', 'preference'];
const getting = [
  ...source,
  ...routing,
  'realtime',
  'refresh',
  'stored_fields',
  'version',
  'version_type',
  'force_synthetic_source',
];
const requirements = ['require_alias', 'require_data_stream', 'include_source_on_error'];
const writing = [
  ...['op_type', 'refresh', 'routing', 'timeout', 'version', 'version_type', 'if_seq_no', 'if_primary_term'],
  ...['pipeline', 'wait_for_active_shards', ...requirements],
];
const searching = [
  ...[...indices, ...queryString, ...source, ...routing],
  ...['from', 'size', 'sort', 'stored_fields', 'docvalue_fields', 'track_total_hits', 'track_scores', 'version'],
  ...['seq_no_primary_term', 'explain', 'terminate_after', 'timeout', 'stats', 'scroll', 'search_type', 'typed_keys'],
  ...['rest_total_hits_as_int', 'request_cache', 'allow_partial_search_results', 'batched_reduce_size'],
  ...['ccs_minimize_roundtrips', 'max_concurrent_shard_requests', 'pre_filter_shard_size', 'force_synthetic_source'],
];
const answers = ['delimiter', 'drop_null_columns', 'header', 'allow_partial_results'];
const cat = [
  'h',
  'v',
  's',
  'help',
  'bytes',
  'time',
  'ts',
  'local',
  'master_timeout',
  'full_id',
  'health',
  'pri',
  'expand_wildcards',
  'include_unloaded_segments',
];
const templates = [...timeouts, 'create', 'order', 'cause', 'flat_settings', 'local', 'include_defaults'];
const statistics = [
  ...['completion_fields', 'fielddata_fields', 'fields', 'groups', 'level', 'types', 'timeout'],
  ...['include_segment_file_sizes', 'include_unloaded_segments', 'forbid_closed_indices', ...indices],
];

/** By the path of an API without the names in it. */
const parameters: Readonly<Record<string, readonly string[]>> = {
  '/:index': [
    ...indices,
    ...timeouts,
    'wait_for_active_shards',
    'local',
    'flat_settings',
    'include_defaults',
    'features',
  ],
  '/_aliases': [...indices, ...timeouts],
  '/_alias': [...indices, ...timeouts, 'local'],
  '/_bulk': [
    ...source,
    ...requirements,
    'refresh',
    'routing',
    'timeout',
    'type',
    'pipeline',
    'wait_for_active_shards',
    'list_executed_pipelines',
  ],
  '/_cat/aliases': cat,
  '/_cat/count': cat,
  '/_cat/health': cat,
  '/_cat/indices': cat,
  '/_cat/nodes': cat,
  '/_cat/shards': cat,
  '/_cluster/health': [
    ...[
      ...timeouts,
      'expand_wildcards',
      'level',
      'local',
      'wait_for_active_shards',
      'wait_for_nodes',
      'wait_for_status',
    ],
    ...['wait_for_events', 'wait_for_no_relocating_shards', 'wait_for_no_initializing_shards'],
  ],
  '/_cluster/settings': [...timeouts, 'flat_settings', 'include_defaults'],
  '/_component_template': templates,
  '/_count': [...indices, ...queryString, ...routing, 'min_score', 'terminate_after'],
  '/_create': writing,
  '/_data_stream': [...timeouts, 'expand_wildcards', 'include_defaults', 'verbose'],
  '/_data_stream/_lifecycle': [...timeouts, 'expand_wildcards', 'include_defaults'],
  '/_delete_by_query': [
    ...[
      ...indices,
      ...queryString,
      ...routing,
      'conflicts',
      'max_docs',
      'refresh',
      'request_cache',
      'requests_per_second',
    ],
    ...[
      'scroll',
      'scroll_size',
      'search_timeout',
      'search_type',
      'slices',
      'sort',
      'stats',
      'terminate_after',
      'timeout',
    ],
    ...['version', 'wait_for_active_shards', 'wait_for_completion', 'from', 'size'],
  ],
  '/_doc': [...new Set([...writing, ...getting])],
  '/_enrich/policy': timeouts,
  '/_enrich/policy/_execute': [...timeouts, 'wait_for_completion'],
  '/_field_caps': [...indices, 'fields', 'filters', 'types', 'include_unmapped', 'include_empty_fields'],
  '/_flush': [...indices, 'force', 'wait_if_ongoing'],
  '/_forcemerge': [...indices, 'flush', 'max_num_segments', 'only_expunge_deletes', 'wait_for_completion'],
  '/_health_report': ['timeout', 'verbose', 'size'],
  '/_ilm/policy': timeouts,
  '/_index_template': templates,
  '/_ingest/pipeline': [...timeouts, 'if_version', 'summary'],
  '/_license': ['local', 'accept_enterprise'],
  '/_mapping': [...indices, ...timeouts, 'local', 'write_index_only'],
  '/_mappings': [...indices, ...timeouts, 'local'],
  '/_mget': getting,
  '/_msearch': [
    ...[...indices, 'max_concurrent_searches', 'typed_keys', 'rest_total_hits_as_int', 'search_type', 'routing'],
    ...['ccs_minimize_roundtrips', 'max_concurrent_shard_requests', 'pre_filter_shard_size'],
  ],
  '/_nodes': ['flat_settings', 'timeout'],
  '/_nodes/_all/http': ['flat_settings', 'timeout'],
  '/_nodes/_local': ['flat_settings', 'timeout'],
  '/_nodes/http': ['flat_settings', 'timeout'],
  '/_nodes/stats': statistics,
  '/_pit': [...indices, ...routing, 'keep_alive', 'allow_partial_search_results', 'max_concurrent_shard_requests'],
  '/_query': answers,
  '/_query/async': [...answers, 'wait_for_completion_timeout', 'keep_alive', 'keep_on_completion'],
  '/_query/async/stop': answers,
  '/_query/view': timeouts,
  '/_refresh': indices,
  '/_resolve/index': indices,
  '/_search': searching,
  '/_search/scroll': ['scroll', 'scroll_id', 'rest_total_hits_as_int'],
  '/_settings': [...indices, ...timeouts, 'local', 'flat_settings', 'include_defaults'],
  '/_source': getting,
  '/_stats': statistics,
  '/_template': templates,
  '/_update': [
    ...[...source, ...requirements, 'refresh', 'retry_on_conflict', 'routing', 'timeout', 'lang'],
    ...['if_seq_no', 'if_primary_term', 'wait_for_active_shards'],
  ],
  '/_xpack': ['categories', 'accept_enterprise'],
};

/** Refuses parameters that an API does not take, by name. */
export function addUrlParameters(app: FastifyInstance): void {
  app.addHook('preValidation', async (request) => {
    const names = Object.keys(request.query as object);
    const { url } = request.routeOptions;
    if (names.length === 0 || url === undefined) return;
    const known = own(parameters, apiOf(url)) ?? [];
    const unknown = names.filter((name) => !common.has(name) && !known.includes(name));
    if (unknown.length === 0) return;
    const listed = unknown.map((name) => `[${name}]`).join(', ');
    throw illegalArgument(
      `request [${request.url.split('?')[0]}] contains unrecognized parameter${unknown.length > 1 ? 's' : ''}: ${listed}`,
    );
  });
}

/** The path of an API without the names that stand in it. */
export function apiOf(url: string): string {
  const api = url.replace(/\/:\w+\??/g, '');
  return api === '' && url !== '/' ? '/:index' : api;
}
