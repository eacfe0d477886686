import { kindOfEvent, peer } from './event-kind.ts';
import { count, from, type Question, type Row, text } from './question.ts';
import { ownEvents, type Subject, scopeConditions } from './subject.ts';

/** Something that happened, with the time when it first did. Times are ISO 8601. */
export interface TimelineEntry {
  readonly time: string | null;
  /** When it last happened, and how often in all. */
  readonly last: string | null;
  readonly events: number;
  /** What it is about; `child` for the start, end and the like of a child. */
  readonly kind: string;
  readonly action: string | null;
  readonly what: string | null;
}

const what = `CASE(
  kind == "dns", dns.question.name,
  kind == "registry", COALESCE(registry.path, registry.key),
  kind == "library", COALESCE(dll.path, dll.name),
  kind == "file", COALESCE(file.path, file.name),
  kind == "network", CONCAT(${peer.address}, COALESCE(CONCAT(" port ", TO_STRING(${peer.port})), "")),
  kind IN ("process", "child"), COALESCE(process.command_line, process.executable, process.name),
  COALESCE(Target.process.executable, process.Ext.api.name, message))`;

/**
 * Asks what happened, each thing once, in the order in which it first did. The marks are asked for by themselves, so that an
 * engine that reads columns finds the few events by these alone.
 */
export function timelineQuestion(subject: Subject, limit: number): Question {
  const { identity, scope } = subject;
  const own = ownEvents(subject);
  return {
    text: `${from(scope.pattern)}
| WHERE (${identity.own} == ?id OR ${identity.parent} == ?id)${scopeConditions(scope).text}
| WHERE ${identity.own} == ?id OR MV_CONTAINS(event.category, "process")
| EVAL kind = CASE(${identity.own} == ?id, ${kindOfEvent}, "child")
| EVAL what = ${what}
| STATS n = COUNT(*), first_seen = MIN(@timestamp), last_seen = MAX(@timestamp) BY kind, action = event.action, what
| INLINE STATS different = COUNT(*), all_events = SUM(n)
| SORT first_seen, kind, action, what
| LIMIT ${limit}`,
    values: own.values,
  };
}

export const readTimelineEntry = (row: Row): TimelineEntry => ({
  time: text(row.first_seen),
  last: text(row.last_seen),
  events: count(row.n),
  kind: text(row.kind) ?? 'other',
  action: text(row.action),
  what: text(row.what),
});

/** The number of a process's events in equal spans of time, by kind. */
export interface ActivityOverTime {
  /** The first span's beginning, and the length of each, in milliseconds. */
  readonly start: number;
  readonly span: number;
  readonly kinds: readonly { readonly kind: string; readonly counts: readonly number[] }[];
}

const mostSpans = 60;
/** Seconds. */
const spans = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800,
  2_592_000, 31_536_000,
];

/** The shortest round span, in seconds, that divides a time into few enough; times in milliseconds. */
export const roundSpan = (first: number, last: number): number =>
  spans.find((span) => (last - first) / (span * 1000) < mostSpans - 1) ?? spans.at(-1)!;

/** Asks how many events of each kind there are in spans of this many seconds. */
export function overTimeQuestion(subject: Subject, spanSeconds: number): Question {
  const own = ownEvents(subject);
  return {
    text: `${from(subject.scope.pattern)}
| WHERE ${own.text}
| EVAL kind = ${kindOfEvent}
| STATS n = COUNT(*) BY kind, span = BUCKET(@timestamp, ${spanSeconds} seconds)
| SORT kind, span`,
    values: own.values,
  };
}

/** Fills the spans without events. */
export function readOverTime(rows: readonly Row[], spanSeconds: number): ActivityOverTime | null {
  const timed = rows.flatMap((row) => {
    const at = text(row.span);
    return at === null ? [] : [{ kind: text(row.kind) ?? 'other', at: Date.parse(at), count: count(row.n) }];
  });
  if (timed.length === 0) return null;
  const span = spanSeconds * 1000;
  const start = timed.reduce((least, { at }) => Math.min(least, at), Number.POSITIVE_INFINITY);
  const end = timed.reduce((most, { at }) => Math.max(most, at), start);
  const length = Math.round((end - start) / span) + 1;
  const byKind = new Map<string, number[]>();
  for (const { kind, at, count: n } of timed) {
    const counts = byKind.get(kind) ?? new Array<number>(length).fill(0);
    counts[Math.round((at - start) / span)]! += n;
    byKind.set(kind, counts);
  }
  return { start, span, kinds: [...byKind].map(([kind, counts]) => ({ kind, counts })) };
}
