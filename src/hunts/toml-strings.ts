import { parse } from 'smol-toml';
import { basic } from './write-toml.ts';

/** A string as it stands in a TOML text, with its quotes, and what it means. */
export interface TomlString {
  readonly start: number;
  readonly token: string;
  readonly value: string;
}

const strings = /'''[\s\S]*?'''+|"""(?:[^\\]|\\[\s\S])*?"""+|'[^'\n]*'|"(?:[^"\\\n]|\\.)*"/;
const stringOrComment = new RegExp(`${strings.source}|#[^\n]*`, 'g');

/** The strings that a key of a table has for its value, one or a list, in order; none where it is written in another way. */
export function stringsOf(text: string, table: string, key: string): TomlString[] {
  const found: TomlString[] = [];
  // With blanks for strings and comments, every bracket and line break that is left means something.
  const bare = text.replace(stringOrComment, (token, start: number) => {
    if (!token.startsWith('#')) found.push({ start, token, value: parse(`value = ${token}`).value as string });
    return ' '.repeat(token.length);
  });
  const head = new RegExp(`^\\ufeff?[ \\t]*\\[[ \\t]*${table}[ \\t]*\\]`, 'm').exec(bare);
  if (!head) return [];
  const own = head.index + head[0].length;
  const next = bare.slice(own).search(/^[ \t]*\[/m);
  const body = next < 0 ? bare.slice(own) : bare.slice(own, own + next);
  const assigned = new RegExp(`^[ \\t]*${key}[ \\t]*=[ \\t]*(\\[[^\\]]*\\])?`, 'm').exec(body);
  if (!assigned) return [];
  const from = own + assigned.index;
  if (assigned[1] !== undefined) return found.filter(({ start }) => start > from && start < from + assigned[0].length);
  return found.filter(({ start }) => start > from).slice(0, 1);
}

/** Another string in the place of one, with the same quotes where they can hold it. */
export function requoted({ token, value }: TomlString, other: string): string {
  if (other === value) return token;
  const held = !/(?![\n\t]|\r\n)\p{Cc}/u.test(other);
  const quotes = /^'''|^"""|^'|^"/.exec(token)![0];
  if (quotes === "'" && held && !/['\r\n]/.test(other)) return `'${other}'`;
  if (!/[\r\n]/.test(other) && quotes === '"') return basic(other);
  if (!held || other.includes("'''") || other.endsWith("'")) return basic(other);
  const first = /^(?:'''|""")(\r?\n)/.exec(token)?.[1] ?? (quotes.length === 3 ? '' : '\n');
  // A line break after the quotes is not part of the string.
  const opening = first === '' && /^\r?\n/.test(other) ? '\n' : first;
  return `'''${opening}${other}${quotes.length === 3 ? '' : '\n'}'''`;
}
