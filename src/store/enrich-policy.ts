import type { EnrichPolicy } from '../catalogue/catalogue.ts';
import { own } from '../values/own.ts';
import { illegalArgument } from './refusal.ts';

/*
 * Enrich policies, as PUT /_enrich/policy takes them: {"match": {"indices", "match_field", "enrich_fields"}}. Elasticsearch
 * copies the documents when a policy is executed; here queries read the index itself, as it is.
 */

const types = ['match', 'range', 'geo_match'];

/** Checks the body of a policy; throws a Refusal. */
export function checkEnrichPolicy(name: string, body: Readonly<Record<string, unknown>>): void {
  policyOf(name, body);
}

function policyOf(name: string, body: Readonly<Record<string, unknown>>): EnrichPolicy {
  const type = types.find((one) => own(body, one) !== undefined);
  if (type === undefined) throw illegalArgument(`enrich policy [${name}] needs one of [${types.join(', ')}]`);
  const { indices, match_field, enrich_fields } = (own(body, type) ?? {}) as Record<string, unknown>;
  const list = (value: unknown): string[] => (Array.isArray(value) ? value : [value]).map(String);
  if (indices === undefined || typeof match_field !== 'string' || !Array.isArray(enrich_fields))
    throw illegalArgument(`enrich policy [${name}] needs [indices], [match_field] and [enrich_fields]`);
  return { name, type, indices: list(indices), matchField: match_field, enrichFields: list(enrich_fields) };
}

/** The policies that a store keeps. */
export const enrichPolicies = (kept: readonly { name: string; body: unknown }[]): EnrichPolicy[] =>
  kept.map(({ name, body }) => policyOf(name, body as Record<string, unknown>));
