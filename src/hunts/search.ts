import { patternMatcher } from '../catalogue/index-pattern.ts';
import { type Attack, isWithin } from './attack.ts';
import type { Facets } from './facets.ts';
import type { Hunt } from './hunt.ts';

/** A hunt with what it is about. */
export interface ListedHunt {
  readonly hunt: Hunt;
  readonly facets: Facets;
}

/** What a hunt must be to be found; each that is given must hold. */
export interface Criteria {
  /** In the name, description, notes or queries, in any case. */
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
    (text === undefined || textsOf(hunt).some((one) => one.toLowerCase().includes(text.toLowerCase()))) &&
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

function textsOf(hunt: Hunt): string[] {
  const queries = [...hunt.queries, ...(hunt.otherQueries ?? [])].map((query) => query.text);
  return [hunt.name, hunt.description ?? '', ...hunt.notes, ...queries];
}

/** `endpoint` is part of `logs-endpoint.events.*`, and an index by its name is one that a pattern fits. */
const readsFrom = (pattern: string, wanted: string): boolean =>
  pattern.toLowerCase().includes(wanted.toLowerCase()) || (pattern !== '*' && patternMatcher(pattern)(wanted));
