import { Field } from './field';
import { addNumber, allocate, filled, hash, hashOn, newNumbers, Numbers, same, seedOfHashes } from './memory';
import { scratchOf } from './scratch';

/*
 * Names of fields and objects. Documents may divide a name into keys in any way: `a.b.c` is a → b → c, `a.b` → c, or one
 * key; so a place in documents is known by its whole name, its node. A key in an object leads to a node by an edge, which
 * is found by the parts of the key once, and by the key as a whole from then on.
 */

/** What becomes of members that nobody knows. */
export const enum Unknown {
  /** They become fields. */
  discovered,
  /** They are not looked into. */
  skipped,
  /** With a value, they make the document one that is not read. */
  refused,
}

@unmanaged
export class Node {
  /** The field that stands here, if any. */
  field: Field | null;
  /** The member that an object began with last. */
  first: Edge | null;
  /** The whole name, behind which a dot stands. */
  name: usize;
  length: u32;
  /** How many bytes of longer names this is, with the dot; 0 for the document itself. */
  prefix: u32;
  hash: u64;
  /** The object that this is in, where that was known before. */
  parent: Node | null;
  /** What becomes of unknown members of an object here; and whether that was said, or is as around it. */
  unknown: Unknown;
  hasUnknown: bool;
  /** What becomes of a value here while no field stands here. */
  ownUnknown: Unknown;
  /** Whether this is known to be an object, so that no other value may stand here. */
  isObject: bool;
  /** Whether fields are known below. */
  hasBelow: bool;
  /** What stands here is kept in the document alone. */
  isOpaque: bool;
  /** What stands here does not matter. */
  isIgnored: bool;
}

/** What is to be done with the value of a member. */
export const enum Action {
  read,
  /** It is not looked into but kept in the document. */
  keep,
  ignore,
  /** It makes the document one that is not read, unless it is null or holds nothing else. */
  beEmpty,
  refuse,
}

/** What members of the first level, and those of a hit, say of the document as a whole. */
export const enum Mark {
  none,
  index,
  id,
  source,
  fields,
  /** Members that only hits have, and others that no hit has. */
  ofHit,
  foreign,
  /** What queries know by this name is not in documents. */
  metadata,
  /** Wrappers of documents, if they have an object or an array of objects, or just the latter. */
  object,
  objects,
  /** Its name has a part that is blank. */
  odd,
}

@unmanaged
export class Edge {
  key: usize;
  length: u32;
  /** Null for what is not read. */
  child: Node | null;
  /** The member that came after this one last. */
  next: Edge | null;
  /** The object in which this was seen last. */
  object: u32;
  node: Node;
  mark: u8;
  action: u8;
  /** Whether this is remembered beyond the document. */
  isLasting: bool;
}

let nodes: Table = changetype<Table>(0);
let edges: Table = changetype<Table>(0);
/** Edges of this document alone. */
let passing: Table | null = null;
/** Nodes in the order in which they were made: what is around one stands before it. */
let known: Numbers = changetype<Numbers>(0);
let root: Node = changetype<Node>(0);
/** What is around the document itself: a hit. */
let hit: Node = changetype<Node>(0);
/** What becomes of unknown members where nothing was said of an object. */
let usually: Unknown = Unknown.discovered;
let refusesOddKeys: bool = false;
let takesHits: bool = false;
/** Members that are not read are remembered as such, but not without end. */
const mostLearnt: u32 = 65_536;
let learnt: u32 = 0;
/** A piece has no more names, and these no more bytes, for long ones may begin very many; documents with more are not read. */
const mostNames: u32 = 8 << 20;
const mostNameBytes: u64 = 256 << 20;
let nameBytes: u64 = 0;

/** Open addressing; a slot is a pointer. */
@unmanaged
class Table {
  slots: usize;
  mask: u32;
  count: u32;
}

function newTable(slots: u32): Table {
  const table = changetype<Table>(allocate(offsetof<Table>()));
  table.slots = filled(<usize>slots << 2, 0);
  table.mask = slots - 1;
  table.count = 0;
  return table;
}

/** Forgets all names; `unknown` is what becomes of members that nobody knows where nothing else is said. */
export function resetNames(unknown: Unknown, refusesOdd: bool, hits: bool): void {
  nodes = newTable(1024);
  edges = newTable(1024);
  passing = null;
  known = newNumbers();
  learnt = 0;
  nameBytes = 0;
  usually = unknown;
  refusesOddKeys = refusesOdd;
  takesHits = hits;
  root = newNode(null, 0, 0, seedOfHashes(), unknown);
  root.hasUnknown = true;
  hit = newNode(null, 0, 0, seedOfHashes() + 1, Unknown.skipped);
}

