import { type EventKind, kindOfEvent } from './event-kind.ts';
import { count, flag, from, newest, type Question, type Row, text, texts, whole } from './question.ts';
import { ownEvents, type Subject } from './subject.ts';

/** How often something happened, and when; times are ISO 8601. */
export interface Occurrence {
  readonly events: number;
  readonly firstSeen: string | null;
  readonly lastSeen: string | null;
}

export interface DnsQuestion extends Occurrence {
  readonly name: string;
  readonly types: readonly string[];
  /** What the name resolved to. */
  readonly ips: readonly string[];
}

export interface FileActivity extends Occurrence {
  readonly action: string | null;
  readonly path: string;
  /** Of a renamed file. */
  readonly originalPath: string | null;
  readonly sizeBytes: bigint | null;
  readonly sha256: string | null;
}

export interface RegistryActivity extends Occurrence {
  readonly action: string | null;
  readonly path: string;
  readonly type: string | null;
  readonly data: readonly string[];
}

export interface LoadedLibrary extends Occurrence {
  readonly path: string;
  readonly sha256: string | null;
  readonly signature: {
    readonly subject: string | null;
    readonly status: string | null;
    readonly trusted: boolean | null;
    readonly exists: boolean | null;
  };
}

export interface OtherActivity extends Occurrence {
  readonly action: string;
  readonly categories: readonly string[];
  /** What it was done to, or with, where events record it. */
  readonly targets: readonly string[];
}

/** How events of some kinds are shown: the same thing once, with how often it happened. */
interface Listed<T> {
  readonly kinds: readonly EventKind[];
  /** Assignments in ES|QL that say what the same thing is. */
  readonly by: readonly string[];
  /** Aggregates in ES|QL. */
  readonly told: readonly string[];
  /** Keys in ES|QL of what stands first. */
  readonly order: string;
  readonly read: (row: Row, occurrence: Occurrence) => T;
}

const list = <T>(listed: Listed<T>): Listed<T> => listed;

/** Every list of what a process did, but for its connections. */
export const activities = {
  dns: list<DnsQuestion>({
    kinds: ['dns'],
    by: ['name = dns.question.name'],
    told: ['types = VALUES(dns.question.type)', 'ips = VALUES(dns.resolved_ip)'],
    order: 'n DESC, name',
    read: (row, occurrence) => ({
      name: text(row.name) ?? '',
      types: texts(row.types),
      ips: texts(row.ips),
      ...occurrence,
    }),
  }),
  files: list<FileActivity>({
    kinds: ['file'],
    by: ['action = event.action', 'path = COALESCE(file.path, file.name)'],
    told: [
      'size = MAX(file.size)',
      `sha256 = ${newest('file.hash.sha256')}`,
      `original = ${newest('file.Ext.original.path')}`,
    ],
    order: 'first_seen, path',
    read: (row, occurrence) => ({
      action: text(row.action),
      path: text(row.path) ?? '',
      originalPath: text(row.original),
      sizeBytes: whole(row.size),
      sha256: text(row.sha256),
      ...occurrence,
    }),
  }),
  registry: list<RegistryActivity>({
    kinds: ['registry'],
    by: ['action = event.action', 'path = COALESCE(registry.path, registry.key)'],
    told: [`type = ${newest('registry.data.type')}`, 'data = VALUES(registry.data.strings)'],
    order: 'first_seen, path',
    read: (row, occurrence) => ({
      action: text(row.action),
      path: text(row.path) ?? '',
      type: text(row.type),
      data: texts(row.data),
      ...occurrence,
    }),
  }),
  libraries: list<LoadedLibrary>({
    kinds: ['library'],
    by: ['path = COALESCE(dll.path, dll.name)'],
    told: [
      `sha256 = ${newest('dll.hash.sha256')}`,
      `signer = ${newest('dll.code_signature.subject_name')}`,
      `status = ${newest('dll.code_signature.status')}`,
      `trusted = ${newest('dll.code_signature.trusted')}`,
      `signed = ${newest('dll.code_signature.exists')}`,
    ],
    // Unsigned binaries rank first: hunters look for them.
    order: 'CASE(signed == false, 0, trusted == false, 1, 2), first_seen, path',
    read: (row, occurrence) => ({
      path: text(row.path) ?? '',
      sha256: text(row.sha256),
      signature: {
        subject: text(row.signer),
        status: text(row.status),
        trusted: flag(row.trusted),
        exists: flag(row.signed),
      },
      ...occurrence,
    }),
  }),
  other: list<OtherActivity>({
    kinds: ['process', 'other'],
    by: ['action = COALESCE(event.action, process.Ext.api.name, event.code, "unnamed")'],
    told: [
      'categories = VALUES(event.category)',
      'targets = VALUES(COALESCE(Target.process.executable, Target.process.name, process.Ext.api.name))',
    ],
    order: 'n DESC, action',
    read: (row, occurrence) => ({
      action: text(row.action) ?? '',
      categories: texts(row.categories),
      targets: texts(row.targets),
      ...occurrence,
    }),
  }),
} as const;

export type ActivityName = keyof typeof activities;
export const activityNames = Object.keys(activities) as ActivityName[];

/** Asks for one list. */
export function activityQuestion(name: ActivityName, subject: Subject, limit: number): Question {
  const { kinds, by, told, order } = activities[name];
  const own = ownEvents(subject);
  return {
    text: `${from(subject.scope.pattern)}
| WHERE ${own.text}
| EVAL kind = ${kindOfEvent}
| WHERE kind IN (${kinds.map((kind) => `"${kind}"`).join(', ')})
| STATS
  ${[...told, 'n = COUNT(*)', 'first_seen = MIN(@timestamp)', 'last_seen = MAX(@timestamp)'].join(',\n  ')}
  BY ${by.join(', ')}
| INLINE STATS different = COUNT(*), all_events = SUM(n)
| SORT ${order}
| LIMIT ${limit}`,
    values: own.values,
  };
}

/** Reads one row of a list. */
export function readActivity<N extends ActivityName>(name: N, row: Row): ReturnType<(typeof activities)[N]['read']> {
  const occurrence: Occurrence = {
    events: count(row.n),
    firstSeen: text(row.first_seen),
    lastSeen: text(row.last_seen),
  };
  return activities[name].read(row, occurrence) as ReturnType<(typeof activities)[N]['read']>;
}
