import { openDocuments } from '../formats/formats.ts';
import { parseObject } from '../values/plain-json.ts';
import type { Source } from './read-inputs.ts';

/** Documents longer than this are not looked at. */
const mostBytes = 4 << 20;
const step = 64 << 10;

/** The first documents of a source as they stand in it; what cannot be read is left out. */
export async function firstDocuments(
  { path, format }: Pick<Source, 'path' | 'format'>,
  most: number,
): Promise<object[]> {
  const opened = await openDocuments(path, format);
  const found: object[] = [];
  try {
    let rest = Buffer.alloc(0);
    for (let read = 0; read < mostBytes && found.length < most; ) {
      const into = Buffer.alloc(step);
      const count = await opened.read(into);
      rest = Buffer.concat([rest, into.subarray(0, count)]);
      read += count;
      for (let end = rest.indexOf(10); end >= 0 && found.length < most; end = rest.indexOf(10)) {
        add(rest.subarray(0, end).toString(), found);
        rest = rest.subarray(end + 1);
      }
      if (count === 0) {
        if (found.length < most) add(rest.toString(), found);
        break;
      }
    }
  } finally {
    await opened.close();
  }
  return found;
}

function add(line: string, found: object[]): void {
  const document = parseObject(line);
  if (!document) return;
  // Hits of searches hold the event within.
  const { _source: source } = document as { _source?: unknown };
  const isHit = typeof source === 'object' && source !== null && '_index' in document;
  found.push(isHit ? source : document);
}
