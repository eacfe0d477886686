import type { EnrichPolicy, IndexSummary } from '../../catalogue/catalogue.ts';
import { streamBehind } from '../../catalogue/data-stream.ts';
import { columnTypeOf, FieldTypes } from '../../catalogue/field-types.ts';
import { type Aliases, isWildcard, matchesNone } from '../../catalogue/index-pattern.ts';
import { clockTolerance, type Future, reachBeyond, upToNow } from '../../catalogue/present-indices.ts';
import { indexName } from '../../languages/esql/print/tokens.ts';
import { formatDate } from '../../values/date.ts';
import { own } from '../../values/own.ts';
import type { EsqlType, QueryResult } from '../../values/types.ts';
import { severalAtOnce } from '../several-at-once.ts';
import { ClusterCatalogue, type ClusterField } from './cluster-catalogue.ts';
import { ClusterError } from './cluster-error.ts';
import type { Exchange } from './exchange.ts';

/** What a catalogue is asked for. */
export interface Wanted {
  /** The patterns of each FROM and LOOKUP JOIN. */
  readonly patterns: readonly (readonly string[])[];
  /** Patterns of indices that may be there or not. */
  readonly besides?: readonly string[];
  readonly enrich: boolean;
  /** Whether the newest and the oldest event of all indices are wanted. */
  readonly everywhere: boolean;
  /** Set where only fields matter: how many events there are is not asked, and a cluster that names no fields is an error. */
  readonly fieldsOnly?: boolean;
}

/** Whom to ask: the cluster's own interfaces, and its ES|QL. */
export interface Questions {
  readonly exchange: Exchange;
  ask(query: string): Promise<QueryResult>;
  readonly signal?: AbortSignal | undefined;
}

/** What a cluster said of its indices, and what it is still asked. */
export interface Learnt {
  /** Without how many events there are, and of when. */
  readonly catalogue: ClusterCatalogue;
  /** Those, up to now, and what is beyond. */
  readonly summaries: Promise<Summaries>;
}

export interface Summaries {
  readonly indices: readonly IndexSummary[];
  readonly future: Future | null;
}

/**
 * Asks a cluster what queries may know of its indices: the types of fields, which of them hold values, and, while queries
 * already run, how many events there are and of when. Where a pattern matches nothing, all indices are looked at: what is
 * wanted may have another name.
 */
export async function askCatalogue(wanted: Wanted, questions: Questions): Promise<Learnt> {
  const policies = wanted.enrich ? await enrichPolicies(questions) : [];
  const patterns = new Set([...wanted.patterns.flat(), ...policies.flatMap(({ indices }) => indices)]);
  const named = [...patterns].filter((pattern) => !pattern.startsWith('-'));
  const asked = wanted.everywhere || named.length === 0 ? ['*'] : [...new Set([...named, ...(wanted.besides ?? [])])];
  const [types, first] = await Promise.all([FieldTypes.load(), fieldsOf(asked, questions)]);
  const aliases = await aliasesIn(asked.includes('*') ? [...named, '*'] : asked, first.names, questions);
  const misses = named.some((pattern) => matchesNone(pattern, first.names, aliases));
  const isWhole = asked.includes('*') || misses;
  const { names, fields } = misses && !asked.includes('*') ? await fieldsOf(['*'], questions) : first;
  const found = isWhole
    ? ['*']
    : asked.filter((pattern) => isWildcard(pattern) || !matchesNone(pattern, names, aliases));
  const indices = names.map((name) => ({ name, events: 0, firstTimestamp: null, lastTimestamp: null }));
  const facts = { indices, fields, enrichPolicies: policies, aliases, isWhole, patterns: wanted.patterns };
  return {
    catalogue: new ClusterCatalogue(facts, types),
    summaries:
      names.length === 0 || wanted.fieldsOnly
        ? Promise.resolve({ indices, future: null })
        : summaries(found, names, fields, questions),
  };
}

