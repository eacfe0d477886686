import type { Conversion } from '../documents/conversion.ts';
import { cutLines } from '../documents/line-batches.ts';
import { longestDocument } from '../documents/line-texts.ts';
import { count } from '../values/quantities.ts';
import { type Block, BlockSource, cutBlocks } from './blocks.ts';
import { type OpenBytes, openDecompressed } from './compression/open-decompressed.ts';
import { utf8Bytes } from './encoding.ts';
import { type DocumentHooks, type FileFormat, isReadInPlace } from './format.ts';
import type { SplitterFindings } from './json/found-records.ts';
import { RecordSource } from './json/record-source.ts';

/**
 * Opens a file and gives its documents as UTF-8, one a line. What is damaged is given as it is, on a line of its own.
 * Throws an InputError where the file cannot be read.
 */
export async function openDocuments(
  path: string,
  format: Omit<FileFormat, 'label'>,
  hooks: DocumentHooks = {},
): Promise<OpenBytes> {
  const { layout, conversion } = format;
  const text = await openText(path, format, hooks);
  if (conversion) {
    const source = new BlockSource(text, conversion, hooks);
    return { read: (into) => source.read(into), close: () => text.close() };
  }
  // Whoever reads these again, to compare them, has to find the same bytes. Those of a file must stay where they are in it.
  const lines = isReadInPlace(format) ? text : cutLines(text);
  const source = layout === 'lines' ? lines : new RecordSource(text, (findings) => tell(findings, hooks));
  return { read: (into) => source.read(into), close: () => text.close() };
}

/** Opens a file and gives its text as UTF-8, or its bytes where it is no text, without compression. */
export async function openText(
  path: string,
  { compression, encoding }: Pick<FileFormat, 'compression' | 'encoding'>,
  hooks: DocumentHooks = {},
): Promise<OpenBytes> {
  const bytes = await openDecompressed(path, compression, hooks);
  const text = utf8Bytes(bytes, encoding, hooks.onCut);
  return { read: (into) => text.read(into), close: () => bytes.close() };
}

/** Opens a file that is no JSON, and gives its records in blocks of about the given size, each with how to convert it. */
export async function* openBlocks(
  path: string,
  format: Pick<FileFormat, 'compression' | 'encoding'> & { readonly conversion: Conversion },
  size: number,
  hooks: DocumentHooks = {},
): AsyncGenerator<Block, void> {
  const text = await openText(path, format, hooks);
  try {
    yield* cutBlocks(text, format.conversion, size);
  } finally {
    await text.close();
  }
}

/** Says what is to be known of what was found beside the documents. */
function tell(findings: SplitterFindings, { onCut, onNote }: DocumentHooks): void {
  const { documents, deletes, scripts, tooLong, gaps, isSquare, cut } = findings;
  if (cut) {
    const unread = cut.bytes === 0 ? '' : `; the last ${count(cut.bytes, 'byte')} were not read`;
    onCut?.(`it ends inside ${cut.inside}, after ${count(documents, 'whole record')}${unread}`);
  }
  if (tooLong > 0) onCut?.(`${count(tooLong, 'record')} longer than ${longestDocument >> 20} MB passed over`);
  if (gaps.size > 0) {
    const more = gaps.size > shownGaps ? `, and ${gaps.size - shownGaps} more` : '';
    onCut?.(`it is an incomplete answer: ${[...gaps].slice(0, shownGaps).join(', ')}${more}`);
  }
  if (deletes > 0) onNote?.(`${count(deletes, 'delete action')} of a bulk body passed over`);
  if (scripts > 0) onNote?.(`${count(scripts, 'update')} of a bulk body without a document passed over`);
  if (isSquare) onNote?.('an ES|QL answer has as many rows as columns: it was read as rows, not as columns');
}

const shownGaps = 3;
