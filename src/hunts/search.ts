import { patternMatcher } from '../catalogue/index-pattern.ts';
import { type Attack, isWithin } from './attack.ts';
import type { Facets } from './facets.ts';
import type { Hunt } from './hunt.ts';
import { slugOf } from './library.ts';

/** A hunt with what it is about. */
export interface ListedHunt {
  readonly hunt: Hunt;
  readonly facets: Facets;
}

/** What a hunt must be to be found; each that is given must hold. */
export interface Criteria {
  /** Words, each of which stands somewhere: in the name, description, notes, queries, techniques or tactics, in any case. */
  readonly text?: string;
  /** A technique, its sub-techniques included. */
  readonly technique?: string;
  readonly tactic?: string;
  readonly platform?: string;
  /** An integration, or an index that a query reads. */
  readonly dataSource?: string;
  readonly language?: string;
}

/** Whether a hunt fits. Without ATT&CK's data a tactic is known where a hunt lists it itself. */
export function fits({ hunt, facets }: ListedHunt, criteria: Criteria, attack: Attack | null): boolean {
  const { text, technique, tactic, platform, dataSource, language } = criteria;
  const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
  return (
    (text === undefined || hasWords(textOf(hunt, attack), text)) &&
    (technique === undefined || hunt.mitre.some((id) => isWithin(id, technique))) &&
    (tactic === undefined ||
      hunt.mitre.some((id) => same(id, tactic) || attack?.tacticsOf(id).some((one) => same(one, tactic)))) &&
    (platform === undefined || facets.platforms.some((one) => same(one, platform))) &&
    (dataSource === undefined ||
      hunt.integration.some((one) => same(one, dataSource)) ||
      facets.indices.some((pattern) => readsFrom(pattern, dataSource))) &&
    (language === undefined || hunt.language.some((one) => same(one, language)))
  );
}

/** What is searched, in small letters. */
export function textOf(hunt: Hunt, attack: Attack | null): string {
  const queries = [...hunt.queries, ...(hunt.otherQueries ?? [])].map((query) => query.text);
  const techniques = hunt.mitre.flatMap((id) => [
    id,
    attack?.name(id) ?? '',
    ...(attack?.tacticsOf(id) ?? []).map((tactic) => attack!.tactics.get(tactic) ?? tactic),
  ]);
  return [hunt.name, slugOf(hunt.file), hunt.description ?? '', ...hunt.notes, ...queries, ...techniques]
    .join('\n')
    .toLowerCase();
}

/** Whether a text has all words of another, in any order. */
export const hasWords = (text: string, words: string): boolean =>
  words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));

/** `endpoint` is part of `logs-endpoint.events.*`, and an index by its name is one that a pattern fits. */
const readsFrom = (pattern: string, wanted: string): boolean =>
  pattern.toLowerCase().includes(wanted.toLowerCase()) || (pattern !== '*' && patternMatcher(pattern)(wanted));
