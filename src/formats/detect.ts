import { closeSync, openSync, readSync } from 'node:fs';
import { UnreadableFile } from '../diagnostics/file-error.ts';
import { parseJson, parseObject } from '../values/plain-json.ts';
import { isTarHeader } from './archive/tar-header.ts';
import {
  type Compression,
  detectCompression,
  fill,
  type OpenBytes,
  openDecompressed,
} from './compression/open-decompressed.ts';
import { isHeaderAlone } from './delimited/detect.ts';
import { decodedHead, detectEncoding, type Encoding } from './encoding.ts';
import { foreignKind, textKind } from './foreign.ts';
import type { Detected, FileFormat } from './format.ts';
import { recognise } from './importers.ts';
import { errorText, isErrorAnswer } from './json/envelope.ts';
import { RecordSplitter } from './json/record-splitter.ts';
import { isWrapped } from './json/split-documents.ts';
import { byte, isBlank, skipBlank } from './json/values.ts';
import { isSampleTruth } from './sample-truth.ts';

const headBytes = 256 << 10;
const blank = 'nothing but blanks';

/**
 * Finds what a file is by the bytes it begins with; its name does not count. `modified`: when it was written, in milliseconds
 * since the epoch. Throws an InputError if it cannot be read.
 */
export async function detect(path: string, modified: number): Promise<Detected> {
  const begin = beginOf(path);
  const compression = detectCompression(begin);
  if (compression === 'none' && begin.some(isText))
    return detectContent(begin, begin.length < headBytes, compression, modified);
  let cut = '';
  const source = await openDecompressed(path, compression, {
    onCut(what) {
      cut = what;
    },
  });
  try {
    const { head, isWhole } = await firstText(source);
    if (head.length === 0) return cut ? { kind: 'broken', what: cut } : { kind: 'empty', what: blank };
    return detectContent(head, isWhole, compression, modified);
  } finally {
    await source.close();
  }
}

/** Folders may hold thousands of small files: memory for the beginning of one serves for the next. */
const scratch = Buffer.alloc(headBytes);

