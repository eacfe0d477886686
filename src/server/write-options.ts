import { illegalArgument, Refusal } from '../store/refusal.ts';
import type { Store } from '../store/store.ts';

/** How documents are to be written, as parameters of a request or of an action line say it. */
export interface WriteOptions {
  readonly pipeline?: unknown;
  readonly require_alias?: unknown;
  readonly require_data_stream?: unknown;
}

const isSet = (value: unknown): boolean => value === '' || String(value ?? 'false') === 'true';

/**
 * Why documents for an index cannot be written as asked; null when they can. There are no ingest pipelines, and writing
 * past one unseen would change what is stored; there are no aliases either.
 */
export function refusalToWrite(options: WriteOptions, index: string, store: Store): Refusal | null {
  const required = (flag: string, what: string): Refusal =>
    new Refusal(
      'index_not_found_exception',
      `no such index [${index}] and [${flag}] request flag is [true] and [${index}] is not ${what}`,
      404,
      null,
      { index },
    );
  if (isSet(options.require_alias)) return required('require_alias', 'an alias');
  try {
    const there = store.index(index)?.record;
    const begins = there ?? store.templateFor(index);
    if (isSet(options.require_data_stream) && !begins?.isDataStream)
      return required('require_data_stream', 'a data stream');
    const settings = begins?.settings ?? {};
    for (const pipeline of [options.pipeline ?? settings.default_pipeline, settings.final_pipeline]) {
      const name = String(pipeline ?? '');
      if (name !== '' && name !== '_none') return illegalArgument(`pipeline with id [${name}] does not exist`);
    }
    return null;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

/** A number of a document's version or sequence; undefined where none is given. */
export function wholeNumber(value: unknown, name: string): bigint | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,18}$/.test(String(value))) return BigInt(String(value));
  throw illegalArgument(`[${name}] must be a whole number, found [${String(value)}]`);
}

/** Whether versions are the writer's own. */
export const isExternal = (versionType: unknown): boolean => String(versionType ?? 'internal').startsWith('external');
