import { parse } from 'tldts';

/** The parts that REGISTERED_DOMAIN makes of the name of a host, in the order of its columns. */
export const domainParts = ['domain', 'registered_domain', 'top_level_domain', 'subdomain'] as const;

export type DomainPart = (typeof domainParts)[number];

/**
 * The name of a host taken apart by the public suffix list as Elasticsearch does it; null where the list knows no suffix
 * of it. A suffix of the list's private part (`github.io`) counts as registered, by the owner of that domain.
 */
export function registeredDomain(name: string): Partial<Record<DomainPart, string>> | null {
  if (name.startsWith('.')) return null;
  const options = { allowPrivateDomains: true, extractHostname: false, validateHostname: false, detectIp: false };
  const { domain, publicSuffix, isIcann, isPrivate } = parse(name.toLowerCase(), options);
  if (!publicSuffix || !(isIcann || isPrivate)) return null;
  const registered = isPrivate ? publicSuffix : domain;
  if (!registered) return { domain: name, top_level_domain: publicSuffix };
  const subdomain = name.slice(0, -registered.length - 1);
  return {
    domain: name,
    registered_domain: registered,
    top_level_domain: registered.slice(registered.indexOf('.') + 1),
    ...(subdomain && { subdomain }),
  };
}

/** A part of a host's name; null where it has none, as names without a dot and addresses. */
export const domainPart = (name: string, part: DomainPart): string | null => registeredDomain(name)?.[part] ?? null;