/** The bytes that a file begins with, valid until the next call. */
function beginOf(path: string): Buffer {
  try {
    const file = openSync(path, 'r');
    try {
      let used = 0;
      for (let count = -1; count !== 0 && used < headBytes; used += count)
        count = readSync(file, scratch, used, headBytes - used, null);
      return scratch.subarray(0, used);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw new UnreadableFile(path, error as Error);
  }
}

const isText = (found: number): boolean => found !== 0 && !isBlank(found);

/** The first bytes that are not all blank or zero: a log may begin with room that was never written. */
async function firstText(source: OpenBytes): Promise<{ readonly head: Buffer; readonly isWhole: boolean }> {
  const head = Buffer.alloc(headBytes);
  for (;;) {
    const count = await fill(source, head);
    const isWhole = count < head.length;
    const bytes = head.subarray(0, count);
    if (bytes.some(isText)) return { head: bytes, isWhole };
    if (isWhole) return { head: Buffer.alloc(0), isWhole };
  }
}

function detectContent(head: Buffer, isWhole: boolean, compression: Compression, modified: number): Detected {
  if (isTarHeader(head)) return { kind: 'archive', archive: 'tar', compression };
  const within = compression === 'none' ? '' : ` inside ${compression} data`;
  if (isZip(head))
    return within
      ? { kind: 'foreign', what: `a zip archive${within}` }
      : { kind: 'archive', archive: 'zip', compression };
  const inner = detectCompression(head);
  if (inner !== 'none') return { kind: 'foreign', what: `${inner} data${within}` };
  const records = recognise('binary', head, isWhole, modified);
  if (records) return converted(records, compression, 'utf-8');
  if (isParquet(head) && compression === 'none') return { kind: 'parquet' };
  const foreign = foreignKind(head);
  if (foreign) return { kind: 'foreign', what: foreign };
  const encoding = detectEncoding(head);
  const text = decodedHead(head, encoding);
  if (isSampleTruth(text.toString('latin1', 0, 200)))
    return { kind: 'empty', what: 'a list of what was planted in a sample fleet' };
  const error = isWhole && text.includes('"error"') ? parseObject(text.toString()) : null;
  if (error && isErrorAnswer(error))
    return { kind: 'error', what: `an error answer of Elasticsearch (${errorText(error.error)})` };
  const lines = plainLines(text, isWhole);
  const other = lines || beginsAs(text) !== 'text' ? null : recognise('text', text, isWhole, modified);
  if (other) return converted(other, compression, encoding);
  const layout = lines ?? detectLayout(text, isWhole);
  if (layout) return { kind: 'documents', format: { compression, encoding, ...layout } };
  if (text.length === 0 && encoding.startsWith('utf-16') && head.length > 2)
    return { kind: 'foreign', what: 'text that ends inside its first character' };
  if (text.every((found) => found === 0 || isBlank(found))) return { kind: 'empty', what: blank };
  if (isWhole && isHeaderAlone(text)) return { kind: 'empty', what: 'a table with a header and no rows' };
  return { kind: 'foreign', what: isWhole && isJson(text) ? 'JSON without objects' : textKind(text.toString()) };
}

const converted = (
  { name, label, plan }: NonNullable<ReturnType<typeof recognise>>,
  compression: Compression,
  encoding: Encoding,
): Detected => ({
  kind: 'documents',
  format: { compression, encoding, layout: 'blocks', conversion: { format: name, plan }, label },
});

const isParquet = (head: Buffer): boolean => head.toString('latin1', 0, 4) === 'PAR1';

const isZip = (head: Buffer): boolean =>
  ['PK\x03\x04', 'PK\x05\x06'].includes(head.toString('latin1', 0, 4)) && head.length >= 22;

/** The first lines are enough to know plain lines by; whoever reads the file notices where others are not. */
const plainEnough = 8;
/** Members of wrappers and action lines at the first level. */
const wrapperNames = new Set(
  'Records records value events Events expected items results logs data entries hits rawResponse response responses result body columns rows values index create update delete'.split(
    ' ',
  ),
);

/** Whether a text simply has a document on each line, as nearly all logs do: found quickly; null where it is not certain. */
function plainLines(text: Buffer, isWhole: boolean): Pick<FileFormat, 'layout' | 'label'> | null {
  let count = 0;
  let areHits = false;
  for (let from = 0; from < text.length && count < plainEnough; ) {
    const found = text.indexOf(byte.lineFeed, from);
    if (found < 0 && !isWhole) break;
    const end = found < 0 ? text.length : found;
    const line = text.subarray(from, end);
    from = end + 1;
    if (skipBlank(line, 0, line.length) === line.length) continue;
    if (line[0] !== byte.openObject) return null;
    const document = parseObject(line.toString());
    const names = Object.keys(document ?? {});
    if (!document || names.some((name) => wrapperNames.has(name))) return null;
    areHits ||= count === 0 && names.includes('_source');
    count += 1;
  }
  return count === 0 ? null : { layout: 'lines', label: areHits ? 'NDJSON of search hits' : 'NDJSON' };
}

/** How documents are laid out in a text that begins so; null where it holds none. */
function detectLayout(text: Buffer, isWhole: boolean): Pick<FileFormat, 'layout' | 'label'> | null {
  let sound = 0;
  const splitter = new RecordSplitter({
    document(bytes) {
      if (isJson(bytes)) sound++;
    },
    damaged: () => undefined,
  });
  for (let at = 0; at < text.length; ) {
    const count = text.copy(splitter.room(), 0, at);
    splitter.take(count);
    at += count;
  }
  const { openAt, wrapperSoFar, findings } = splitter;
  if (isWhole) splitter.finish();
  const lines = documentLines(text, isWhole);
  const { wrapper, hasArray, damaged } = findings;
  const begins = beginsAs(text);
  // Text with an object here and there is no log of documents.
  if (begins === 'text' && sound * 20 < damaged) return null;
  const isRecords = wrapper !== null || sound > lines.count || (hasArray && damaged === 0);
  if (!isRecords && lines.count > 0)
    return openAt === 'container'
      ? { layout: 'records', label: recordsLabel(wrapperSoFar, hasArray, sound) }
      : { layout: 'lines', label: lines.label };
  if (isRecords || (openAt === 'container' && damaged === 0))
    return { layout: 'records', label: recordsLabel(wrapper ?? wrapperSoFar, hasArray, sound) };
  if (begins !== 'object') return null;
  return openAt === 'lines' ? { layout: 'records', label: 'JSON objects' } : { layout: 'lines', label: 'NDJSON' };
}

function recordsLabel(wrapper: string | null, hasArray: boolean, documents: number): string {
  if (wrapper) return wrapper;
  if (hasArray) return 'JSON array';
  return documents === 1 ? 'JSON object' : 'JSON objects';
}

/** How many lines are one document each. */
function documentLines(text: Buffer, isWhole: boolean): { readonly count: number; readonly label: string } {
  let count = 0;
  let label = 'NDJSON';
  for (let from = 0; from < text.length; ) {
    const found = text.indexOf(byte.lineFeed, from);
    const end = found < 0 ? text.length : found;
    const line = text.subarray(from, end);
    const isLine = found >= 0 || isWhole;
    if (isLine && line[skipBlank(line, 0, line.length)] === byte.openObject && isJson(line) && !isWrapped(line)) {
      if (count === 0 && /^\s*\{\s*"_/.test(line.toString('latin1', 0, 64)) && line.includes('"_source"'))
        label = 'NDJSON of search hits';
      count++;
    }
    from = end + 1;
  }
  return { count, label };
}

const isJson = (bytes: Buffer): boolean => parseJson(bytes.toString()) !== undefined;

function beginsAs(text: Buffer): 'object' | 'array' | 'text' {
  let at = 0;
  while (at < text.length && (isBlank(text[at]) || text[at] === 0 || text[at] === byte.recordSeparator)) at++;
  if (text[at] === byte.openArray) return 'array';
  const next = text[skipBlank(text, at + 1, text.length)];
  return text[at] === byte.openObject && (next === byte.quote || next === byte.closeObject) ? 'object' : 'text';
}
