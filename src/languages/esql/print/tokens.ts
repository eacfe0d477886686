const words = new Set(
  'and as asc by desc false first from in is last like limit metadata not null nulls on or rlike true where with'.split(
    ' ',
  ),
);

/** A name as ES|QL reads it: in backquotes where it is not plain. */
export function identifier(name: string): string {
  const isPlain = name.split('.').every((part) => /^[A-Za-z_@][\w@]*$/.test(part) && !words.has(part.toLowerCase()));
  return isPlain ? name : `\`${name.replaceAll('`', '``')}\``;
}

const escapes: ReadonlyMap<string, string> = new Map([
  ['\\', '\\\\'],
  ['"', '\\"'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

/** A text literal. */
export const string = (text: string): string =>
  `"${text.replace(/[\\"\n\r\t]/g, (character) => escapes.get(character)!)}"`;

/** The name of an index, or a pattern. */
export const indexName = (name: string): string => (/^[\w.*-]+$/.test(name) ? name : string(name));

/** Patterns between commas, as FROM takes them. */
export const indexPattern = (pattern: string): string =>
  pattern
    .split(',')
    .map((part) => indexName(part.trim()))
    .join(', ');
