import { type Attack, isTactic, techniqueOf } from '../hunts/attack.ts';
import type { ListedHunt } from '../hunts/search.ts';
import { techniqueLink } from './hunt-page.ts';
import { harmless } from './markdown.ts';

export const groupings = ['technique', 'tactic', 'platform'] as const;
export type Grouping = (typeof groupings)[number];

/** The hunts under headings, each with a link to its page; a hunt stands under every heading that it belongs to. */
export function* huntIndex(
  hunts: readonly ListedHunt[],
  pageOf: (hunt: ListedHunt) => string,
  by: Grouping,
  attack: Attack | null,
): Iterable<string> {
  yield `# Hunts\n\n${hunts.length} ${hunts.length === 1 ? 'hunt' : 'hunts'} by ${by}.\n`;
  for (const [key, members] of grouped(hunts, by, attack)) {
    const title = key === null ? `No ${by}` : by === 'platform' ? harmless(key) : techniqueLink(key, attack);
    yield `\n## ${title}\n\n`;
    yield '| Hunt | Platforms | Techniques | Data sources |\n| --- | --- | --- | --- |\n';
    for (const member of members) {
      const { hunt, facets } = member;
      const cells = [
        `[${harmless(hunt.name)}](${pageOf(member)})`,
        facets.platforms.map(harmless).join(', '),
        hunt.mitre.map((id) => techniqueLink(id, attack)).join(', '),
        hunt.integration.map(harmless).join(', '),
      ];
      yield `| ${cells.join(' | ')} |\n`;
    }
  }
}

/** Headings in order, with the hunts under each; those that have none come last. */
function grouped(hunts: readonly ListedHunt[], by: Grouping, attack: Attack | null): [string | null, ListedHunt[]][] {
  const groups = new Map<string | null, ListedHunt[]>();
  const sorted = [...hunts].sort((a, b) => a.hunt.name.localeCompare(b.hunt.name, 'en'));
  for (const hunt of sorted) {
    const keys = new Set(keysOf(hunt, by, attack));
    for (const key of keys.size > 0 ? keys : [null]) groups.set(key, [...(groups.get(key) ?? []), hunt]);
  }
  return [...groups].sort(([a], [b]) => (a === null ? 1 : b === null ? -1 : a < b ? -1 : 1));
}

function keysOf({ hunt, facets }: ListedHunt, by: Grouping, attack: Attack | null): string[] {
  if (by === 'platform') return [...facets.platforms];
  if (by === 'technique') return hunt.mitre.filter((id) => !isTactic(id)).map(techniqueOf);
  return hunt.mitre.flatMap((id) => (isTactic(id) ? [id] : (attack?.tacticsOf(id) ?? [])));
}
