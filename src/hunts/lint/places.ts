import type { SourceText, Span } from '../../diagnostics/source-text.ts';
import type { HuntQuery } from '../hunt.ts';
import type { Place } from './finding.ts';

/** Where a span of a file's text lies. */
export function placeOf(source: SourceText, { start, end }: Span): Place {
  const [from, to] = [source.position(start), source.position(Math.max(start, end))];
  return { line: from.line, column: from.column, endLine: to.line, endColumn: to.column };
}

/** Where a span of a query's text lies in the file that holds the query. */
export function placeInFile(file: SourceText, query: HuntQuery, source: SourceText, span: Span): Place {
  const first = source.line(1);
  // On its first line a query may stand behind the quotes that open it.
  const before = [...file.line(query.line).slice(0, Math.max(0, file.line(query.line).indexOf(first)))].length;
  const inside = placeOf(source, span);
  const shift = (line: number): number => (line === 1 ? before : 0);
  return {
    line: inside.line + query.line - 1,
    column: inside.column + shift(inside.line),
    endLine: inside.endLine + query.line - 1,
    endColumn: inside.endColumn + shift(inside.endLine),
  };
}

/**
 * Where a value of a hunt's TOML stands, given the keys that lead to it (`['hunt', 'mitre', '0']`): the item of a list
 * where its text can be found, else its key, else the head of its table, else the start of the file.
 */
export function placeOfKey(source: SourceText, path: readonly string[], item?: string): Place {
  const keys = withoutStrings(source.text);
  const key = path[1];
  const at =
    key === undefined ? null : new RegExp(`^[ \\t]*(?:hunt\\.)?["']?${escaped(key)}["']?(?=[ \\t]*=)`, 'm').exec(keys);
  const head = /^[ \t]*\[\s*hunt\s*\]/m.exec(keys);
  const found = at ?? head;
  if (!found) return { line: 1, column: 1, endLine: 1, endColumn: 1 };
  const blank = found[0].length - found[0].trimStart().length;
  const own = { start: found.index + blank, end: found.index + found[0].length };
  if (!at || item === undefined || item === '') return placeOf(source, own);
  const start = source.text.indexOf(item, own.end);
  return placeOf(source, start < 0 ? own : { start, end: start + item.length });
}

/** The text with blanks for what stands in strings of several lines, so that no line of a query looks like a key. */
const withoutStrings = (text: string): string =>
  text.replace(/'''[\s\S]*?'''|"""[\s\S]*?"""/g, (quoted) => quoted.replace(/[^\n]/g, ' '));

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
