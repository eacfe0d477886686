import { parse } from 'tldts';
// A private part of the package, whose version is fixed: what stands below a name in the list cannot be asked otherwise.
import {
  edgeChild,
  edgeLength,
  edgeStart,
  exceptionsRoot,
  labelText,
  rulesRoot,
} from 'tldts/dist/cjs/src/data/trie.js';

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

/** Labels at the end of a name by which its registered domain is nearly always known. */
const tailLabels = 3;

/** What names have whose end belongs to no suffix of the list. */
export const noDomain = '!';

/**
 * The registered domain of all names that end with these labels: three, or the whole of a shorter name. `noDomain` where the
 * list knows no suffix of them; null where that depends on what stands before them, or they are no plain labels.
 */
export function registeredInTail(tail: string): string | null {
  if (!/^[a-z0-9_-]+(?:\.[a-z0-9_-]+){0,2}$/.test(tail)) return null;
  const [a, b, c] = tail.split('.');
  const isWhole = c === undefined;
  if (!isWhole && [a, '*'].some((first) => [b, '*'].some((second) => stems().has(`${first}.${second}.${c}`))))
    return null;
  const found = registeredDomain(isWhole ? tail : `x.${tail}`);
  if (!found) return noDomain;
  const registered = found.registered_domain;
  return registered !== undefined && registered.length <= tail.length ? registered : null;
}

let known: ReadonlySet<string> | null = null;

/** Names of three labels below which the list has others; `*` is any label. */
function stems(): ReadonlySet<string> {
  if (known) return known;
  const offsets = new Uint32Array(edgeLength.length);
  for (let edge = 1; edge < offsets.length; edge++) offsets[edge] = offsets[edge - 1]! + edgeLength[edge - 1]!;
  const found = new Set<string>();
  const visit = (node: number, name: string, depth: number): void => {
    const [begin, end] = [edgeStart[node]!, edgeStart[node + 1]!];
    if (depth === tailLabels) {
      if (begin < end) found.add(name);
      return;
    }
    for (let edge = begin; edge < end; edge++) {
      const label = labelText.slice(offsets[edge]!, offsets[edge]! + edgeLength[edge]!);
      visit(edgeChild[edge]!, name === '' ? label : `${label}.${name}`, depth + 1);
    }
  };
  for (const root of [rulesRoot, exceptionsRoot]) visit(root, '', 0);
  known = found;
  return found;
}
