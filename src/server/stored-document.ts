import { ResultTooLargeError } from '../diagnostics/diagnostic.ts';
import type { SourceFilter } from '../languages/search/search-request.ts';
import { join, sql, text } from '../sql/sql.ts';
import type { IndexSnapshot } from '../store/index-table.ts';
import type { StoreQueries } from '../store/store-queries.ts';
import { sourceOf } from '../store/synthetic-source.ts';
import { filteredSource } from './search/source-filter.ts';

/** A document as it is kept. */
export interface StoredDocument {
  readonly version: bigint;
  readonly sequence: bigint;
  /** JSON text. */
  readonly source: string;
  /** Names of fields that are not indexed, as a JSON list; null for none. */
  readonly ignored: string | null;
}

/** Documents that are read at a time. */
const readTogether = 200;

/** The documents of an index that have some of these ids. Throws a ResultTooLargeError where they hold too much. */
export async function storedDocuments(
  queries: StoreQueries,
  index: IndexSnapshot,
  ids: readonly string[],
  { signal, mostBytes = Number.POSITIVE_INFINITY }: { readonly signal?: AbortSignal; readonly mostBytes?: number } = {},
): Promise<Map<string, StoredDocument>> {
  const found = new Map<string, StoredDocument>();
  let bytes = 0;
  for (let from = 0; from < ids.length; from += readTogether) {
    const some = ids.slice(from, from + readTogether).map(text);
    const rows = await queries.rows(
      sql`SELECT "_id", "_version", "_seq_no", ${sourceOf(index)}, to_json("_ignored")::VARCHAR FROM ${index.table} WHERE "_id" IN (${join(some, ', ')})`,
      signal,
      { hash: null, size: ids.length },
    );
    for (const [id, version, sequence, source, ignored] of rows) {
      found.set(String(id), {
        version: version as bigint,
        sequence: sequence as bigint,
        source: String(source),
        ignored: ignored === null ? null : String(ignored),
      });
      bytes += String(source).length;
      if (bytes > mostBytes) throw ResultTooLargeError.overBytes(mostBytes);
    }
  }
  return found;
}

/** A document as JSON. Where it is kept, it goes out as it came in, every digit of it. */
export function documentJson(
  index: string,
  id: string,
  found: StoredDocument | undefined,
  filter: SourceFilter,
): string {
  const head = `"_index":${JSON.stringify(index)},"_id":${JSON.stringify(id)}`;
  if (!found) return `{${head},"found":false}`;
  const ignored = found.ignored === null ? '' : `,"_ignored":${found.ignored}`;
  const source = filter.shown ? `,"_source":${filteredSource(found.source, filter)}` : '';
  return `{${head},"_version":${found.version},"_seq_no":${found.sequence},"_primary_term":1${ignored},"found":true${source}}`;
}
