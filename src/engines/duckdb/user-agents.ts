import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder } from '../../package/package-folder.ts';
import { type UserAgentPart, type UserAgentPatterns, UserAgentReader } from '../../values/user-agent.ts';

let reader: UserAgentReader | null = null;

/** Parts of a user agent as lists of texts in JSON. The patterns are read when the first is asked for. */
export function userAgentParts(text: string, names: readonly UserAgentPart[]): string {
  const patterns = (): UserAgentPatterns =>
    JSON.parse(readFileSync(join(packageFolder(), 'dist', 'user-agents.json'), 'utf8')) as UserAgentPatterns;
  reader ??= new UserAgentReader(patterns());
  const parts = reader.read(text);
  return JSON.stringify(names.map((name) => parts.get(name) ?? null).map((value) => (value === null ? [] : [value])));
}
