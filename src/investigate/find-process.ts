import { closestMatches } from '../diagnostics/closest-match.ts';
import { type Ask, count, from, newest, type Question, type Row, text } from './question.ts';
import { byEntityId, byPid, type Scope, type Subject, scopeConditions } from './subject.ts';

/**
 * How a person names a process: by its entity id, the beginning of one or its beginning and end (`YWRj…Cg==`), or by a pid
 * of a host.
 */
export type ProcessName =
  | { readonly kind: 'entity'; readonly id: string }
  | { readonly kind: 'pid'; readonly pid: string };

/** A process that a name may mean. */
export interface Candidate {
  /** Null where events carry no entity id. */
  readonly entityId: string | null;
  readonly name: string | null;
  readonly host: string | null;
  readonly events: number;
  readonly firstSeen: string | null;
}

/** What was found: one process, several, or none, and then what the data has instead. */
export type Found =
  | { readonly kind: 'one'; readonly subject: Subject }
  | { readonly kind: 'several'; readonly candidates: readonly Candidate[]; readonly total: number }
  | { readonly kind: 'none'; readonly data: DataSummary; readonly near: readonly Candidate[] };

/** What the data has where a process was looked for. */
export interface DataSummary {
  readonly events: number;
  /** Events that carry process.entity_id, and process.pid. */
  readonly withEntityId: number;
  readonly withPid: number;
  /** Events that list the id among the ancestors of their process. */
  readonly asAncestor: number;
  /** Hosts that have the process, where it was looked for on another one. */
  readonly elsewhere: readonly string[];
}

const mostCandidates = 10;
/** Ids that a mistaken one is compared with, and those that are listed. */
const mostCompared = 200;
const mostNear = 5;

/** Finds the process that is meant. A whole id goes before ids that begin with it, a process before a mere parent. */
export async function findProcess(name: ProcessName, scope: Scope, ask: Ask): Promise<Found> {
  const found = name.kind === 'pid' ? await findPid(name.pid, scope, ask) : await findEntity(name.id, scope, ask);
  return found ?? explain(name, scope, ask);
}

async function findEntity(id: string, scope: Scope, ask: Ask): Promise<Found | null> {
  for (const field of ['process.entity_id', 'process.parent.entity_id'] as const) {
    const rows = await ask(beginningQuestion(field, id, scope));
    const exact = rows.filter((row) => text(row.id) === id);
    const meant = exact.length > 0 ? exact : rows;
    const hosts = new Set(meant.map((row) => text(row.host)));
    const ids = new Set(meant.map((row) => text(row.id)!));
    if (meant.length === 0) continue;
    if (ids.size === 1 && hosts.size === 1)
      return { kind: 'one', subject: { identity: byEntityId, id: [...ids][0]!, scope } };
    const total = exact.length > 0 ? exact.length : count(rows[0]!.different);
    return { kind: 'several', candidates: meant.map(candidateOf), total };
  }
  return null;
}

/** Numbers lead to entity ids where events carry these. */
async function findPid(pid: string, scope: Scope, ask: Ask): Promise<Found | null> {
  const rows = await ask(pidQuestion(pid, scope));
  const marked = rows.filter((row) => row.id !== null);
  const hosts = new Set(rows.map((row) => text(row.host)));
  if (rows.length === 0) return null;
  if (marked.length > 1 || hosts.size > 1) {
    return { kind: 'several', candidates: rows.map(candidateOf), total: count(rows[0]!.different) };
  }
  const subject =
    marked.length === 1
      ? { identity: byEntityId, id: text(marked[0]!.id)!, scope }
      : { identity: byPid, id: pid, scope };
  return { kind: 'one', subject };
}

