import { own } from '../values/own.ts';
import type { Hunt } from './hunt.ts';

/** A hunt as a file in the form of the public hunts: one `[hunt]` table, queries as they are. */
export function huntToml(hunt: Omit<Hunt, 'file' | 'queries'> & { readonly queries: readonly string[] }): string {
  const lines = [
    '[hunt]',
    entry('author', hunt.author),
    entry('uuid', hunt.uuid),
    entry('name', hunt.name),
    hunt.description === null ? null : `description = ${multiLine(hunt.description)}`,
    list('integration', hunt.integration, basic),
    list('language', hunt.language, basic),
    entry('license', hunt.license),
    list('mitre', hunt.mitre, basic),
    list('notes', hunt.notes, basic),
    list('references', hunt.references, basic),
    list('query', hunt.queries, literal),
  ];
  return `${lines.filter((line) => line !== null).join('\n')}\n`;
}

const entry = (key: string, value: string | null): string | null =>
  value === null ? null : `${key} = ${basic(value)}`;

const list = (key: string, values: readonly string[], write: (value: string) => string): string | null =>
  values.length === 0 ? null : `${key} = [\n${values.map((value) => `${write(value)},\n`).join('')}]`;

const escapes: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** A basic string: every character that TOML gives a meaning is escaped. */
export const basic = (value: string): string => `"${value.replace(/["\\\n\r\t]|\p{Cc}/gu, escaped)}"`;

const escaped = (character: string): string =>
  own(escapes, character) ?? `\\u${character.codePointAt(0)!.toString(16).padStart(4, '0')}`;

const multiLine = (value: string): string =>
  value.includes('\n') ? `"""\n${value.replace(/["\\\r]|(?!\n)\p{Cc}/gu, escaped)}"""` : basic(value);

/** A literal string shows a query as it is; one that holds what would end it is escaped instead. */
const literal = (value: string): string =>
  /'''|(?![\n\t])\p{Cc}/u.test(value) || value.endsWith("'") ? basic(value) : `'''\n${value.trimEnd()}\n'''`;