export function rootNode(): Node {
  return root;
}

export function hitNode(): Node {
  return hit;
}

function newNode(parent: Node | null, name: usize, length: u32, h: u64, unknown: Unknown): Node {
  const node = changetype<Node>(filled(offsetof<Node>(), 0));
  node.name = name;
  node.length = length;
  node.prefix = parent ? length + 1 : 0;
  node.hash = h;
  node.parent = parent;
  node.unknown = unknown;
  node.ownUnknown = unknown;
  if (parent) insertNode(node);
  return node;
}

function insertNode(node: Node): void {
  if (++nodes.count << 1 > nodes.mask) {
    const old = nodes.slots;
    const slots = nodes.mask + 1;
    nodes.mask = (nodes.mask << 2) | 3;
    nodes.slots = filled((<usize>nodes.mask + 1) << 2, 0);
    for (let i: u32 = 0; i < slots; i++) {
      const other = load<u32>(old + (<usize>i << 2));
      if (other != 0) putNode(changetype<Node>(<usize>other));
    }
  }
  putNode(node);
}

function putNode(node: Node): void {
  let slot = <u32>(node.hash >> 32) & nodes.mask;
  while (load<u32>(nodes.slots + (<usize>slot << 2)) != 0) slot = (slot + 1) & nodes.mask;
  store<u32>(nodes.slots + (<usize>slot << 2), <u32>changetype<usize>(node));
}

/** The node of a name that goes on from another's by some bytes. */
function findNode(h: u64, from: Node, key: usize, length: u32): Node | null {
  let slot = <u32>(h >> 32) & nodes.mask;
  while (true) {
    const at = load<u32>(nodes.slots + (<usize>slot << 2));
    if (at == 0) return null;
    const node = changetype<Node>(<usize>at);
    const isSame =
      node.hash == h &&
      node.length == from.prefix + length &&
      same(node.name, from.name, from.prefix) &&
      same(node.name + from.prefix, key, length);
    if (isSame) return node;
    slot = (slot + 1) & nodes.mask;
  }
}

/** Makes a name and what is around it known; a dot stands behind the name, and both stay where they are. */
export function addName(name: usize, length: u32): Node {
  let at = root;
  let part = name;
  let h = root.hash;
  for (let p = name; p <= name + length; p++) {
    if (load<u8>(p) != 46) continue;
    h = hashOn(part, <u32>(p - part), h);
    let node = findNode(h, root, name, <u32>(p - name));
    if (!node) {
      node = newNode(at, name, <u32>(p - name), h, usually);
      addNumber(known, <u32>changetype<usize>(node));
      at.hasBelow = true;
    }
    at = node;
    part = p + 1;
  }
  return at;
}

/** Settles what becomes of unknown members where nothing was said of it: the same as around it. */
export function settleNames(): void {
  for (let i: u32 = 0; i < known.count; i++) {
    const node = changetype<Node>(<usize>load<u32>(known.at + (<usize>i << 2)));
    const around = node.parent!.unknown;
    node.ownUnknown = around;
    if (!node.hasUnknown) node.unknown = around;
  }
}

function findEdge(table: Table, node: Node, key: usize, length: u32, h: u32): Edge | null {
  let slot = h & table.mask;
  while (true) {
    const at = load<u32>(table.slots + (<usize>slot << 2));
    if (at == 0) return null;
    const edge = changetype<Edge>(<usize>at);
    if (edge.node == node && edge.length == length && same(edge.key, key, length)) return edge;
    slot = (slot + 1) & table.mask;
  }
}

function insertEdge(table: Table, edge: Edge): void {
  if (++table.count << 1 > table.mask) {
    const old = table.slots;
    const slots = table.mask + 1;
    table.mask = (table.mask << 2) | 3;
    const bytes = (<usize>table.mask + 1) << 2;
    if (edge.isLasting) table.slots = filled(bytes, 0);
    else {
      table.slots = scratchOf(bytes);
      memory.fill(table.slots, 0, bytes);
    }
    for (let i: u32 = 0; i < slots; i++) {
      const other = load<u32>(old + (<usize>i << 2));
      if (other != 0) putEdge(table, changetype<Edge>(<usize>other));
    }
  }
  putEdge(table, edge);
}

