import { byte, membersOf } from './values.ts';

/** Members that hold the records of an export; few programs call a list inside an event by the first of them. */
const certainNames: ReadonlySet<string> = new Set(['Records', 'records', 'expected', 'Events', 'responses']);
const possibleNames: ReadonlySet<string> = new Set([
  'value',
  'events',
  'items',
  'results',
  'logs',
  'data',
  'hits',
  'entries',
]);

/** Objects around a search response or an ES|QL answer. */
export const envelopes: ReadonlySet<string> = new Set(['rawResponse', 'response', 'result', 'body']);

/** Whether a list of objects that is a member of this name may be what an export is about. */
export const mayHoldRecords = (name: string): boolean => certainNames.has(name) || possibleNames.has(name);

/**
 * Whether an object whose member `name` is a list of objects is no event but only holds the list: all its other members
 * hold nothing, or are scalars whose names say something of the list (how many, which page, whether it went
 * well) and not of an event. Beside a list whose name leaves no doubt, all names will do but those of a time or of ECS.
 */
export function isRecordsWrapper(bytes: Buffer, from: number, to: number, name: string): boolean {
  const saysOfList = certainNames.has(name)
    ? (key: string) => ofList.test(key) || !saysOfEvent.test(key)
    : (key: string) => ofList.test(key);
  for (const { key, value } of membersOf(bytes, from, to)) {
    if (key === name || holdsNothing.test(bytes.toString('latin1', value.from, Math.min(value.to, value.from + 64))))
      continue;
    const first = bytes[value.from];
    if (first === byte.openObject || first === byte.openArray || !saysOfList(key)) return false;
  }
  return true;
}

/** Whether an object with hits has only such members as search responses have. */
export const isSearchResponse = (bytes: Buffer, from: number, to: number): boolean =>
  hasOnly(responseMembers, bytes, from, to);

/** Whether an object with columns and values has only such members as ES|QL answers have, or results of Harrier. */
export const isEsqlAnswer = (bytes: Buffer, from: number, to: number): boolean =>
  hasOnly(answerMembers, bytes, from, to);

function hasOnly(names: ReadonlySet<string>, bytes: Buffer, from: number, to: number): boolean {
  for (const { key } of membersOf(bytes, from, to)) if (!names.has(key)) return false;
  return true;
}

const responseMembers: ReadonlySet<string> = new Set([
  ...[
    'took',
    'timed_out',
    'terminated_early',
    'num_reduce_phases',
    '_scroll_id',
    'pit_id',
    'point_in_time_id',
    'status',
  ],
  ...['_shards', '_clusters', 'hits', 'aggregations', 'suggest', 'profile', 'fields', 'max_score', 'error'],
]);
const answerMembers: ReadonlySet<string> = new Set([
  ...[
    'took',
    'is_partial',
    'is_running',
    'id',
    'documents_found',
    'values_loaded',
    'all_columns',
    '_clusters',
    'profile',
  ],
  ...[
    'columns',
    'values',
    'rows',
    'cursor',
    'start_time_in_millis',
    'completion_time_in_millis',
    'expiration_time_in_millis',
  ],
  ...['hunt', 'query', 'took_ms', 'warnings', 'error', 'outcome', 'reasons', 'hidden', 'drill_down'],
]);

const holdsNothing = /^(null|\[\s*\]|\{\s*\})$/;

const saysOfEvent = /^@|time|date|\.|^(ts|host|hostname|user|message|event)$/i;

const ofList = new RegExp(
  [
    '^@?odata\\.',
    // How many, and which of them.
    '^(count|total|size|limit|offset|length|skip|top|start|end|from|to|page|pages|more|self|href|url|uri|etag|range)$',
    '(count|total|size|limit|offset|page|pages|pagenumber|totalhits|numberofrecords)$',
    '^(total|page|per_?page|num(ber)?_?of)',
    '(token|cursor|marker|scroll_?id|continuation|pit_?id)$',
    '^(has_?)?(more|next|prev|previous|first|last)(_?(page|link|url|uri|href|offset|id|records?))*$',
    '^(is_?)?(truncated|partial|complete|timed_?out|took)',
    // How it went, and what made it.
    '^(status|status_?code|code|success|ok|error|errors|err|warning|warnings|message|msg|reason)$',
    '^(kind|version|api_?version|schema|format|type|engine|now)$',
    '^(exported|export|generated|generation|fetched|query|request)(_?(at|by|time|date|id))?$',
  ].join('|'),
  'i',
);
