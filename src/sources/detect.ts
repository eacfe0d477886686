import { type Compression, fill, openDecompressed } from './decompress.ts';
import type { InputFile } from './input-files.ts';

/** How the events of a file are laid out. */
export interface FileFormat {
  /** `lines`: an object on each line; `array`: one array; `objects`: objects over several lines, one after another. */
  readonly shape: 'lines' | 'array' | 'objects' | 'empty';
  /** `hit`: each object is `{_index, _id, _source}`; `response`: it is a search response that holds hits. */
  readonly wrapper: 'none' | 'hit' | 'response';
  readonly compression: Compression;
  /** Other than UTF-8 without a mark, the file is rewritten before it is read. */
  readonly encoding: 'utf-8' | 'utf-8-bom' | 'utf-16le' | 'utf-16be';
}

/** Whether the bytes of a file can be read just as they stand in it. */
export const isReadInPlace = ({ compression, encoding }: Pick<FileFormat, 'compression' | 'encoding'>): boolean =>
  compression === 'none' && encoding === 'utf-8';

const enough = 256 * 1024;

/** Looks at the first bytes of a file; names and extensions do not count. */
export async function detectFormat(file: Pick<InputFile, 'path'>): Promise<FileFormat> {
  const compression = detectCompression(await head(file.path, 'none', 4));
  const bytes = await head(file.path, compression, enough);
  const encoding = detectEncoding(bytes);
  const text = decode(bytes, encoding).trimStart();
  return { ...detectLayout(text), compression, encoding };
}

/** The first bytes of a file without compression; that an archive is cut off does not matter here. */
async function head(path: string, compression: Compression, bytes: number): Promise<Buffer> {
  const source = await openDecompressed(path, compression);
  try {
    const found = Buffer.alloc(bytes);
    return found.subarray(0, await fill(source, found));
  } finally {
    await source.close();
  }
}

function detectCompression(bytes: Buffer): Compression {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return 'gzip';
  if (bytes.length < 4) return 'none';
  const magic = bytes.readUInt32LE();
  // A file of zstd may begin with a frame to skip, as pzstd's do.
  return magic === 0xfd2fb528 || magic >>> 4 === 0x184d2a5 ? 'zstd' : 'none';
}

function detectEncoding(bytes: Buffer): FileFormat['encoding'] {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8-bom';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
}

function decode(bytes: Buffer, encoding: FileFormat['encoding']): string {
  const name = encoding === 'utf-8-bom' ? 'utf-8' : encoding;
  return new TextDecoder(name).decode(bytes);
}

function detectLayout(text: string): Pick<FileFormat, 'shape' | 'wrapper'> {
  if (text.replaceAll('\0', '') === '') return { shape: 'empty', wrapper: 'none' };
  if (text.startsWith('[')) return { shape: 'array', wrapper: wrapperOfText(text) };
  const lines = text.split('\n', 20);
  const whole = lines.map(parseObject).find((value) => value !== null);
  if (whole) return { shape: 'lines', wrapper: wrapperOfObject(whole) };
  // A single line that goes on beyond what was looked at, or an object spread over lines.
  const spread = text.startsWith('{') && lines.length > 1;
  return { shape: spread ? 'objects' : 'lines', wrapper: text.startsWith('{') ? wrapperOfText(text) : 'none' };
}

function parseObject(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

function wrapperOfObject(value: Record<string, unknown>): FileFormat['wrapper'] {
  const { hits, _source } = value as { hits?: { hits?: unknown }; _source?: unknown };
  if (Array.isArray(hits?.hits)) return 'response';
  return typeof _source === 'object' && _source !== null ? 'hit' : 'none';
}

function wrapperOfText(text: string): FileFormat['wrapper'] {
  if (
    /^\[?\s*\{\s*"(?:took|timed_out|_shards|_scroll_id|pit_id|hits)"\s*:/.test(text) &&
    /"hits"\s*:\s*\{[^{}]*("total"\s*:\s*\{[^{}]*\}[^{}]*)?"hits"\s*:\s*\[/.test(text)
  ) {
    return 'response';
  }
  return /^\[?\s*\{\s*"_(?:index|id|type|score|version|seq_no)"\s*:/.test(text) && /"_source"\s*:\s*\{/.test(text)
    ? 'hit'
    : 'none';
}
