import type { Hunt } from './hunt.ts';
import { readToml } from './read-toml.ts';
import { basic, huntToml } from './write-toml.ts';

/** What a derived hunt has of its own. */
export interface Derivation {
  readonly uuid: string;
  readonly name: string;
  /** The text of each of the hunt's queries. */
  readonly queries: readonly string[];
  /** What was asked for, as on the command line. */
  readonly overrides: string;
}

/**
 * A hunt made from another, as TOML. In a TOML file everything but name, UUID and queries stays as it stands, comments
 * included; from any other file a new one is written. It says where it comes from.
 */
export function deriveToml(hunt: Hunt, fileText: string, derivation: Derivation): string {
  const body = inPlace(hunt, fileText, derivation) ?? huntToml({ ...hunt, ...derivation });
  const origin = [
    '',
    '# Where this hunt comes from',
    '[derived]',
    ...(hunt.uuid === null ? [] : [`from_uuid = ${basic(hunt.uuid)}`]),
    `from_name = ${basic(hunt.name)}`,
    `overrides = ${basic(derivation.overrides)}`,
  ];
  return `${body.trimEnd()}\n${origin.join('\n')}\n`;
}

/** The file's text with the new values in it; null where they cannot be put there and read back the same. */
function inPlace(hunt: Hunt, fileText: string, { uuid, name, queries }: Derivation): string | null {
  let text = fileText.replace(/\n#[^\n]*\n\[derived\]\n(?:\w+ = [^\n]*\n?)*$/, '\n');
  for (const [i, query] of hunt.queries.entries()) {
    const at = placeOf(query.text, text);
    if (at === null) return null;
    // A function, for `$` means something in a replacement.
    text = text.slice(0, at) + queries[i]! + text.slice(at + query.text.length);
  }
  text = text
    .replace(/^([ \t]*uuid[ \t]*=[ \t]*)(?:"[^"\n]*"|'[^'\n]*')/m, (_, key: string) => key + basic(uuid))
    .replace(/^([ \t]*name[ \t]*=[ \t]*)(?:"(?:[^"\\\n]|\\.)*"|'[^'\n]*')/m, (_, key: string) => key + basic(name));
  try {
    const back = readToml(text, hunt.file);
    const same = back.queries.every((query, i) => query.text.trim() === queries[i]!.trim());
    return same && back.uuid === uuid && back.name === name ? text : null;
  } catch {
    return null;
  }
}

/** Where a query stands in a file: as it is, or with the word of a code fence where reading it left blanks. */
function placeOf(query: string, text: string): number | null {
  const blank = /^(\s*?)( {3,4})(?=[ \t]*\r?\n)/;
  const words = ['sql', 'SQL', 'esql', 'ESQL'];
  const candidates = [query, ...words.map((word) => query.replace(blank, (_, space: string) => space + word))];
  for (const candidate of candidates) {
    const at = candidate.length === query.length ? text.indexOf(candidate) : -1;
    if (at >= 0) return at;
  }
  return null;
}
