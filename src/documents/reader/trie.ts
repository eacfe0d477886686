import { Field } from './field';
import { allocate, filled, hash, same } from './memory';

/*
 * The names of fields, part by part. Documents may divide a name into keys in any way: `a.b.c` is a → b → c, `a.b` → c,
 * or one key. A key with dots is looked up by its parts once, and then known as a whole.
 */

@unmanaged
export class Node {
  /** The field that ends here, if any. */
  field: Field | null;
  /** The member that an object began with last. */
  first: Edge | null;
  /** Whether an object may stand here. */
  isObject: bool;
  /** What stands here is kept in the document alone. */
  isOpaque: bool;
  /** What stands here does not matter. */
  isIgnored: bool;
  /** Members that nobody knows may stand in an object here, and are kept in the document alone. */
  takesUnknown: bool;
}

@unmanaged
export class Edge {
  node: Node;
  key: usize;
  length: u32;
  /** Null for what is not looked into. */
  child: Node | null;
  /** The member that came after this one last. */
  next: Edge | null;
  /** The object in which this was seen last. */
  object: u32;
}

let table: usize = 0;
let mask: u32 = 0;
let count: u32 = 0;
/** Members that are not looked into are remembered as such, but not without end. */
const mostLearnt: u32 = 65_536;
let learnt: u32 = 0;
/** Stands for the others. */
let ignored: usize = 0;

export function resetTrie(): void {
  mask = 1023;
  table = filled(4096, 0);
  count = 0;
  learnt = 0;
  ignored = filled(offsetof<Edge>(), 0);
}

export function newNode(
  field: Field | null,
  isObject: bool,
  isOpaque: bool,
  isIgnored: bool,
  takesUnknown: bool,
): Node {
  const node = changetype<Node>(allocate(offsetof<Node>()));
  node.field = field;
  node.first = null;
  node.isObject = isObject;
  node.isOpaque = isOpaque;
  node.isIgnored = isIgnored;
  node.takesUnknown = takesUnknown;
  return node;
}

export function newEdge(node: Node, key: usize, length: u32, child: Node | null): Edge {
  const edge = changetype<Edge>(allocate(offsetof<Edge>()));
  edge.node = node;
  edge.key = key;
  edge.length = length;
  edge.child = child;
  edge.next = null;
  edge.object = 0;
  if (++count << 1 > mask) rehash();
  insert(edge);
  return edge;
}

function insert(edge: Edge): void {
  let slot = hash(edge.key, edge.length, changetype<usize>(edge.node)) & mask;
  while (load<u32>(table + (<usize>slot << 2)) != 0) slot = (slot + 1) & mask;
  store<u32>(table + (<usize>slot << 2), <u32>changetype<usize>(edge));
}

function rehash(): void {
  const old = table;
  const slots = mask + 1;
  mask = (mask << 2) | 3;
  table = filled((<usize>mask + 1) << 2, 0);
  for (let i: u32 = 0; i < slots; i++) {
    const edge = load<u32>(old + (<usize>i << 2));
    if (edge != 0) insert(changetype<Edge>(<usize>edge));
  }
}

function find(node: Node, key: usize, length: u32): Edge | null {
  let slot = hash(key, length, changetype<usize>(node)) & mask;
  while (true) {
    const at = load<u32>(table + (<usize>slot << 2));
    if (at == 0) return null;
    const edge = changetype<Edge>(<usize>at);
    if (edge.node == node && edge.length == length && same(edge.key, key, length)) return edge;
    slot = (slot + 1) & mask;
  }
}

/** Whether an edge is that of the key which stands at `key`, before its closing quote. */
@inline
export function matches(edge: Edge, key: usize): bool {
  return load<u8>(key + edge.length) == 34 && same(edge.key, key, edge.length);
}

/** The edge of a key; null where nobody knows it and an object here must not have it. */
export function edgeOf(node: Node, key: usize, length: u32): Edge | null {
  const known = find(node, key, length);
  if (known) return known;
  let at: Node = node;
  let from = key;
  const end = key + length;
  let opaque = false;
  for (let p = key; p <= end; p++) {
    if (p < end && load<u8>(p) != 46) continue;
    if (p == from) return null;
    const part = find(at, from, <u32>(p - from));
    if (!part) {
      if (!at.takesUnknown) return null;
      opaque = true;
      break;
    }
    const child = part.child;
    if (!child) {
      opaque = true;
      break;
    }
    at = child;
    if (at.isOpaque || at.isIgnored) break;
    if (p < end && !at.isObject) return null;
    from = p + 1;
  }
  if (opaque && learnt++ >= mostLearnt) {
    const edge = changetype<Edge>(ignored);
    edge.object = 0;
    return edge;
  }
  // The document is gone when the next ones are put in.
  const copy = allocate(<usize>length + 16);
  memory.copy(copy, key, length);
  return newEdge(node, copy, length, opaque ? null : at);
}
