import { own } from '../../values/own.ts';
import { isObject, type JsonObject } from '../../values/plain-json.ts';

/** What stands around documents: a wrapper's JSON with nothing in its list. Nothing else of a wrapper is read. */
export type Envelope = JsonObject;

/** What a list of documents is, and the keys that lead to it. */
export interface ListPlace {
  readonly kind: 'records' | 'hits' | 'rows';
  readonly keys: readonly string[];
}

const set = (words: string): ReadonlySet<string> => new Set(words.split(' '));

/** Lists that an export is about, where they stand alone or beside what is said of such lists. */
const listNames = set(
  'Records records expected Events events responses value items results logs data hits entries docs',
);
/** Objects around a search response or an ES|QL answer, and their other members. */
const outerNames = set('rawResponse response result body');
const outerMembers = set(
  'rawResponse response result body id isPartial isRunning isRestored is_partial is_running total loaded warning warnings requestParams completion_status start_time_in_millis completion_time_in_millis expiration_time_in_millis statusCode headers meta error',
);
const responseMembers = set(
  'took timed_out terminated_early num_reduce_phases _scroll_id pit_id point_in_time_id status _shards _clusters hits aggregations suggest profile max_score error',
);
const hitsMembers = set('total max_score hits');
const answerMembers = set(
  'took is_partial is_running id documents_found values_loaded all_columns _clusters profile columns values rows cursor start_time_in_millis completion_time_in_millis expiration_time_in_millis hunt query took_ms warnings error outcome reasons hidden drill_down unread load',
);
/** A run of Harrier. */
const runMembers = set('now engine results unread load partial');

/** Which part of a list this is, and where the others are. */
const ofPage = new RegExp(
  [
    '^@?odata\\.',
    '^(total|record|result|item|event|hit|page)?_?(count|total|limit|offset|size|number)$',
    '^total_?(count|hits|results|records|items|events|pages|size)$',
    '^(pages?|per_?page|num(ber)?_?of_?(hits|results|records|items|events|pages))$',
    '^(next|prev|previous|more|has_?(more|next|prev|previous))(_?(page|records?))?(_?(token|cursor|marker|link|url|uri|href|offset|id))?$',
    '^(first|last)_?(page)?_?(token|cursor|link|url|uri|href)$',
    '^(page|continuation|pagination|scroll|sync|delta)_?token$',
    '^(cursor|marker|continuation|_?scroll_?id|pit_?id|(is_?)?truncated|took|timed_out)$',
    '^(export(ed)?_?(at|by|time|date|id)|searchedLogStreams)$',
  ].join('|'),
  'i',
);
/** How a request for a page went: said of events, too, so it counts beside the others only. */
const ofRequest = /^(success|ok|status|errors?|warnings?)$/i;

/** What a list that stands at these keys may be; null where it is part of an event, whatever stands beside it. */
export function listKind(keys: readonly string[]): 'records' | 'hits' | 'rows' | null {
  const [last, before] = [keys.at(-1)!, keys.at(-2)];
  const isWithin = (count: number): boolean => keys.slice(0, -count).every((key) => outerNames.has(key));
  if (last === 'hits' && before === 'hits' && isWithin(2)) return 'hits';
  if ((last === 'values' || last === 'rows') && isWithin(1)) return 'rows';
  return keys.length === 1 && listNames.has(last) ? 'records' : null;
}

/**
 * Whether everything beside a list is known to be a wrapper's own, so that the object around it is no event; or may turn out
 * to be, where what stands behind the list is not known yet.
 */
export function isWrapper(place: ListPlace, envelope: Envelope, isWhole: boolean): boolean {
  if (place.kind === 'records') return isListOfRecords(place.keys[0]!, envelope, isWhole);
  return levels(place, envelope).every(
    (object, i, all) => object !== null && hasOnly(object, membersAt(place.kind, all.length - 1 - i)),
  );
}

/** The members of an object from which this number of keys leads to the one with the list. */
function membersAt(kind: ListPlace['kind'], above: number): ReadonlySet<string> {
  if (kind === 'rows') return above === 0 ? answerMembers : outerMembers;
  return above === 0 ? hitsMembers : above === 1 ? responseMembers : outerMembers;
}

const hasOnly = (object: Envelope, names: ReadonlySet<string>): boolean =>
  Object.keys(object).every((name) => names.has(name));

