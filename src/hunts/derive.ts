import type { Hunt } from './hunt.ts';
import { withoutFence } from './library.ts';
import { readToml } from './read-toml.ts';
import { requoted, stringsOf } from './toml-strings.ts';
import { basic, huntToml } from './write-toml.ts';

/** What a derived hunt has of its own. */
export interface Derivation {
  readonly uuid: string;
  readonly name: string;
  /** That of the hunt where it is left out. */
  readonly description?: string | null;
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
  const body =
    inPlace(hunt, fileText, derivation) ??
    huntToml({ ...hunt, ...derivation, description: derivation.description ?? hunt.description });
  const origin = [
    '',
    '# Where this hunt comes from',
    '[derived]',
    ...(hunt.uuid === null ? [] : [`from_uuid = ${basic(hunt.uuid)}`]),
    `from_name = ${basic(hunt.name)}`,
    `overrides = ${basic(derivation.overrides)}`,
  ];
  const end = body.includes('\r\n') ? '\r\n' : '\n';
  return [body.trimEnd(), ...origin, ''].join(end);
}

/** The file's text with the new values in it; null where they cannot be put there and read back the same. */
function inPlace(
  hunt: Hunt,
  fileText: string,
  { uuid, name, description = hunt.description, queries }: Derivation,
): string | null {
  const before = fileText.replace(/\r?\n#[^\n]*\n\[derived\]\r?\n(?:\w+ = [^\n]*\n?)*$/, '\n');
  const left = [...hunt.queries.entries()];
  let text = '';
  let at = 0;
  for (const string of stringsOf(before, 'hunt', 'query')) {
    // Between the queries may stand others, in other languages.
    if (left[0]?.[1].text !== withoutFence(string.value)) continue;
    const [i] = left.shift()!;
    text += before.slice(at, string.start) + requoted(string, queries[i]!);
    at = string.start + string.token.length;
  }
  text = withValue(withValue(text + before.slice(at), 'name', name), 'uuid', uuid);
  const [old] = stringsOf(text, 'hunt', 'description');
  if (old && description !== null && description !== hunt.description)
    text = text.slice(0, old.start) + requoted(old, description) + text.slice(old.start + old.token.length);
  try {
    const back = readToml(text, hunt.file);
    const same = back.queries.every((query, i) => withoutFence(query.text).trim() === queries[i]!.trim());
    return same && back.uuid === uuid && back.name === name ? text : null;
  } catch {
    return null;
  }
}

/** A file with another value for a key of its [hunt] table; where there is none, it comes first. */
function withValue(text: string, key: string, value: string): string {
  const [old] = stringsOf(text, 'hunt', key);
  if (old) return text.slice(0, old.start) + basic(value) + text.slice(old.start + old.token.length);
  // A function, for `$` means something in a replacement.
  return text.replace(
    /^(\ufeff?[ \t]*\[[ \t]*hunt[ \t]*\][^\r\n]*)(\r?\n)/m,
    (_, head: string, end: string) => `${head}${end}${key} = ${basic(value)}${end}`,
  );
}
