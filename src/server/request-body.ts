import { isUtf8 } from 'node:buffer';
import { createGunzip } from 'node:zlib';
import { Refusal } from '../store/refusal.ts';
import { checkJsonShape } from './json-shape.ts';
import { joinedBytes } from './text-bytes.ts';

/** Bytes that are unpacked at a time: each piece takes a turn of the thread that answers everybody. */
const unpackedAtOnce = 1 << 18;

/**
 * The body of a request without its compression. `count` hears of what is unpacked, piece by piece; it throws where that is
 * too much. Throws a Refusal when it is larger than `limit` bytes then.
 */
export async function decompressed(
  body: Buffer,
  encoding: string | undefined,
  limit: number,
  count: (bytes: number) => void,
): Promise<Buffer> {
  const name = (encoding ?? 'identity').toLowerCase();
  if (name === 'identity' || name === '') return body;
  if (name !== 'gzip' && name !== 'x-gzip')
    throw new Refusal(
      'illegal_argument_exception',
      `Content-Encoding [${name}] is not supported; send gzip or none`,
      415,
    );
  const pieces: Buffer[] = [];
  let unpacked = 0;
  const unzip = createGunzip({ chunkSize: unpackedAtOnce });
  unzip.end(body);
  try {
    for await (const piece of unzip as AsyncIterable<Buffer>) {
      unpacked += piece.length;
      if (unpacked > limit)
        throw new Refusal('content_too_long_exception', `the body unpacks to more than ${limit} bytes`, 413);
      count(piece.length);
      pieces.push(piece);
    }
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal('parse_exception', `the body is not valid gzip: ${(error as Error).message}`, 400);
  }
  return joinedBytes(pieces);
}

/** Bytes of a request that is read as one value. Documents, which may be larger, are not read so. */
const mostJson = 10 << 20;

/** Throws a Refusal for a request that is too large to be read as one value, or as one list of them. */
export function checkJsonSize({ length }: Buffer): void {
  if (length > mostJson)
    throw new Refusal('content_too_long_exception', `the request holds more than ${mostJson} bytes`, 413);
}

/** A JSON object from a body; an empty body is an empty object where that is allowed. */
export function jsonObject(
  body: unknown,
  whenEmpty: 'refuse' | 'allow' = 'allow',
  parse: (text: string) => unknown = JSON.parse,
): Record<string, unknown> {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
  if (bytes.length === 0) {
    if (whenEmpty === 'allow') return {};
    throw new Refusal('parse_exception', 'request body is required', 400);
  }
  checkJsonSize(bytes);
  checkJsonShape(bytes);
  if (!isUtf8(bytes)) throw new Refusal('parsing_exception', 'the request body is not valid UTF-8', 400);
  let value: unknown;
  try {
    value = parse(bytes.toString('utf8'));
  } catch (error) {
    throw new Refusal(
      'x_content_parse_exception',
      `the request body is no valid JSON: ${(error as Error).message}`,
      400,
    );
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Refusal('parsing_exception', 'the request body must be a JSON object', 400);
  return value as Record<string, unknown>;
}

/** A document as one line of JSON. Line ends in valid JSON are only spaces between its parts. */
export function oneLine(body: Buffer): Buffer {
  if (!isUtf8(body))
    throw new Refusal('document_parsing_exception', 'failed to parse: the document is not valid UTF-8', 400);
  if (!body.includes(10) && !body.includes(13)) return body;
  return Buffer.from(body.map((byte) => (byte === 10 || byte === 13 ? 32 : byte)));
}
