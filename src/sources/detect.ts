import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { Decompress } from 'fzstd';
import type { InputFile } from './input-files.ts';

/** How the events of a file are laid out. */
export interface FileFormat {
  /** `lines`: an object on each line; `array`: one array; `objects`: objects over several lines, one after another. */
  readonly shape: 'lines' | 'array' | 'objects' | 'empty';
  /** `hit`: each object is `{_index, _id, _source}`; `response`: it is a search response that holds hits. */
  readonly wrapper: 'none' | 'hit' | 'response';
  readonly compression: 'none' | 'gzip' | 'zstd';
  /** Other than UTF-8 without a mark, the file is rewritten before it is read. */
  readonly encoding: 'utf-8' | 'utf-8-bom' | 'utf-16le' | 'utf-16be';
}

/** Whether the bytes of a file can be read just as they stand in it. */
export const isReadInPlace = ({ compression, encoding }: Pick<FileFormat, 'compression' | 'encoding'>): boolean =>
  compression === 'none' && encoding === 'utf-8';

const enough = 256 * 1024;

/** Looks at the first bytes of a file; names and extensions do not count. */
export async function detectFormat(file: InputFile): Promise<FileFormat> {
  const raw = await head(file);
  const compression =
    raw[0] === 0x1f && raw[1] === 0x8b ? 'gzip' : raw.readUInt32LE(0) === 0xfd2fb528 ? 'zstd' : 'none';
  const bytes = compression === 'gzip' ? await gunzipHead(raw) : compression === 'zstd' ? unzstdHead(raw) : raw;
  const encoding = detectEncoding(bytes);
  const text = decode(bytes, encoding).trimStart();
  return { ...detectLayout(text), compression, encoding };
}

async function head(file: InputFile): Promise<Buffer> {
  const handle = await open(file.path, 'r');
  try {
    const buffer = Buffer.alloc(Math.max(4, Math.min(enough, file.bytes)));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
    return bytesRead < 4 ? buffer : buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** What the first compressed bytes hold; the end being cut off is no error here. */
function gunzipHead(raw: Buffer): Promise<Buffer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const gunzip = createGunzip();
    const done = (): void => resolve(Buffer.concat(chunks));
    gunzip.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= enough) {
        done();
        gunzip.destroy();
      }
    });
    gunzip.on('end', done);
    gunzip.on('error', done);
    gunzip.end(raw);
  });
}

function unzstdHead(raw: Buffer): Buffer {
  const chunks: Uint8Array[] = [];
  try {
    new Decompress((chunk) => chunks.push(chunk)).push(raw, true);
  } catch {
    // Cut off inside a block: what came before it is enough to look at.
  }
  return Buffer.concat(chunks);
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
