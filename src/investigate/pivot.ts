import {
  activities,
  activityNames,
  activityQuestion,
  type DnsQuestion,
  type FileActivity,
  type LoadedLibrary,
  type OtherActivity,
  type RegistryActivity,
  readActivity,
} from './activities.ts';
import { type EventKind, fieldsOfKind, kindOfEvent } from './event-kind.ts';
import { beginningQuestion, nearQuestion, pidQuestion, summaryQuestion } from './find-process.ts';
import { findKin, type KinshipOptions, kinQuestion } from './kinship.ts';
import { type NetworkPeer, peersQuestion, readPeer } from './network-peers.ts';
import type { ProcessFacts } from './process-facts.ts';
import { type ProcessNode, processTree } from './process-tree.ts';
import { type Ask, count, from, type Question, type Row, text } from './question.ts';
import { byEntityId, byPid, type Scope, type Subject, scopeConditions } from './subject.ts';
import {
  type ActivityOverTime,
  overTimeQuestion,
  readOverTime,
  readTimelineEntry,
  roundSpan,
  type TimelineEntry,
  timelineQuestion,
} from './timeline.ts';

/**
 * What a process did of one sort. Without entries there are two answers, never one: it did nothing of the sort, or the
 * data cannot tell.
 */
export interface Section<T> {
  readonly outcome: 'some' | 'none' | 'cannot tell';
  /** Fields that no event of the host carries: why the data cannot tell; empty otherwise. */
  readonly missingFields: readonly string[];
  readonly events: number;
  /** How many different entries there are; those beyond the limit are left out. */
  readonly total: number;
  readonly entries: readonly T[];
}

/** Everything the events record about one process. */
export interface Pivot {
  /** Null where the process is known by its pid alone. */
  readonly entityId: string | null;
  /** Null when no event is the process's own: then the tree comes from its children. */
  readonly process: ProcessFacts | null;
  readonly tree: ProcessNode;
  readonly network: Section<NetworkPeer>;
  readonly dns: Section<DnsQuestion>;
  readonly files: Section<FileActivity>;
  readonly registry: Section<RegistryActivity>;
  readonly libraries: Section<LoadedLibrary>;
  readonly other: Section<OtherActivity>;
  readonly timeline: Section<TimelineEntry>;
  /** Null when no event has a time. */
  readonly overTime: ActivityOverTime | null;
  readonly notes: readonly string[];
}

export interface PivotOptions extends KinshipOptions {
  /** The most entries of a section. */
  readonly limit: number;
}

/** What is known of the process itself, and of its process tree. */
export type PivotHead = Pick<Pivot, 'entityId' | 'process' | 'tree' | 'notes'>;

/** A part of a pivot, as soon as it is known: the head first, then each of the others once. */
export type PivotPart =
  | { readonly part: 'head'; readonly value: PivotHead }
  | { [N in PivotSectionName]: { readonly part: N; readonly value: Pivot[N] } }[PivotSectionName];

/** The parts behind the head, in the order in which they come. */
export const pivotSections = ['overTime', 'timeline', 'network', ...activityNames] as const;
export type PivotSectionName = (typeof pivotSections)[number];

/**
 * Asks everything the events record about a process, part by part: the process with its process tree, which is what a
 * hunter looks at first; its events over time; what happened in order; then what it did of each sort. Nothing is asked
 * before the part is: whoever stops taking parts stops the questions.
 */
export async function* pivotParts(subject: Subject, ask: Ask, options: PivotOptions): AsyncGenerator<PivotPart, void> {
  const { identity, id } = subject;
  const { limit } = options;
  const kinship = await findKin([id], identity, subject.scope, ask, options);
  const facts = kinship.facts.get(id) ?? null;
  const tree = processTree(id, kinship, options.depth);
  const entityId = identity === byEntityId ? id : null;
  yield { part: 'head', value: { entityId, process: facts, tree, notes: notesOn(subject, facts) } };

  const span = roundSpan(millis(facts?.firstSeen), millis(facts?.lastSeen));
  const overTime = facts && readOverTime(await ask(overTimeQuestion(subject, span)), span);
  yield { part: 'overTime', value: overTime };
  yield { part: 'timeline', value: sectionOf(await ask(timelineQuestion(subject, limit)), readTimelineEntry) };

  const has = (kind: EventKind): boolean => overTime === null || overTime.kinds.some((one) => one.kind === kind);
  let onHost: ReadonlySet<string> | null = null;
  async function section<T>(kinds: readonly EventKind[], question: Question, read: (row: Row) => T) {
    if (facts !== null && kinds.some(has)) return sectionOf(await ask(question), read);
    onHost ??= await kindsOnHost(subject, facts, ask);
    return nothing<T>(kinds, onHost);
  }
  yield { part: 'network', value: await section(['network'], peersQuestion(subject, limit), readPeer) };
  for (const part of activityNames) {
    const { kinds } = activities[part];
    const value = await section(kinds, activityQuestion(part, subject, limit), (row) => readActivity(part, row));
    yield { part, value } as PivotPart;
  }
}

