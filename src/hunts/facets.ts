import { SourceText } from '../diagnostics/source-text.ts';
import { literalConditions } from '../esql/literal-conditions.ts';
import { parse } from '../esql/parse.ts';
import type { Query } from '../esql/syntax/ast.ts';
import { indexPatterns } from '../esql/syntax/walk.ts';
import type { Hunt } from './hunt.ts';

/** What a hunt is about, read from its queries. */
export interface Facets {
  /** Operating systems, clouds and services, sorted; none where nothing says so. */
  readonly platforms: readonly string[];
  /** The index patterns that its queries read. */
  readonly indices: readonly string[];
}

export function facetsOf(hunt: Hunt): Facets {
  const parsed = hunt.queries.flatMap(({ text }) => parse(new SourceText(text)).query ?? []);
  return {
    platforms: platformsOf(hunt, parsed),
    indices: [...new Set(parsed.flatMap(indexPatterns))],
  };
}

const systemFields: ReadonlySet<string> = new Set([
  ...['host.os.type', 'host.os.family', 'host.os.platform'],
  ...['host.os.type.caseless', 'host.os.family.caseless', 'host.os.platform.caseless'],
]);

/** Platforms under the names that hunts are filed by. */
export const platformNames = [
  ...['windows', 'linux', 'macos', 'unix', 'android', 'ios'],
  ...['aws', 'azure', 'gcp', 'okta', 'github', 'gitlab', 'google_workspace', 'o365', 'kubernetes', 'network', 'llm'],
] as const;

/** What host.os.* calls systems known by a wider name. */
const widerNames: readonly [RegExp, string][] = [
  [/^(?:darwin|mac ?os(?: ?x)?|osx)$/i, 'macos'],
  [/^win(?:dows)?\b/i, 'windows'],
  [
    /^(?:debian|ubuntu|redhat|rhel|centos|fedora|suse|sles|opensuse|amzn|amazon|alpine|arch|rocky|almalinux|ol|kali)$/i,
    'linux',
  ],
];

const platformOf = (value: string): string =>
  widerNames.find(([pattern]) => pattern.test(value))?.[1] ?? value.toLowerCase();

/** What its queries ask host.os.* to be; else the folder it stands in; else its file's name. */
function platformsOf(hunt: Hunt, parsed: readonly Query[]): string[] {
  const asked = parsed
    .flatMap((query) => literalConditions(query, systemFields))
    .filter((value) => /^[\w .-]+$/.test(value))
    .map(platformOf);
  if (asked.length > 0) return [...new Set(asked)].sort();
  const parts = hunt.file.toLowerCase().split(/[/\\]/);
  // `linux/queries/x.toml`: nearer folders say more, and those far above nothing.
  const folder = parts
    .slice(-4, -1)
    .reverse()
    .find((part) => isPlatform(part));
  if (folder !== undefined) return [folder];
  const words = (parts.at(-1) ?? '').replace(/\.[^.]+$/, '').split(/[-_.\s]+/);
  return [...new Set(words.filter(isPlatform))].sort();
}

const isPlatform = (name: string): boolean => (platformNames as readonly string[]).includes(name);
