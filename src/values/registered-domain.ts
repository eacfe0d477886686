import { parse } from 'tldts';

/** The parts of a host's name by the public suffix list, as Elasticsearch's registered_domain processor names them. */
export type DomainPart = 'registered_domain' | 'subdomain' | 'top_level_domain';

/** A part of a host's name; null where it has none, as names without a dot and addresses. */
export function domainPart(name: string, part: DomainPart): string | null {
  const { domain, subdomain, publicSuffix, isIp } = parse(name, { allowPrivateDomains: true });
  if (isIp || domain === null) return null;
  const found = part === 'registered_domain' ? domain : part === 'subdomain' ? subdomain : publicSuffix;
  return found || null;
}