/** The objects around a list, the outermost first. */
function levels({ keys }: ListPlace, envelope: Envelope): (Envelope | null)[] {
  let object: Envelope | null = envelope;
  return keys.map((_, i) => {
    if (i > 0) object = object && objectIn(own(object, keys[i - 1]!));
    return object;
  });
}

const objectIn = (value: unknown): Envelope | null => (isObject(value) ? value : null);

function isListOfRecords(name: string, envelope: Envelope, isWhole: boolean): boolean {
  if (name === 'results' && Object.hasOwn(envelope, 'engine')) return hasOnly(envelope, runMembers);
  const isOfKind = name === 'items' && isKindOfList(envelope.kind);
  const others = Object.entries(envelope).filter(([key, value]) => key !== name && !(isOfKind && isOfList(key, value)));
  const holdsValues = others.some(([, value]) => typeof value === 'object' && Object.keys(value ?? {}).length > 0);
  if (holdsValues || !others.every(([key]) => ofPage.test(key) || ofRequest.test(key))) return false;
  return !isWhole || others.length === 0 || others.some(([key]) => ofPage.test(key));
}

/** The lists of Kubernetes ("EventList") and Google ("admin#reports#activities") say what they are. */
const isKindOfList = (kind: unknown): boolean => typeof kind === 'string' && /.List$|^\w+#\w/.test(kind);

const listMetadata = set('continue remainingItemCount resourceVersion selfLink');

/** Whether a member of such a list is about the list. */
function isOfList(key: string, value: unknown): boolean {
  if (key === 'metadata') return isObject(value) && hasOnly(value, listMetadata);
  return (key === 'kind' || key === 'apiVersion' || key === 'etag') && typeof value === 'string';
}

/** Why an answer does not hold all that was asked for, as far as its envelope says so. */
export function gapsIn(place: ListPlace, envelope: Envelope): string[] {
  return levels(place, envelope).flatMap((object) => (object ? gapsAt(object) : []));
}

function gapsAt(object: Envelope): string[] {
  const gaps: string[] = [];
  if (object.timed_out === true) gaps.push('the search timed out');
  if (object.terminated_early === true) gaps.push('the search ended early');
  const shards = objectIn(object._shards);
  if (isSome(shards?.failed)) gaps.push(`${shards!.failed} of ${shards!.total} shards failed`);
  if ([object.is_partial, object.isPartial, object.partial].includes(true)) gaps.push('its results are partial');
  const clusters = objectIn(object._clusters);
  for (const [state, words] of clusterStates) {
    const some = clusters && own(clusters, state);
    if (isSome(some)) gaps.push(`${some} of ${clusters!.total} clusters ${words}`);
  }
  if (object.error !== undefined && object.error !== null) gaps.push(`it holds an error: ${errorText(object.error)}`);
  return gaps;
}

const clusterStates: readonly (readonly [string, string])[] = [
  ['failed', 'failed'],
  ['skipped', 'were skipped'],
  ['partial', 'gave part of their results'],
];

const isSome = (value: unknown): boolean => typeof value === 'number' && value > 0;

/** What an element of a wrapper's list says is not there: a search that failed, a document that was not found. */
export function gapInElement(name: string, element: Envelope): string | null {
  if (Object.hasOwn(element, '_source')) return null;
  if (name === 'responses' && isErrorAnswer(element)) return `a search in it failed: ${errorText(element.error)}`;
  if (name !== 'docs' || typeof element._id !== 'string') return null;
  const of = `${typeof element._index === 'string' ? `${element._index}/` : ''}${element._id}`;
  if (element.found === false) return `document ${of} was not found`;
  return element.error === undefined ? null : `document ${of} is missing: ${errorText(element.error)}`;
}

/** Whether an object is what Elasticsearch answers instead of documents. */
export function isErrorAnswer(object: Envelope): boolean {
  const error = objectIn(object.error);
  return (
    error !== null &&
    typeof error.type === 'string' &&
    (typeof error.reason === 'string' || Array.isArray(error.root_cause)) &&
    typeof object.status === 'number' &&
    hasOnly(object, errorMembers)
  );
}

const errorMembers = set('error status took _shards');

/** The type and the reason of an error. */
export function errorText(error: unknown): string {
  const { type, reason } = objectIn(error) ?? {};
  const texts = [type, reason].filter((part) => typeof part === 'string');
  const text = texts.length > 0 ? texts.join(': ') : typeof error === 'string' ? error : JSON.stringify(error);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