/**
 * What names stand for that no index has, aliases above all, and wildcards that fit the names of aliases. Each is asked
 * for alone: an answer about several does not say which index came from which.
 */
async function aliasesIn(
  patterns: readonly string[],
  names: readonly string[],
  { exchange, signal }: Questions,
): Promise<Aliases> {
  if (names.length === 0) return new Map();
  const isStrange = names.some((name) => patterns.every((pattern) => matchesNone(pattern, [name])));
  const unclear = patterns.filter((pattern) => (isWildcard(pattern) ? isStrange : !names.includes(pattern)));
  const found = await severalAtOnce([...new Set(unclear)], mostAliasesAtOnce, async (pattern) => {
    const path = `/${encodeURIComponent(pattern)}/_field_caps?fields=_index&ignore_unavailable=true`;
    const { indices } = await fieldCaps(path, exchange, signal);
    return [pattern, [...new Set(indices.map(streamBehind))].filter((name) => names.includes(name))] as const;
  });
  return new Map(found.filter(([, indices]) => indices.length > 0));
}

const mostAliasesAtOnce = 4;

interface FoundFields {
  readonly names: readonly string[];
  readonly fields: ReadonlyMap<string, ClusterField>;
}

/** What indices say of a field that they map to one type. */
interface FieldCap {
  readonly indices?: readonly string[];
  readonly time_series_dimension?: boolean;
  readonly time_series_metric?: string;
}

/** What a field is of time series, by the type that indices map it to, if they map it alike. */
function seriesOf(caps: Readonly<Record<string, FieldCap>>): Pick<ClusterField, 'series'> {
  const [cap, ...others] = Object.entries(caps).flatMap(([type, one]) => (type === 'unmapped' ? [] : [one]));
  if (!cap || others.length > 0) return {};
  const { time_series_dimension: dimension, time_series_metric: metric } = cap;
  if (dimension === true) return { series: 'dimension' };
  return metric === 'counter' || metric === 'gauge' ? { series: metric } : {};
}

interface FieldCaps {
  readonly indices: readonly string[];
  readonly fields: Readonly<Record<string, Readonly<Record<string, FieldCap>>>>;
}

async function fieldCaps(path: string, exchange: Exchange, signal: AbortSignal | undefined): Promise<FieldCaps> {
  const { body } = await exchange.ask({ method: 'GET', path, ...(signal && { signal }) });
  const { indices, fields } = body;
  const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;
  if (Array.isArray(indices) && isObject(fields) && Object.values(fields as object).every(isObject))
    return body as unknown as FieldCaps;
  throw new ClusterError('what the cluster says of its fields makes no sense: indices or fields are missing', {
    failure: 'unintelligible',
    hint: 'check that --url is the address of Elasticsearch, not of a proxy that changes answers',
  });
}

/** The fields of indices by two requests: those that are mapped, and those that hold values. */
async function fieldsOf(patterns: readonly string[], { exchange, signal }: Questions): Promise<FoundFields> {
  const path = (empty: boolean): string =>
    `/${patterns.map(encodeURIComponent).join(',')}/_field_caps?fields=*&filters=-metadata,-parent&include_unmapped=true&include_empty_fields=${empty}&ignore_unavailable=true`;
  const get = (empty: boolean): Promise<FieldCaps> => fieldCaps(path(empty), exchange, signal);
  const [mapped, filled] = await Promise.all([get(true), get(false)]);
  const streams = new Map(mapped.indices.map((index) => [index, streamBehind(index)]));
  const fields = new Map<string, ClusterField>();
  const holding = (caps: FieldCaps, name: string): [string, readonly string[]][] =>
    Object.entries(own(caps.fields, name) ?? {})
      .filter(([type]) => type !== 'unmapped' && type !== 'object' && type !== 'nested')
      .map(([type, { indices = caps.indices }]) => [type, indices]);
  for (const name of Object.keys(mapped.fields)) {
    const types = new Map<string, EsqlType>();
    for (const [type, indices] of holding(mapped, name))
      for (const index of indices) {
        const stream = streams.get(index)!;
        const other = types.get(stream);
        const own = columnTypeOf(type) ?? 'unsupported';
        types.set(stream, other === undefined || other === own ? own : 'unsupported');
      }
    const full = holding(filled, name).flatMap(([, indices]) => indices.map((index) => streamBehind(index)));
    if (types.size > 0) fields.set(name, { types, filled: new Set(full), ...seriesOf(own(mapped.fields, name) ?? {}) });
  }
  return { names: [...new Set(streams.values())].sort(), fields };
}

