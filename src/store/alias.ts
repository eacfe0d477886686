import type { Aliases } from '../catalogue/index-pattern.ts';
import type { IndexSnapshot } from './index-table.ts';
import { illegalArgument, Refusal } from './refusal.ts';

/** An alias as a store keeps it: indices by their identifiers, so that a later index of the same name is not meant. */
export interface AliasBody {
  readonly indices: readonly string[];
}

/** The existing indices of each alias, sorted by name. An alias without any does not exist. */
export function aliasesOf(
  kept: readonly { readonly name: string; readonly body: unknown }[],
  indices: readonly Pick<IndexSnapshot, 'name' | 'uuid'>[],
): Aliases {
  const found = kept.map(({ name, body }): [string, readonly string[]] => {
    const meant = new Set((body as AliasBody).indices);
    return [name, indices.filter(({ uuid }) => meant.has(uuid)).map((index) => index.name)];
  });
  return new Map(found.filter(([, names]) => names.length > 0));
}

/** The aliases visible to a reader of some indices: those whose indices are all visible. */
export const visibleAliases = (aliases: Aliases, visible: (index: string) => boolean): Aliases =>
  new Map([...aliases].filter(([, indices]) => indices.every(visible)));

/** What an alias may have that Elasticsearch knows and that has no effect when it says no. */
const without = ['is_hidden', 'is_write_index'];

/** Throws a Refusal for what an alias cannot have here: it is another name of its indices, and no more. */
export function checkAliasOptions(name: string, options: Readonly<Record<string, unknown>>): void {
  for (const [option, value] of Object.entries(options)) {
    if (without.includes(option) && value === false) continue;
    throw illegalArgument(`[${option}] of alias [${name}] is not supported: an alias is a name for all of its indices`);
  }
}

/** Throws a Refusal for a name that something else has. */
export const aliasNameTaken = (name: string, what: string): Refusal =>
  new Refusal(
    'invalid_alias_name_exception',
    `Invalid alias name [${name}]: ${what} exists with the same name as the alias`,
    400,
  );
