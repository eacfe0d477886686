import { InputError } from '../diagnostics/diagnostic.ts';

/** One ES|QL query of a hunt. */
export interface HuntQuery {
  readonly text: string;
  /** The 1-based line of the hunt's file on which the text starts. */
  readonly line: number;
}

/** A threat hunt: queries, and what their author wrote about them. */
export interface Hunt {
  readonly uuid: string | null;
  readonly name: string;
  readonly author: string | null;
  readonly description: string | null;
  /** The data sources it was written for, as Elastic names integrations or index patterns. */
  readonly integration: readonly string[];
  readonly language: readonly string[];
  readonly license: string | null;
  readonly notes: readonly string[];
  /** MITRE ATT&CK technique ids, such as T1071.001. */
  readonly mitre: readonly string[];
  readonly references: readonly string[];
  readonly queries: readonly HuntQuery[];
  /** Queries in languages that Harrier does not run. */
  readonly otherQueries?: readonly HuntQuery[];
  /** The UUID of the hunt that it was derived from. */
  readonly derivedFrom?: string;
  /** The file it was read from, absolute. */
  readonly file: string;
}

/** The hunts that are wanted: those with a query in ES|QL, or any. */
export type Languages = 'ES|QL' | 'any';

const sourceCommand = /^\s*(?:from|row|ts|show|set)\b/i;

/** True when a text can only be ES|QL: it begins with a source command, comments aside. */
export function looksLikeEsql(text: string): boolean {
  const bare = text.replace(/^(?:\s+|\/\/[^\n]*\n|\/\*[\s\S]*?\*\/)+/, '');
  // A word left over from a code fence may stand alone on the line before, or in front.
  const word = /^(?:\w+[ \t]*\r?\n|e?sql[ \t]+)/i;
  return sourceCommand.test(bare) || (word.test(bare) && sourceCommand.test(bare.replace(word, '')));
}

/** Names of languages as Elastic writes them, `[ES|QL]` or `[ES|QL, SQL]`, without the brackets. */
export const languageNames = (names: readonly string[]): string[] =>
  names.flatMap((name) => name.replace(/^\s*\[|\]\s*$/g, '').split(/,\s*/)).filter((name) => name !== '');

/** The error for a hunt without an ES|QL query: it names the languages that the hunt has instead, if it says so. */
export function noEsqlQuery(file: string, line: number, language: readonly string[]): InputError {
  const other = language.filter((name) => name !== 'ES|QL');
  return new InputError(
    `${file}:${line}: no ES|QL query${other.length > 0 ? `, only ${other.join(', ')}` : ''}`,
    'an ES|QL query begins with FROM, ROW, TS, SHOW or SET',
  );
}
