/*
 * Memory of one piece of documents: taken in turn, and given back all at once when the next piece begins.
 */

let top: usize = 0;

const page = 65_536;
/** What is read or written in larger units may reach so far beyond an end. */
const slack = 64;

export function reset(): void {
  top = (__heap_base + 63) & ~63;
}

/** Some bytes with anything in them, at a multiple of 16; traps when the module's 4 GB are used up. */
export function allocate(bytes: usize): usize {
  const at = (top + 15) & ~15;
  top = at + bytes;
  const missing = <i64>top + slack - <i64>memory.size() * page;
  if (missing > 0) {
    const pages = <i32>((missing + page - 1) / page);
    // Growing has a price each time, so there is some more of it.
    if (memory.grow(max(pages, 256)) < 0 && memory.grow(pages) < 0) unreachable();
  }
  return at;
}

/** Gives back what was allocated last from `at` on. */
export function giveBack(at: usize): void {
  top = at;
}

/** Memory in which every byte has one value. */
export function filled(bytes: usize, value: u8): usize {
  const at = allocate(bytes);
  memory.fill(at, value, bytes);
  return at;
}

/** No value, in a column; no number of a text. */
export const nothing: u32 = <u32>-1;

/** Room for more of what stands in `from`. */
export function enlarged(from: usize, used: usize, bytes: usize): usize {
  const at = allocate(bytes);
  memory.copy(at, from, used);
  return at;
}

/** Whether two stretches of bytes are the same. Reads up to seven bytes behind either. */
@inline
export function same(a: usize, b: usize, length: u32): bool {
  let left = length;
  while (left >= 8) {
    if (load<u64>(a) != load<u64>(b)) return false;
    a += 8;
    b += 8;
    left -= 8;
  }
  return left == 0 || (load<u64>(a) ^ load<u64>(b)) << (64 - (<u64>left << 3)) == 0;
}

/** Less than, equal to, or greater than 0, as the first differing byte says, or else the length. */
export function compare(a: usize, aLength: u32, b: usize, bLength: u32): i32 {
  const shared = min(aLength, bLength);
  for (let i: u32 = 0; i < shared; i++) {
    const difference = <i32>load<u8>(a + i) - <i32>load<u8>(b + i);
    if (difference != 0) return difference;
  }
  return <i32>aLength - <i32>bLength;
}

let seed: u64 = 0x9e3779b97f4a7c15;

export function setSeed(value: u64): void {
  seed = value;
}

/** A hash of bytes. Reads up to seven bytes behind them. */
@inline
export function hash(at: usize, length: u32, start: u64 = 0): u32 {
  return <u32>(hashOn(at, length, start ^ seed) >> 32);
}

/** The hash of bytes that follow others, whose hash is `start`. */
@inline
export function hashOn(at: usize, length: u32, start: u64): u64 {
  let h = start ^ (<u64>length << 32);
  let left = length;
  while (left >= 8) {
    h = (h ^ load<u64>(at)) * 0xff51afd7ed558ccd;
    h ^= h >> 32;
    at += 8;
    left -= 8;
  }
  if (left > 0) {
    h = (h ^ (load<u64>(at) << (64 - (<u64>left << 3)))) * 0xff51afd7ed558ccd;
    h ^= h >> 32;
  }
  return h * 0xc4ceb9fe1a85ec53;
}

export function seedOfHashes(): u64 {
  return seed;
}

/** Numbers of 32 bits, as many as come. */
@unmanaged
export class Numbers {
  at: usize;
  count: u32;
  room: u32;
}

export function newNumbers(): Numbers {
  return changetype<Numbers>(filled(offsetof<Numbers>(), 0));
}

export function addNumber(numbers: Numbers, value: u32): void {
  if (numbers.count == numbers.room) {
    numbers.room = max(64, numbers.room << 1);
    numbers.at = enlarged(numbers.at, <usize>numbers.count << 2, <usize>numbers.room << 2);
  }
  store<u32>(numbers.at + (<usize>numbers.count << 2), value);
  numbers.count++;
}