/** All parts together. */
export async function pivot(subject: Subject, ask: Ask, options: PivotOptions): Promise<Pivot> {
  return gathered(pivotParts(subject, ask, options));
}

/** Puts parts together as they come. */
export async function gathered(parts: AsyncIterable<PivotPart>): Promise<Pivot> {
  const found = new Map<PivotPart['part'], PivotPart['value']>();
  for await (const { part, value } of parts) found.set(part, value);
  const sections = Object.fromEntries(pivotSections.map((name) => [name, found.get(name)]));
  return { ...(found.get('head') as PivotHead), ...(sections as Pick<Pivot, PivotSectionName>) };
}

const millis = (time: string | null | undefined): number => (time ? Date.parse(time) : 0);

function sectionOf<T>(rows: readonly Row[], read: (row: Row) => T): Section<T> {
  const [first] = rows;
  return {
    outcome: rows.length > 0 ? 'some' : 'none',
    missingFields: [],
    events: count(first?.all_events),
    total: count(first?.different),
    entries: rows.map(read),
  };
}

/** Nothing of some kinds was found: was there anything to find it in? */
function nothing<T>(kinds: readonly EventKind[], onHost: ReadonlySet<string>): Section<T> {
  const missing = kinds.flatMap((kind) => (kind === 'other' || onHost.has(kind) ? [] : fieldsOfKind[kind]));
  const blind = !kinds.some((kind) => kind === 'other' || onHost.has(kind));
  return {
    outcome: blind ? 'cannot tell' : 'none',
    missingFields: blind ? missing : [],
    events: 0,
    total: 0,
    entries: [],
  };
}

/** The kinds of events that there are on the process's host, of any process. */
async function kindsOnHost(subject: Subject, facts: ProcessFacts | null, ask: Ask): Promise<ReadonlySet<string>> {
  const host = subject.scope.host ?? facts?.host.id ?? facts?.host.name ?? null;
  const rows = await ask(kindsQuestion({ ...subject.scope, host }));
  return new Set(rows.flatMap((row) => text(row.kind) ?? []));
}

function kindsQuestion(scope: Scope): Question {
  const conditions = scopeConditions(scope);
  return {
    text: `${from(scope.pattern)}
| WHERE true${conditions.text}
| EVAL kind = ${kindOfEvent}
| STATS n = COUNT(*) BY kind`,
    values: conditions.values,
  };
}

function notesOn({ identity, id, scope }: Subject, facts: ProcessFacts | null): string[] {
  if (facts === null)
    return ['no event is of this process itself: what is shown comes from its children, which name it as their parent'];
  if (identity !== byPid) return [];
  const reused = facts.starts > 1 || facts.executables.length > 1;
  const when = scope.from === null && scope.to === null ? ': narrow the time with --from and --to' : '';
  return [
    `events carry no process.entity_id, so the process is identified by pid ${id} alone, and so are its parent and children; a host uses pids again`,
    ...(reused
      ? [`${facts.starts} starts and ${facts.executables.length} executables: these may be several processes${when}`]
      : []),
  ];
}

/** Every question that there may be, on made-up values: for whoever must know beforehand which fields are asked for. */
export function everyQuestion(pattern: string): Question[] {
  const scope: Scope = { pattern, host: 'host', from: '2000-01-01T00:00:00Z', to: '2000-01-01T00:00:00Z' };
  return [byEntityId, byPid].flatMap((identity) => {
    const subject: Subject = { identity, id: '1', scope };
    return [
      beginningQuestion('process.entity_id', '1', scope),
      beginningQuestion('process.parent.entity_id', '1', scope),
      pidQuestion('1', scope),
      summaryQuestion('1', scope),
      nearQuestion('1', scope),
      kinQuestion(identity, scope, ['1'], ['1']),
      kindsQuestion(scope),
      overTimeQuestion(subject, 1),
      peersQuestion(subject, 1),
      timelineQuestion(subject, 1),
      ...activityNames.map((name) => activityQuestion(name, subject, 1)),
    ];
  });
}
