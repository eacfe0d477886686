import { type ParentFacts, type ProcessFacts, signatureText } from './process-facts.ts';

/** A process in its process tree, as events record it; null for what no event says. */
export interface ProcessNode {
  readonly entityId: string;
  readonly name: string | null;
  readonly executable: string | null;
  readonly commandLine: string | null;
  readonly user: string | null;
  readonly sha256: string | null;
  /** Who signed it; `unsigned` where the events say that nobody did. */
  readonly signature: string | null;
  readonly pid: bigint | null;
  /** ISO 8601. */
  readonly started: string | null;
  readonly ended: string | null;
  /** Its own events: how many, and from when to when. */
  readonly events: number;
  readonly firstSeen: string | null;
  readonly lastSeen: string | null;
  /** The process that was asked about. */
  readonly isFocus: boolean;
  readonly children: readonly ProcessNode[];
  /** How many children are left out; absent where none are, or where nobody looked for them. */
  readonly moreChildren?: number;
  /** Of a root: how many ancestors above it are known and left out; absent where none are. */
  readonly moreAncestors?: number;
}

/** What was found of processes, their ancestors and descendants. */
export interface Kinship {
  /** Facts by mark; processes without events of their own are missing. */
  readonly facts: ReadonlyMap<string, ProcessFacts>;
  /** By the mark of a parent: its children that are known, the first started first, and how many there are in all. */
  readonly children: ReadonlyMap<string, { readonly shown: readonly ProcessFacts[]; readonly total: number }>;
}

/** Puts a process between its ancestors, at most `depth` of them, and its descendants, as deep as these are known. */
export function processTree(id: string, kinship: Kinship, depth: number): ProcessNode {
  const chain = ancestorsOf(id, kinship);
  const shown = chain.slice(0, depth);
  const known = new Set([...chain.map(markOf), ...(kinship.facts.get(id)?.ancestry ?? [])]);
  known.delete('');
  const more = Math.max(known.size, chain.length) - shown.length;
  const focus = descendants(id, kinship.facts.get(id) ?? asParent(id, kinship), kinship, new Set(known), true);
  const root = shown.reduce<ProcessNode>(
    (child, ancestor) => ({ ...nodeOf(ancestor, false), children: [child] }),
    focus,
  );
  return more > 0 ? { ...root, moreAncestors: more } : root;
}

/** Facts where there are any; else what a child or a list of ancestors says. */
type Known = ProcessFacts | ParentFacts;

const markOf = ({ id }: Known): string => id ?? '';
const hasEvents = (known: Known): known is ProcessFacts => 'events' in known;

/** The ancestors of a process, nearest first, as far as their order is known. */
function ancestorsOf(id: string, kinship: Kinship): Known[] {
  const chain: Known[] = [];
  const met = new Set([id]);
  let below = kinship.facts.get(id) ?? asParent(id, kinship);
  // Ancestors beyond the present process, by the nearest list that there is; first of all by that of a child.
  const [child] = kinship.children.get(id)?.shown ?? [];
  let listed = inOrder(child?.ancestry.filter((other) => other !== id) ?? [], kinship);
  for (;;) {
    if (hasEvents(below) && below.ancestry.length > 0) listed = inOrder(below.ancestry, kinship, below.parent.id);
    const told = hasEvents(below) ? below.parent : unknown;
    const next = told.id ?? listed[0] ?? null;
    // Numbers of processes are used again, and may lead around in a circle.
    if (next === null ? isEmpty(told) : met.has(next)) return chain;
    listed = listed[0] === next ? listed.slice(1) : [];
    const known = (next === null ? undefined : kinship.facts.get(next)) ?? { ...told, id: next };
    chain.push(known);
    if (next === null) return chain;
    met.add(next);
    below = known;
  }
}

/**
 * Puts a list of ancestors in order, nearest first, up to the first place that is not certain: indices do not keep the
 * order. As many of the others stand above a process as its own list names, and the last one takes the place left over.
 */
function inOrder(ancestry: readonly string[], { facts }: Kinship, parent: string | null = null): string[] {
  const others = [...new Set(ancestry)].filter((id) => id !== parent);
  const places = new Array<string | undefined>(others.length).fill(undefined);
  const unplaced: string[] = [];
  for (const id of others) {
    const own = facts.get(id);
    // A process that ran before anybody looked lists no ancestors, though it has some.
    if (own === undefined || own.ancestry.length === 0) unplaced.push(id);
    else {
      const above = new Set(own.ancestry.filter((elder) => others.includes(elder))).size;
      const place = others.length - 1 - above;
      if (places[place] !== undefined) return parent === null ? [] : [parent];
      places[place] = id;
    }
  }
  if (unplaced.length === 1) places[places.indexOf(undefined)] = unplaced[0];
  const certain = places.indexOf(undefined);
  const known = places.slice(0, certain < 0 ? places.length : certain) as string[];
  return parent === null ? known : [parent, ...known];
}

const unknown: ParentFacts = { id: null, pid: null, name: null, executable: null, commandLine: null };
const isEmpty = ({ pid, name, executable, commandLine }: ParentFacts): boolean =>
  pid === null && name === null && executable === null && commandLine === null;

/** A process that has no events of its own, as its children record it. */
function asParent(id: string, { children }: Kinship): ParentFacts {
  return children.get(id)?.shown[0]?.parent ?? { ...unknown, id };
}

function descendants(id: string, known: Known, kinship: Kinship, met: Set<string>, isFocus: boolean): ProcessNode {
  met.add(id);
  const { shown, total } = kinship.children.get(id) ?? { shown: [], total: 0 };
  const fresh = shown.filter((child) => !met.has(child.id));
  const children = fresh.map((child) => descendants(child.id, child, kinship, met, false));
  const more = total - shown.length;
  return { ...nodeOf(known, isFocus), children, ...(more > 0 && { moreChildren: more }) };
}

const withoutEvents = {
  ...{ user: null, sha256: null, signature: null },
  ...{ started: null, ended: null, events: 0, firstSeen: null, lastSeen: null },
};

function nodeOf(known: Known, isFocus: boolean): ProcessNode {
  const { pid, name, executable, commandLine } = known;
  const common = { entityId: markOf(known), pid, name, executable, commandLine, isFocus, children: [] };
  if (!hasEvents(known)) return { ...common, ...withoutEvents };
  const { user, hashes, signature, started, ended, events, firstSeen, lastSeen } = known;
  return {
    ...{ ...common, user: userText(user), sha256: hashes.sha256, signature: signatureText(signature) },
    ...{ started, ended, events, firstSeen, lastSeen },
  };
}

/** `DOMAIN\name`, or what there is of it. */
export function userText({ name, domain, id }: ProcessFacts['user']): string | null {
  if (name === null) return id;
  return domain === null ? name : `${domain}\\${name}`;
}
