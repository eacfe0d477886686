/** Where the tables of a TOML list stand, for messages: 1-based lines. */
export interface TablePlaces {
  line(table: number): number;
  /** The line of a key of a table or of one below it; that of the table where the key is not found. */
  keyLine(table: number, key: string): number;
}

/** Finds the tables `[[name]]` of a document that is known to be sound. */
export function tablePlaces(text: string, name: string): TablePlaces {
  const lines = withoutLongTexts(text).split('\n');
  const header = new RegExp(String.raw`^\s*\[\[\s*["']?${name}["']?\s*\]\]`);
  const starts = lines.flatMap((line, i) => (header.test(line) ? i : []));
  const line = (table: number): number => (starts[table] ?? 0) + 1;
  return {
    line,
    keyLine(table, key) {
      if (key === '') return line(table);
      const end = starts[table + 1] ?? lines.length;
      for (let i = starts[table] ?? 0; i < end; i++) {
        // A column may stand in quotes, or be spread over tables of which the last part is the key.
        const [, written] = /^\s*(\[[^\]]*\]|[^=#]*?)\s*(?:=|$)/.exec(lines[i]!) ?? [];
        const bare = written?.replace(/["'[\]\s]/g, '').replace(/^accepted\.(?:when\.)?/, '');
        if (bare === key.replace(/["'[\]\s]/g, '')) return i + 1;
      }
      return line(table);
    },
  };
}

/** The text with blanks for what stands in quotes over several lines. */
const withoutLongTexts = (text: string): string =>
  text.replace(/"""[\s\S]*?"""|'''[\s\S]*?'''/g, (found) => found.replace(/[^\n]/g, ' '));
