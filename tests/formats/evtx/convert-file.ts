import { allMembers, unreadableRecord } from '../../../src/documents/conversion.ts';
import { evtx } from '../../../src/formats/evtx/evtx.ts';
import { parseExactJson } from '../../../src/values/exact-json.ts';

/** What became of a file: its documents, the reasons and texts of records that could not be read, and what else was found. */
export interface ConvertedFile {
  readonly documents: readonly unknown[];
  readonly unreadable: readonly string[];
  readonly found: Readonly<Record<string, number>>;
}

/** Converts a file as it is read: cut into blocks, here of as many bytes at a time. */
export function convertFile(file: Buffer, step = 1 << 20): ConvertedFile {
  const documents: unknown[] = [];
  const unreadable: string[] = [];
  const found = new Map<string, number>();
  const cutter = evtx.cutter(null);
  const convert = (block: Buffer): void => {
    const lines = Buffer.from(
      evtx.convert(
        Uint8Array.from(block),
        null,
        (name, count = 1) => found.set(name, (found.get(name) ?? 0) + count),
        allMembers,
      ),
    );
    for (let at = 0; at < lines.length; ) {
      const end = lines.indexOf(10, at);
      if (end < 0) throw new Error('a line has no end');
      const line = lines.subarray(at, end);
      const record = unreadableRecord(line);
      if (record) unreadable.push(`${record.reason}: ${record.text}`);
      else documents.push(parseExactJson(new TextDecoder('utf-8', { fatal: true }).decode(line)));
      at = end + 1;
    }
  };
  let from = 0;
  for (let to = step; ; to += step) {
    const isEnd = to >= file.length;
    const held = file.subarray(from, to);
    const { length } = cutter.take(held, isEnd);
    if (length > held.length) throw new Error('more was taken than there is');
    convert(held.subarray(0, length));
    from += length;
    if (isEnd) break;
  }
  if (from !== file.length) throw new Error('not all was taken');
  return { documents, unreadable, found: Object.fromEntries(found) };
}
