import { isDeepStrictEqual } from 'node:util';
import { own } from '../values/own.ts';
import { isObject, type JsonObject } from '../values/plain-json.ts';
import { documentParsing, illegalArgument, Refusal } from './refusal.ts';

export type Source = JsonObject;

/** What an update says. */
export interface UpdateRequest {
  readonly doc?: Source;
  readonly upsert?: Source;
  readonly doc_as_upsert?: boolean;
  readonly detect_noop?: boolean;
  readonly script?: unknown;
}

/** Reads what an update says; throws a Refusal where that cannot be done. */
export function parseUpdate(line: Buffer): UpdateRequest {
  let request: unknown;
  try {
    request = JSON.parse(line.toString('utf8'));
  } catch (error) {
    throw documentParsing('[1:1] failed to parse', (error as Error).message);
  }
  if (!isObject(request)) throw illegalArgument('an update must be an object');
  if (request.script !== undefined) throw illegalArgument('updates by script are not supported');
  for (const name of ['doc', 'upsert'])
    if (Object.hasOwn(request, name) && !isObject(own(request, name)))
      throw new Refusal(
        'x_content_parse_exception',
        `[1:1] [UpdateRequest] failed to parse field [${name}]: expected an object`,
        400,
      );
  return request;
}

/** The document that an update writes where there is none; undefined when it writes none. */
export const inserted = ({ doc, upsert, doc_as_upsert: asUpsert }: UpdateRequest): Source | undefined =>
  upsert ?? (asUpsert === true ? doc : undefined);

/** The document after an update; null when nothing changes. */
export function updated({ doc, detect_noop: detects }: UpdateRequest, source: Source): Source | null {
  const merged = mergeDeep(source, doc ?? {});
  return detects !== false && isDeepStrictEqual(merged, source) ? null : merged;
}

function mergeDeep(into: Source, from: Source): Source {
  const merged = new Map(Object.entries(into));
  for (const [key, value] of Object.entries(from)) {
    const before = merged.get(key);
    merged.set(key, isObject(before) && isObject(value) ? mergeDeep(before, value) : value);
  }
  return Object.fromEntries(merged);
}
