import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder } from '../../package/package-folder.ts';
import { type UserAgentPart, type UserAgentPatterns, UserAgentReader } from '../../values/user-agent.ts';

let reader: UserAgentReader | null = null;

/** Texts that try every pattern: each is compiled when it is first used, and again when it is used more. */
const trials = ['-', 'x (y; z) w/1.0', 'Mozilla/5.0'];

/** Reads the patterns and compiles them, once in a process: half a second for more than a thousand. */
export function prepareUserAgents(): UserAgentReader {
  if (!reader) {
    const patterns = readFileSync(join(packageFolder(), 'dist', 'user-agents.json'), 'utf8');
    reader = new UserAgentReader(JSON.parse(patterns) as UserAgentPatterns);
    for (const text of trials) reader.read(text);
  }
  return reader;
}

/** Parts of a user agent as lists of texts in JSON. */
export function userAgentParts(text: string, names: readonly UserAgentPart[]): string {
  const parts = prepareUserAgents().read(text);
  return JSON.stringify(names.map((name) => parts.get(name) ?? null).map((value) => (value === null ? [] : [value])));
}