function putEdge(table: Table, edge: Edge): void {
  let slot = hash(edge.key, edge.length, changetype<usize>(edge.node)) & table.mask;
  while (load<u32>(table.slots + (<usize>slot << 2)) != 0) slot = (slot + 1) & table.mask;
  store<u32>(table.slots + (<usize>slot << 2), <u32>changetype<usize>(edge));
}

/** Whether an edge is that of the key which stands at `key`, before its closing quote, in a document that ends at `end`. */
@inline
export function matches(edge: Edge, key: usize, end: usize): bool {
  const behind = key + edge.length;
  return behind < end && load<u8>(behind) == 34 && same(edge.key, key, edge.length);
}

/** Forgets what was remembered for one document. */
export function endPassing(): void {
  passing = null;
}

/** The edge of a key in an object. */
export function edgeOf(node: Node, key: usize, length: u32): Edge {
  const h = hash(key, length, changetype<usize>(node));
  const found = findEdge(edges, node, key, length, h);
  if (found) return found;
  if (passing) {
    const one = findEdge(passing!, node, key, length, h);
    if (one) return one;
  }
  return learn(node, key, length);
}

/** Finds out what a key leads to, part by part. */
function learn(node: Node, key: usize, length: u32): Edge {
  let at: Node | null = null;
  let unknown = node.unknown;
  let action = Action.read;
  let h = node.hash;
  let part = key;
  const end = key + length;
  for (let p = key; p <= end; p++) {
    if (p < end && load<u8>(p) != 46) continue;
    if (refusesOddKeys && isBlank(part, p)) {
      action = Action.refuse;
      break;
    }
    h = hashOn(part, <u32>(p - part), h);
    at = findNode(h, node, key, <u32>(p - key));
    if (at) {
      unknown = at.unknown;
      const field = at.field;
      if (at.isOpaque) action = Action.keep;
      else if (at.isIgnored) action = Action.ignore;
      else if (p < end && field && field.refusesObjects) action = Action.beEmpty;
    } else if (unknown == Unknown.skipped) action = Action.keep;
    else if (unknown == Unknown.refused) action = Action.beEmpty;
    if (action != Action.read) break;
    part = p + 1;
  }
  if (node == hit) action = Action.ignore;
  let name: usize = 0;
  if (action == Action.read && !at) {
    nameBytes += node.prefix + length;
    if (nodes.count >= mostNames || nameBytes > mostNameBytes) action = Action.refuse;
    else {
      name = allocate(<usize>node.prefix + length + 17);
      memory.copy(name, node.name, node.prefix);
      memory.copy(name + node.prefix, key, length);
      store<u8>(name + node.prefix + length, 46);
      at = newNode(node, name, node.prefix + length, h, unknown);
    }
  }
  const isLasting = action == Action.read || learnt < mostLearnt;
  if (action != Action.read) learnt++;
  const edge = changetype<Edge>(isLasting ? allocate(offsetof<Edge>()) : scratchOf(offsetof<Edge>()));
  edge.node = node;
  edge.length = length;
  edge.child = action == Action.read ? at : null;
  edge.next = null;
  edge.object = 0;
  edge.action = <u8>action;
  edge.mark = <u8>(node == root ? markOf(key, length) : node == hit ? markInHit(key, length) : Mark.none);
  if (edge.mark == Mark.none && node != hit && hasBlankPart(key, end)) edge.mark = <u8>Mark.odd;
  edge.isLasting = isLasting;
  if (name != 0) edge.key = name + node.prefix;
  else {
    // The document is gone when the next ones are put in.
    edge.key = isLasting ? allocate(<usize>length + 16) : scratchOf(<usize>length + 16);
    memory.copy(edge.key, key, length);
  }
  if (isLasting) insertEdge(edges, edge);
  else insertEdge(passingEdges(), edge);
  return edge;
}

function passingEdges(): Table {
  let table = passing;
  if (!table) {
    const slots: u32 = 1024;
    table = changetype<Table>(scratchOf(offsetof<Table>()));
    table.slots = scratchOf(<usize>slots << 2);
    memory.fill(table.slots, 0, <usize>slots << 2);
    table.mask = slots - 1;
    table.count = 0;
    passing = table;
  }
  return table;
}

/** Whether a part of a key is blank, as no name is in Elasticsearch. */
function hasBlankPart(key: usize, end: usize): bool {
  let part = key;
  for (let p = key; p <= end; p++) {
    if (p < end && load<u8>(p) != 46) continue;
    if (isBlank(part, p)) return true;
    part = p + 1;
  }
  return false;
}

