import { count as countOf } from '../../values/quantities.ts';
import type { Find, Importer } from '../importer.ts';
import { DocumentWriter, TooMuchOutput } from '../json/document-writer.ts';
import { BrokenRecord } from './broken-record.ts';
import { chunkBytes, chunkEnd, chunksOf, fileHeaderBytes, isFileHeader, nextChunk, readChunkHeader } from './chunks.ts';
import { RecordWriter } from './record-writer.ts';
import { recordsOf } from './records.ts';

/** Nothing but the file itself says how it is read. */
type Plan = null;

const buffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Windows event logs. */
export const evtx: Importer<Plan> = {
  name: 'evtx',
  kind: 'binary',
  detect(head) {
    // A file of which the beginning is damaged may have chunks all the same, where they always stand.
    const hasChunks = (): boolean => {
      const at = nextChunk(head, 0);
      return at >= 0 && at % 4096 === 0;
    };
    return isFileHeader(head) || hasChunks() ? { label: 'EVTX', plan: null } : null;
  },
  cutter: () => ({
    take(bytes, isEnd) {
      if (isEnd) return { length: bytes.length, plan: null };
      const held = buffer(bytes);
      let length = 0;
      for (;;) {
        const from = nextChunk(held, length);
        // The end of these bytes may be the beginning of a signature.
        if (from < 0) return { length: Math.max(length, held.length - chunkBytes), plan: null };
        const end = chunkEnd(held, from, false);
        if (end < 0) return { length: from, plan: null };
        length = end;
      }
    },
  }),
  convert(bytes, _, find) {
    const out = new DocumentWriter(bytes.length * 2);
    const { chunks, strayBytes } = chunksOf(buffer(bytes));
    if (strayBytes > 0) find('stray bytes', strayBytes);
    if (isFileHeader(buffer(bytes)) && bytes.length < fileHeaderBytes) find('cut header');
    for (const { from, to } of chunks) convertChunk(buffer(bytes.subarray(from, to)), out, find);
    return out.written();
  },
  report(findings) {
    const found = (name: string): number => findings.get(name) ?? 0;
    const cuts: string[] = [];
    const notes: string[] = [];
    if (found('stray bytes') > 0)
      cuts.push(`${countOf(found('stray bytes'), 'byte')} that belong to no chunk were not read`);
    if (found('cut header') > 0) cuts.push('it ends within its header');
    if (found('short chunks') > 0) cuts.push(`${countOf(found('short chunks'), 'chunk')} cut off`);
    if (found('unsound chunks') > 0)
      notes.push(
        `${countOf(found('unsound chunks'), 'chunk')} of ${found('chunks')} with a wrong checksum: the records were read all the same`,
      );
    if (found('old records') > 0)
      notes.push(`${countOf(found('old records'), 'older record')} in free space passed over`);
    return { cuts, notes };
  },
};

/**
 * What the records of a chunk may become: ten times its bytes are the most that Windows writes. Names and values that are
 * used again and again could become any size.
 */
const mostOutput = 4 << 20;
/** What is written and thrown away costs time, too. */
const mostWaste = 16 << 20;

function convertChunk(chunk: Buffer, out: DocumentWriter, find: Find): void {
  find('chunks');
  const header = readChunkHeader(chunk);
  if (chunk.length < chunkBytes && (header === null || chunk.length < header.free)) find('short chunks');
  if (!header) return;
  if (!header.isSound) find('unsound chunks');
  const { records, old } = recordsOf(chunk, header);
  if (old > 0) find('old records', old);
  const writer = new RecordWriter(chunk, out);
  const begin = out.at;
  let waste = 0;
  for (const record of records) {
    if ('lost' in record) {
      for (let n = 0; n < record.lost; n++)
        out.unreadable('a damaged record of an event log', `record ${record.id + n} was not found`);
      continue;
    }
    const mark = out.at;
    out.limit = begin + mostOutput;
    let why: string | null = null;
    try {
      if (waste > mostWaste) why = 'its chunk becomes more than can be read at once';
      else writer.document(record.from, record.to);
    } catch (error) {
      if (!(error instanceof BrokenRecord || error instanceof TooMuchOutput)) throw error;
      why = error.message;
    }
    out.limit = Infinity;
    if (why === null) continue;
    waste += out.at - mark;
    out.at = mark;
    out.unreadable('a damaged record of an event log', `record ${record.id}: ${why}`);
  }
}