/** What there is instead of the process. */
async function explain(name: ProcessName, scope: Scope, ask: Ask): Promise<Found> {
  const id = name.kind === 'entity' ? name.id : '';
  const [summary] = await ask(summaryQuestion(id, scope));
  const anywhere = { ...scope, host: null };
  const others =
    scope.host === null
      ? []
      : await ask(
          name.kind === 'pid' ? pidQuestion(name.pid, anywhere) : beginningQuestion('process.entity_id', id, anywhere),
        );
  const data: DataSummary = {
    events: count(summary?.events),
    withEntityId: count(summary?.with_entity_id),
    withPid: count(summary?.with_pid),
    asAncestor: count(summary?.as_ancestor),
    elsewhere: [...new Set(others.flatMap((row) => text(row.host) ?? []))],
  };
  return { kind: 'none', data, near: name.kind === 'entity' ? await near(id, scope, ask) : [] };
}

/** The processes whose ids are most like one. */
async function near(id: string, scope: Scope, ask: Ask): Promise<Candidate[]> {
  if (id.length < 8) return [];
  const candidates = (await ask(nearQuestion(id, scope))).map(candidateOf);
  const closest = closestMatches(
    id,
    candidates.flatMap(({ entityId }) => entityId ?? []),
  );
  return closest.slice(0, mostNear).map((match) => candidates.find(({ entityId }) => entityId === match)!);
}

/** Asks for the processes whose id begins (and ends) as a text says, by host, those of that very id first. */
export function beginningQuestion(
  field: 'process.entity_id' | 'process.parent.entity_id',
  id: string,
  scope: Scope,
): Question {
  const conditions = scopeConditions(scope);
  const [beginning, end = ''] = id.split('…');
  const name = field === 'process.entity_id' ? 'process.name' : 'process.parent.name';
  return {
    text: `${from(scope.pattern)}
| WHERE STARTS_WITH(${field}, ?beginning)${end === '' ? '' : ` AND ENDS_WITH(${field}, ?end)`}${conditions.text}
| STATS n = COUNT(*), name = ${newest(name)}, first_seen = MIN(@timestamp) BY id = ${field}, host = host.name
| INLINE STATS different = COUNT(*)
| EVAL rank = CASE(id == ?id, 0, 1)
| SORT rank, n DESC, id
| LIMIT ${mostCandidates}`,
    values: { ...conditions.values, id, beginning: beginning!, ...(end !== '' && { end }) },
  };
}

export function pidQuestion(pid: string, scope: Scope): Question {
  const conditions = scopeConditions(scope);
  return {
    text: `${from(scope.pattern)}
| WHERE TO_STRING(process.pid) == ?pid${conditions.text}
| STATS n = COUNT(*), name = ${newest('process.name')}, first_seen = MIN(@timestamp) BY id = process.entity_id, host = host.name
| INLINE STATS different = COUNT(*)
| SORT first_seen, id
| LIMIT ${mostCandidates}`,
    values: { ...conditions.values, pid },
  };
}

export function summaryQuestion(id: string, scope: Scope): Question {
  const { pattern } = scope;
  return {
    text: `${from(pattern)}
| STATS events = COUNT(*), with_entity_id = COUNT(process.entity_id), with_pid = COUNT(process.pid),
  as_ancestor = COUNT(*) WHERE MV_CONTAINS(process.Ext.ancestry, ?id)`,
    values: { id },
  };
}

/** Asks for ids that share at least a quarter of their beginning with one. */
export function nearQuestion(id: string, scope: Scope): Question {
  const part = (quarters: number): string => id.slice(0, Math.ceil((id.length * quarters) / 4));
  return {
    text: `${from(scope.pattern)}
| WHERE STARTS_WITH(process.entity_id, ?quarter)
| STATS n = COUNT(*), name = ${newest('process.name')}, first_seen = MIN(@timestamp) BY id = process.entity_id, host = host.name
| EVAL rank = CASE(STARTS_WITH(id, ?most), 0, STARTS_WITH(id, ?half), 1, 2)
| SORT rank, n DESC, id
| LIMIT ${mostCompared}`,
    values: { quarter: part(1), half: part(2), most: part(3) },
  };
}

const candidateOf = (row: Row): Candidate => ({
  entityId: text(row.id),
  name: text(row.name),
  host: text(row.host),
  events: count(row.n),
  firstSeen: text(row.first_seen),
});