/** How many events each index holds, and of when. */
async function summaries(
  patterns: readonly string[],
  names: readonly string[],
  fields: FoundFields['fields'],
  { ask }: Questions,
): Promise<Summaries> {
  const times = new Set(fields.get('@timestamp')?.types.values() ?? []);
  const isTimed = times.size > 0 && [...times].every((type) => type === 'date' || type === 'date_nanos');
  const limit = Date.now() + clockTolerance;
  const moment = `"${formatDate(BigInt(limit))}"`;
  // A condition behind an aggregate came with 8.16.
  const ends = isTimed
    ? `, earliest = MIN(@timestamp), latest = MAX(@timestamp), newest = MAX(CASE(@timestamp <= ${moment}, @timestamp, null)), future = COUNT(CASE(@timestamp > ${moment}, 1, null))`
    : '';
  const { values } = await ask(
    `FROM ${patterns.map(indexName).join(', ')} METADATA _index | STATS events = COUNT(*)${ends} BY _index | LIMIT 10000`,
  );
  const found = new Map(
    names.map((name) => [name, { events: 0, first: Infinity, last: -Infinity, newest: -Infinity, future: 0 }]),
  );
  for (const row of values) {
    const summary = found.get(streamBehind(String(row.at(-1))));
    if (!summary) continue;
    summary.events += Number(row[0]);
    if (!isTimed || row[1] === null) continue;
    summary.first = Math.min(summary.first, Date.parse(String(row[1])));
    summary.last = Math.max(summary.last, Date.parse(String(row[2])));
    if (row[3] !== null) summary.newest = Math.max(summary.newest, Date.parse(String(row[3])));
    summary.future += Number(row[4]);
  }
  const indices = [...found].map(([name, { events, first, last }]) => ({
    name,
    events,
    firstTimestamp: finite(first),
    lastTimestamp: finite(last),
  }));
  if (!reachBeyond(indices, limit)) return { indices, future: null };
  const present = [...found].map(([name, { newest, future }]) => [name, { last: finite(newest), future }] as const);
  return upToNow(indices, limit, new Map(present));
}

const finite = (time: number): number | null => (Number.isFinite(time) ? time : null);

interface PolicyBody {
  readonly name: string;
  readonly indices: string | readonly string[];
  readonly match_field: string;
  readonly enrich_fields: readonly string[];
}

/** The policies of ENRICH; none where the key may not see them. */
async function enrichPolicies({ exchange, signal }: Questions): Promise<EnrichPolicy[]> {
  try {
    const { body } = await exchange.ask({ method: 'GET', path: '/_enrich/policy', ...(signal && { signal }) });
    const { policies } = body as { policies?: readonly { config: Readonly<Record<string, PolicyBody>> }[] };
    return (policies ?? []).flatMap(({ config }) =>
      Object.entries(config).map(([type, { name, indices, match_field, enrich_fields }]) => ({
        ...{ name, type, indices: [indices].flat(), matchField: match_field, enrichFields: enrich_fields },
      })),
    );
  } catch (error) {
    if (error instanceof ClusterError && error.details.failure === 'refused') return [];
    throw error;
  }
}
