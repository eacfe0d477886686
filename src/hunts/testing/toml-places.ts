/** Keys that lead to a value, such as `['must_hit', '0', 'name']`, with the place where they are written. */
interface PlacedKey {
  readonly path: readonly string[];
  readonly line: number;
  readonly column: number;
}

const key = /"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[\w-]+/g;
const keys = String.raw`(?:"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[\w-]+)(?:[ \t]*\.[ \t]*(?:"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[\w-]+))*`;
const head = new RegExp(String.raw`^([ \t]*)(\[\[?)[ \t]*(${keys})[ \t]*\]\]?[ \t]*(?:#.*)?$`);
const assignment = new RegExp(String.raw`^([ \t]*)(${keys})[ \t]*=`);

/**
 * Finds where values stand in a TOML text that is known to be right: at their key, else at the nearest key or table
 * head around them, else at the start. Lines and columns count from 1.
 */
export function tomlPlaces(
  text: string,
): (path: readonly string[]) => { readonly line: number; readonly column: number } {
  const placed = placedKeys(text);
  return (path) => {
    let best: PlacedKey = { path: [], line: 1, column: 1 };
    let most = 0;
    for (const candidate of placed) {
      const common = commonLength(candidate.path, path);
      if (common > most) [best, most] = [candidate, common];
    }
    return { line: best.line, column: best.column };
  };
}

function placedKeys(text: string): PlacedKey[] {
  const placed: PlacedKey[] = [];
  /** How many tables each list of tables has so far. */
  const tables = new Map<string, number>();
  let table: readonly string[] = [];
  withoutStrings(text)
    .split('\n')
    .forEach((row, i) => {
      const [, blank = '', bracket, names = ''] = head.exec(row.replace(/\r$/, '')) ?? [];
      if (bracket !== undefined) {
        table = resolve(partsOf(names), bracket === '[[', tables);
        placed.push({ path: table, line: i + 1, column: blank.length + 1 });
        return;
      }
      const [, indent = '', assigned] = assignment.exec(row) ?? [];
      if (assigned !== undefined)
        placed.push({ path: [...table, ...partsOf(assigned)], line: i + 1, column: indent.length + 1 });
    });
  return placed;
}

const partsOf = (names: string): string[] =>
  [...names.matchAll(key)].map(([part]) => part.replace(/^(["'])(.*)\1$/s, '$2'));

/** The path that a table's head leads to: names of lists of tables stand for the newest table in them. */
function resolve(parts: readonly string[], opensTable: boolean, tables: Map<string, number>): string[] {
  const path: string[] = [];
  parts.forEach((part, i) => {
    path.push(part);
    const name = JSON.stringify(path);
    if (opensTable && i === parts.length - 1) tables.set(name, (tables.get(name) ?? 0) + 1);
    const count = tables.get(name);
    if (count !== undefined) path.push(String(count - 1));
  });
  return path;
}

function commonLength(one: readonly string[], other: readonly string[]): number {
  const differs = one.findIndex((part, i) => part !== other[i]);
  return differs < 0 ? one.length : differs;
}

/** The text with blanks for what stands in strings of several lines, so that no line of them looks like a key. */
const withoutStrings = (text: string): string =>
  text.replace(/'''[\s\S]*?'''|"""[\s\S]*?"""/g, (quoted) => quoted.replace(/[^\n]/g, ' '));