/** Whether nothing but space stands in a part of a key. */
function isBlank(from: usize, to: usize): bool {
  for (; from < to; from++) {
    const c = load<u8>(from);
    if (c != 32 && c - 9 > 4) return false;
  }
  return true;
}

function markOf(key: usize, length: u32): Mark {
  if (length < 2) return Mark.none;
  if (load<u8>(key) == 95) {
    if (!takesHits) return refusesOddKeys && isMetadata(key, partLength(key, length)) ? Mark.metadata : Mark.none;
    const mark = markInHit(key, length);
    if (mark < Mark.fields) return mark;
    return isShown(key, length) ? Mark.metadata : Mark.none;
  }
  if (length > 11) return Mark.none;
  const hasObject =
    is(key, length, 'index') ||
    is(key, length, 'create') ||
    is(key, length, 'update') ||
    is(key, length, 'delete') ||
    is(key, length, 'hits') ||
    is(key, length, 'body') ||
    is(key, length, 'result') ||
    is(key, length, 'response') ||
    is(key, length, 'rawResponse');
  if (hasObject) return Mark.object;
  const hasObjects =
    is(key, length, 'Records') ||
    is(key, length, 'records') ||
    is(key, length, 'expected') ||
    is(key, length, 'Events') ||
    is(key, length, 'events') ||
    is(key, length, 'responses') ||
    is(key, length, 'value') ||
    is(key, length, 'items') ||
    is(key, length, 'results') ||
    is(key, length, 'logs') ||
    is(key, length, 'data') ||
    is(key, length, 'entries') ||
    is(key, length, 'docs') ||
    is(key, length, 'columns');
  return hasObjects ? Mark.objects : Mark.none;
}

function markInHit(key: usize, length: u32): Mark {
  if (is(key, length, '_index')) return Mark.index;
  if (is(key, length, '_id')) return Mark.id;
  if (is(key, length, '_source')) return Mark.source;
  if (is(key, length, 'fields')) return Mark.fields;
  const isOfHit =
    is(key, length, '_score') ||
    is(key, length, '_type') ||
    is(key, length, '_version') ||
    is(key, length, '_seq_no') ||
    is(key, length, '_primary_term') ||
    is(key, length, '_routing') ||
    is(key, length, '_parent') ||
    is(key, length, '_ignored') ||
    is(key, length, '_nested') ||
    is(key, length, '_rank') ||
    is(key, length, '_shard') ||
    is(key, length, '_node') ||
    is(key, length, '_explanation') ||
    is(key, length, 'sort') ||
    is(key, length, 'highlight') ||
    is(key, length, 'found') ||
    is(key, length, 'matched_queries') ||
    is(key, length, 'inner_hits') ||
    is(key, length, 'ignored_field_values');
  return isOfHit ? Mark.ofHit : Mark.foreign;
}

/** Names under which queries find something else than a member of the document. */
function isShown(key: usize, length: u32): bool {
  return (
    is(key, length, '_version') ||
    is(key, length, '_ignored') ||
    is(key, length, '_score') ||
    is(key, length, '_index_mode')
  );
}

/** Names that Elasticsearch refuses in documents: those of its metadata fields but `_doc_count`. */
function isMetadata(key: usize, length: u32): bool {
  return (
    is(key, length, '_id') ||
    is(key, length, '_index') ||
    is(key, length, '_source') ||
    is(key, length, '_routing') ||
    is(key, length, '_version') ||
    is(key, length, '_seq_no') ||
    is(key, length, '_ignored') ||
    is(key, length, '_ignored_source') ||
    is(key, length, '_field_names') ||
    is(key, length, '_nested_path') ||
    is(key, length, '_index_mode') ||
    is(key, length, '_tier') ||
    is(key, length, '_feature') ||
    is(key, length, '_tsid') ||
    is(key, length, '_ts_routing_hash') ||
    is(key, length, '_data_stream_timestamp')
  );
}

/** The length of the first part of a key. */
function partLength(key: usize, length: u32): u32 {
  for (let i: u32 = 0; i < length; i++) if (load<u8>(key + i) == 46) return i;
  return length;
}

/** Whether a key is a word in ASCII. */
function is(key: usize, length: u32, word: string): bool {
  if (<u32>word.length != length) return false;
  for (let i: u32 = 0; i < length; i++) if (<u32>load<u8>(key + i) != <u32>word.charCodeAt(i)) return false;
  return true;
}
