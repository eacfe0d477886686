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

/** The documents of an index that have some of these ids. */
export async function storedDocuments(
  queries: StoreQueries,
  index: IndexSnapshot,
  ids: readonly string[],
): Promise<Map<string, StoredDocument>> {
  const rows = await queries.rows(
    sql`SELECT "_id", "_version", "_seq_no", ${sourceOf(index)}, to_json("_ignored")::VARCHAR FROM ${index.table} WHERE "_id" IN (${join(ids.map(text), ', ')})`,
  );
  return new Map(
    rows.map(([id, version, sequence, source, ignored]) => [
      String(id),
      {
        version: version as bigint,
        sequence: sequence as bigint,
        source: String(source),
        ignored: ignored === null ? null : String(ignored),
      },
    ]),
  );
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
