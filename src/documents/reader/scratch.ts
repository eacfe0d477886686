import { allocate } from './memory';

/*
 * Memory of the document that is being read, used again for the next one.
 */

let start: usize = 0;
let at: usize = 0;
let end: usize = 0;
const firstRoom = 65_536;

export function resetScratch(): void {
  start = allocate(firstRoom);
  at = start;
  end = start + firstRoom;
}

export function clearScratch(): void {
  at = start;
}

@inline
export function scratchOf(bytes: usize): usize {
  // Compared by size: a document may need more than there is address space behind `at`.
  if (bytes > end - at) grow(bytes);
  const found = at;
  at += (bytes + 15) & ~15;
  return found;
}

function grow(bytes: usize): void {
  // The old memory holds parts of the document, so it is given back with the piece.
  const room = max((end - start) << 1, bytes + 16);
  start = allocate(room);
  at = start;
  end = start + room;
}
