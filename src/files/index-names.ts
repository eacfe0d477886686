/** Endings that say how a file is written, or which of a log's rotated files it is, and nothing of what is in it. */
const endings =
  /(?:\.(?:json|ndjson|jsonl|log|csv|tsv|txt|xml|evtx|parquet|gz|zst|zstd|bz2|xz|zip|tar|tgz)(?:[.-](?:\d{1,3}|\d{4}-?\d\d-?\d\d(?:[-T.]?\d+)*)(?![^.]))*)+$/i;

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
