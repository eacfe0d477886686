import { streamBytes } from '../documents/line-batches.ts';
import { chunksOf, type OpenBytes, openDecompressed } from './decompress.ts';
import type { FileFormat } from './detect.ts';
import type { InputFile } from './input-files.ts';

/** The bytes of a file without compression and as UTF-8, as `openDecompressed` gives them. */
export async function openBytes(
  file: Pick<InputFile, 'path'>,
  format: Pick<FileFormat, 'compression' | 'encoding'>,
  onCut?: () => void,
  onRead?: (bytes: number) => void,
): Promise<OpenBytes> {
  const bytes = await openDecompressed(file.path, format.compression, onCut, onRead);
  if (format.encoding === 'utf-8') return bytes;
  return { ...streamBytes(decoded(chunksOf(bytes), format.encoding)), close: () => bytes.close() };
}

/** Text in any of the encodings that files come in, as UTF-8 without a mark. */
export async function* decoded(
  chunks: AsyncIterable<Buffer>,
  encoding: FileFormat['encoding'],
): AsyncIterable<string | Buffer> {
  if (encoding === 'utf-8-bom') {
    let start = 3;
    for await (const chunk of chunks) {
      yield chunk.subarray(Math.min(start, chunk.length));
      start -= Math.min(start, chunk.length);
    }
    return;
  }
  const decoder = new TextDecoder(encoding);
  for await (const chunk of chunks) yield decoder.decode(chunk, { stream: true });
  yield decoder.decode();
}
