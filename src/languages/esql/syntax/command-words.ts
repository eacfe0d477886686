/**
 * The words that commands begin with, and the second word of those that have two; null for one word. It stands apart from
 * the table of commands, which knows what they do, so that a page in a browser can have it.
 */
export const commandWords: ReadonlyMap<string, string | null> = new Map<string, string | null>([
  ...(
    'bottomk change_point dedup dissect drop enrich eval fillnull fork from fuse grok harrier_lookup harrier_previous ip_location keep ' +
    'limit metrics_info mv_expand registered_domain rename row sample sort stats topk ts ts_info uri_parts user_agent where'
  )
    .split(' ')
    .map((word) => [word, null] as const),
  ['inline', 'stats'],
  ['lookup', 'join'],
  ['show', 'info'],
]);

/** A command in capitals, as documentation writes it: `WHERE`, `INLINE STATS`. */
export function commandName(word: string): string {
  const second = commandWords.get(word.toLowerCase());
  return [word, ...(second ? [second] : [])].join(' ').toUpperCase();
}

/** The words behind BY of HARRIER_LOOKUP. */
export const listMatches = ['cidr', 'wildcard', 'suffix'] as const;
