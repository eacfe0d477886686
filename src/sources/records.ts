import { list, number, type Sql, sql, text } from '../sql/sql.ts';
import type { FileFormat } from './detect.ts';

/** Files that are read in the same way. */
export interface FileGroup {
  readonly format: FileFormat;
  /** What DuckDB opens; a rewritten copy where the original could not be read as it is. */
  readonly paths: readonly string[];
}

/** The size of the largest object that a read allows, in bytes; longer ones make it fail, and it is tried with the next. */
export const objectSizes: readonly number[] = [16 << 20, 128 << 20, 1 << 30];

/**
 * SQL for the records of a group: `json` (null for what is no JSON), `hit_index` and `hit_id` from the wrapper, `path`.
 * DuckDB parses the JSON; a line of NDJSON that it cannot parse is a row with null, so nothing is lost unseen.
 */
export function recordsSql({ format, paths }: FileGroup, objectSize: number): Sql {
  const files = list(paths.map((path) => text(literalGlob(path))));
  const options = sql`filename = true, maximum_object_size = ${number(objectSize)}`;
  const compression = { none: sql`uncompressed`, gzip: sql`gzip`, zstd: sql`zstd` }[format.compression];
  const reader =
    format.shape === 'lines'
      ? sql`read_ndjson_objects(${files}, ignore_errors = true, compression = '${compression}', ${options})`
      : sql`read_json_objects(${files}, format = ${text(format.shape === 'array' ? 'array' : 'unstructured')}, compression = '${compression}', ${options})`;
  const plain = sql`SELECT json, NULL::VARCHAR AS hit_index, NULL::VARCHAR AS hit_id, filename AS path FROM ${reader}`;
  switch (format.wrapper) {
    case 'none':
      return plain;
    case 'hit':
      return hits(plain);
    case 'response':
      return hits(sql`SELECT unnest(json_extract(json, '$.hits.hits[*]')) AS json, path FROM (${plain})`);
  }
}

/** Takes events out of their hits; what has no `_source` is an event itself. */
function hits(records: Sql): Sql {
  return sql`SELECT coalesce(json_extract(json, '$._source'), json) AS json, json_extract_string(json, '$._index') AS hit_index,
    json_extract_string(json, '$._id') AS hit_id, path FROM (${records})`;
}

/** DuckDB takes file names for globs: characters that mean something in one stand for themselves in brackets. */
const literalGlob = (path: string): string =>
  path.replace(/[*?[\]]/g, (character) => (character === ']' ? character : `[${character}]`));
