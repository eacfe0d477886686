import { allocate, enlarged, filled, hash, same } from './memory';

/*
 * The different texts of a column, numbered as they come. They stand one behind the other, each after its length, which
 * is how a dictionary page of Parquet has them.
 */

@unmanaged
export class Dictionary {
  /** Lengths and texts. */
  heap: usize;
  used: u32;
  room: u32;
  count: u32;
  /** Where each text begins in the heap. */
  starts: usize;
  hashes: usize;
  /** What each stands for, where that is something else (see addresses); null elsewhere. */
  meanings: usize;
  capacity: u32;
  /** Numbers of texts plus one, by hash. */
  slots: usize;
  mask: u32;
}

const firstCapacity: u32 = 16;
/** Texts that were made to have one hash must not be searched through again and again; they may stand here twice. */
const mostProbes = 64;

export function newDictionary(hasMeanings: bool = false): Dictionary {
  const dictionary = changetype<Dictionary>(allocate(offsetof<Dictionary>()));
  dictionary.room = 256;
  dictionary.heap = allocate(dictionary.room);
  dictionary.used = 0;
  dictionary.count = 0;
  dictionary.capacity = firstCapacity;
  dictionary.starts = allocate(firstCapacity << 2);
  dictionary.hashes = allocate(firstCapacity << 2);
  dictionary.meanings = hasMeanings ? allocate(firstCapacity << 2) : 0;
  dictionary.mask = (firstCapacity << 1) - 1;
  dictionary.slots = filled(firstCapacity << 3, 0);
  return dictionary;
}

@inline
export function textAt(dictionary: Dictionary, code: u32): usize {
  return dictionary.heap + load<u32>(dictionary.starts + (<usize>code << 2)) + 4;
}

@inline
export function lengthAt(dictionary: Dictionary, code: u32): u32 {
  return load<u32>(dictionary.heap + load<u32>(dictionary.starts + (<usize>code << 2)));
}

/** The number of a text, which is a new one when it was not there. */
export function codeOf(dictionary: Dictionary, at: usize, length: u32): u32 {
  const h = hash(at, length);
  let slot = h & dictionary.mask;
  for (let probes = 0; probes < mostProbes; probes++) {
    const found = load<u32>(dictionary.slots + (<usize>slot << 2));
    if (found == 0) return add(dictionary, at, length, h, slot);
    const code = found - 1;
    if (load<u32>(dictionary.hashes + (<usize>code << 2)) == h && lengthAt(dictionary, code) == length)
      if (same(textAt(dictionary, code), at, length)) return code;
    slot = (slot + 1) & dictionary.mask;
  }
  return add(dictionary, at, length, h, <u32>-1);
}

function add(dictionary: Dictionary, at: usize, length: u32, h: u32, slot: u32): u32 {
  const needed = dictionary.used + length + 4;
  if (needed > dictionary.room) {
    const room = max(needed, dictionary.room << 1);
    dictionary.heap = enlarged(dictionary.heap, dictionary.used, room);
    dictionary.room = room;
  }
  if (dictionary.count == dictionary.capacity) grow(dictionary);
  const code = dictionary.count++;
  store<u32>(dictionary.starts + (<usize>code << 2), dictionary.used);
  store<u32>(dictionary.hashes + (<usize>code << 2), h);
  const to = dictionary.heap + dictionary.used;
  store<u32>(to, length);
  memory.copy(to + 4, at, length);
  dictionary.used = needed;
  if (dictionary.count << 1 > dictionary.mask) rehash(dictionary);
  else if (slot != <u32>-1) store<u32>(dictionary.slots + (<usize>slot << 2), code + 1);
  return code;
}

function grow(dictionary: Dictionary): void {
  const before = <usize>dictionary.capacity << 2;
  dictionary.starts = enlarged(dictionary.starts, before, before << 1);
  dictionary.hashes = enlarged(dictionary.hashes, before, before << 1);
  if (dictionary.meanings != 0) dictionary.meanings = enlarged(dictionary.meanings, before, before << 1);
  dictionary.capacity <<= 1;
}

function rehash(dictionary: Dictionary): void {
  dictionary.mask = (dictionary.mask << 2) | 3;
  dictionary.slots = filled((<usize>dictionary.mask + 1) << 2, 0);
  for (let code: u32 = 0; code < dictionary.count; code++) {
    let slot = load<u32>(dictionary.hashes + (<usize>code << 2)) & dictionary.mask;
    for (let probes = 0; probes < mostProbes; probes++) {
      if (load<u32>(dictionary.slots + (<usize>slot << 2)) == 0) {
        store<u32>(dictionary.slots + (<usize>slot << 2), code + 1);
        break;
      }
      slot = (slot + 1) & dictionary.mask;
    }
  }
}
