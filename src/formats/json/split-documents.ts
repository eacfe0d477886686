import { longestDocument } from '../../documents/line-texts.ts';
import { RecordSplitter } from './record-splitter.ts';
import { isBlank } from './values.ts';

/**
 * The documents of one line, where it is not simply one document: a wrapper, several objects, an action line of a bulk
 * body (which gives none), or a document with a mark or a comma beside it. Null for a document, and for what holds none.
 */
export function splitDocuments(line: Buffer): Buffer[] | null {
  if (line.length > longestDocument) return null;
  const documents: Buffer[] = [];
  const splitter = new RecordSplitter(
    {
      document: (bytes) => documents.push(Buffer.from(bytes)),
      damaged: () => undefined,
    },
    Math.min(mostAtOnce, 2 * line.length + 64),
  );
  for (let at = 0; at < line.length; ) {
    const count = line.copy(splitter.room(), 0, at);
    splitter.take(count);
    at += count;
  }
  splitter.finish();
  if (splitter.findings.wrapper) return documents;
  const isOne = documents.length === 1 && documents[0]!.equals(trimmed(line));
  return documents.length === 0 || isOne ? null : documents;
}

/** A line needs no more room than its own, and many lines are looked at. */
const mostAtOnce = 1 << 20;

/** Whether a line is not simply one document, so that its file is to be read as records. */
export const isWrapped = (line: Buffer): boolean => splitDocuments(line) !== null;

function trimmed(line: Buffer): Buffer {
  let [from, to] = [0, line.length];
  while (from < to && isBlank(line[from])) from++;
  while (to > from && isBlank(line[to - 1])) to--;
  return line.subarray(from, to);
}
