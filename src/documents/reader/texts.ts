import { addEntry, Entries, newEntries } from './column';
import { allocate, enlarged, filled } from './memory';

/*
 * Texts of some rows, which do not repeat themselves: one behind the other, each after its length, as Parquet has them.
 */

@unmanaged
export class Texts {
  bytes: usize;
  used: u32;
  room: u32;
  /** Where the text of each row begins, with its length. */
  rows: Entries;
}

/** No texts yet; room for this number of bytes. */
export function newTexts(room: u32): Texts {
  const texts = changetype<Texts>(filled(offsetof<Texts>(), 0));
  texts.room = room;
  texts.bytes = room > 0 ? allocate(room) : 0;
  texts.rows = newEntries();
  return texts;
}

export function addText(texts: Texts, row: u32, from: usize, length: u32): void {
  const needed = texts.used + length + 4;
  if (needed > texts.room) {
    texts.room = max(needed, max(65_536, texts.room << 1));
    texts.bytes = enlarged(texts.bytes, texts.used, texts.room);
  }
  store<u32>(texts.bytes + texts.used, length);
  memory.copy(texts.bytes + texts.used + 4, from, length);
  addEntry(texts.rows, row, texts.used);
  texts.used = needed;
}
