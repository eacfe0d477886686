import type { Engine } from '../engines/engine.ts';
import { everyIndex, type IndexPattern } from './indices.ts';
import { aggregates, type ProcessFacts, prepared, readFacts, separator } from './process-facts.ts';
import { type Kinship, type ProcessNode, processTree } from './process-tree.ts';
import { type Ask, asker, count, fieldsOf, from, listed, type Question } from './question.ts';
import { byEntityId, type Identity, type Scope, scopeConditions } from './subject.ts';

/** How many ancestors and descendants are looked for. */
export interface KinshipOptions {
  /** Levels of ancestors, and levels of descendants. */
  readonly depth: number;
  /** Children of one process. */
  readonly children: number;
}

/** The most processes that one question gives. */
const mostRows = 5000;
/** Ancestors that are looked up at once. */
const mostListed = 50;

/** Asks for the facts of some processes, and for those whose parents are others. */
export function kinQuestion(
  { own, parent, ancestry }: Identity,
  scope: Scope,
  wanted: readonly string[],
  parents: readonly string[],
): Question {
  const ids = listed('id', wanted);
  const of = listed('parent', parents);
  const conditions = scopeConditions(scope);
  const either = [
    wanted.length > 0 ? `${own} IN (${ids.names})` : '',
    parents.length > 0 ? `${parent} IN (${of.names})` : '',
  ].filter((condition) => condition !== '');
  const asked = wanted.length > 0 ? `CASE(id IN (${ids.names}), 0, 1)` : '1';
  return {
    text: `${from(scope.pattern)}
| WHERE (${either.join(' OR ')})${conditions.text}
| EVAL id = ${own}, ${prepared(ancestry)}
| WHERE id IS NOT NULL
| STATS
  ${aggregates(parent)}
  BY id
| INLINE STATS siblings = COUNT(*) BY parent_id
| EVAL rank = ${asked}
| SORT rank, first_seen
| LIMIT ${mostRows}`,
    values: { ...conditions.values, ...ids.values, ...of.values, separator },
  };
}

/**
 * Finds processes, their ancestors and descendants, one question a generation: ancestors come all at once where events list them, one
 * generation at a time where they only name the parent.
 */
export async function findKin(
  focus: readonly string[],
  identity: Identity,
  scope: Scope,
  ask: Ask,
  options: KinshipOptions,
): Promise<Kinship> {
  const facts = new Map<string, ProcessFacts>();
  const children = new Map<string, { shown: readonly ProcessFacts[]; total: number }>();
  const asked = new Set<string>();
  let wanted: readonly string[] = focus;
  let parents: readonly string[] = options.depth > 0 ? focus : [];
  for (let level = 0; level <= options.depth && wanted.length + parents.length > 0; level++) {
    const rows = await ask(kinQuestion(identity, scope, wanted, parents));
    for (const id of wanted) asked.add(id);
    const found = rows.map((row) => ({ facts: readFacts(row), siblings: count(row.siblings) }));
    for (const { facts: process } of found) if (asked.has(process.id)) facts.set(process.id, process);
    for (const parent of parents) {
      const all = found.filter(({ facts: process }) => process.parent.id === parent && process.id !== parent);
      const shown = all.slice(0, options.children).map(({ facts: process }) => process);
      if (all.length > 0) children.set(parent, { shown, total: Math.max(all[0]!.siblings, all.length) });
    }
    // The children of a process without events of its own still list its ancestors.
    const elders = found
      .filter(({ facts: process }) => level === 0 || asked.has(process.id))
      .flatMap(({ facts: { parent, ancestry } }) => [parent.id ?? [], ...ancestry.slice(0, mostListed)].flat());
    wanted = [...new Set(elders)].filter((id) => !asked.has(id));
    const next = parents.flatMap((parent) => children.get(parent)?.shown ?? []).map(({ id }) => id);
    parents = level + 1 < options.depth ? next.filter((id) => !children.has(id)) : [];
  }
  return { facts, children };
}

/** Names every field that finding process trees asks for, for whoever must read them first. */
export const kinFields = (): string =>
  fieldsOf([kinQuestion(byEntityId, { pattern: everyIndex, host: null, from: null, to: null }, ['1'], ['1'])]);

/** The trees of processes by their entity ids; those that no event records are left out. */
export async function treesOfEntities(
  ids: readonly string[],
  engine: Engine,
  options: KinshipOptions & { readonly pattern: IndexPattern; readonly now: Date; readonly signal?: AbortSignal },
): Promise<Map<string, ProcessNode>> {
  const scope: Scope = { pattern: options.pattern, host: null, from: null, to: null };
  const distinct = [...new Set(ids)];
  const kinship = await findKin(distinct, byEntityId, scope, asker(engine, options), options);
  const told = distinct.filter((id) => kinship.facts.has(id) || kinship.children.has(id));
  return new Map(told.map((id) => [id, processTree(id, kinship, options.depth)]));
}
