import { columnOf } from '../documents/columns.ts';
import { ident, type Sql, sql } from '../sql/sql.ts';

/** Endings that say how a file is written, or which of a log's rotated files it is, and nothing of what is in it. */
const endings =
  /(?:\.(?:json|ndjson|jsonl|log|gz|zst|zstd|bz2|xz|zip|tar|tgz)(?:[.-](?:\d{1,3}|\d{4}-?\d\d-?\d\d(?:[-T.]?\d+)*)(?![^.]))*)+$/i;

/** What a file's events are called by when nothing else says so. */
export function nameOfFile(path: string): string {
  const base = path.replace(/^.*[/\\]/, '').replace(endings, '');
  return (
    base
      .toLowerCase()
      .replace(/[\\/*?"<>| ,#:\p{Cc}]+/gu, '-')
      .replace(/^[-_+.]+/, '') || 'events'
  );
}

/** The data stream that a backing index belongs to; other names stay what they are. */
export const streamOfIndex = (name: Sql): Sql =>
  sql`regexp_replace(regexp_replace(${name}, '^\\.ds-', ''), '-[0-9]{4}\\.[0-9]{2}\\.[0-9]{2}-[0-9]{6}$', '')`;

/** The name of a data stream from its parts, of which the namespace may be missing. */
export const dataStreamName = (type: Sql, dataset: Sql, namespace: Sql): Sql =>
  sql`lower((${type})::VARCHAR || '-' || (${dataset})::VARCHAR || '-' || coalesce((${namespace})::VARCHAR, 'default'))`;

/** The columns of the parts of a data stream's name; `has` says which of them there are. */
export function dataStreamOf(has: (name: string) => boolean): Sql {
  const part = (name: string): Sql => (has(name) ? ident(columnOf(name, 'single')) : sql`NULL::VARCHAR`);
  return dataStreamName(part('data_stream.type'), part('data_stream.dataset'), part('data_stream.namespace'));
}
