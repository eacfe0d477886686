/** The parts that URI_PARTS makes of a URI, in the order of its columns. */
export const uriPartNames = [
  'domain',
  'fragment',
  'path',
  'extension',
  'port',
  'query',
  'scheme',
  'user_info',
  'username',
  'password',
] as const;

/**
 * The parts of a URI as JSON: for each name a list with its text, or an empty one. Null when the text is none, by the
 * rules of RFC 2396 that Java follows.
 */
export function uriParts(text: string): string | null {
  if (/[\s<>"{}|\\^`]|%(?![0-9A-Fa-f]{2})/.test(text)) return null;
  const found = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(text)!;
  const [, scheme, authority, path = '', query, fragment] = found;
  const place = /^(?:([^@]*)@)?(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(authority ?? '');
  if (!place) return null;
  const [, userInfo, domain, port] = place;
  const decoded = (part: string | undefined): string | undefined => {
    try {
      return part === undefined ? undefined : decodeURIComponent(part);
    } catch {
      return part;
    }
  };
  const colon = userInfo?.indexOf(':') ?? -1;
  const extension = /\.([^./]+)$/.exec(path)?.[1];
  const parts: Record<(typeof uriPartNames)[number], string | undefined> = {
    domain: domain || undefined,
    fragment: decoded(fragment),
    path: decoded(path),
    extension,
    port: port || undefined,
    query: decoded(query),
    scheme,
    user_info: decoded(userInfo),
    username: colon > 0 ? decoded(userInfo!.slice(0, colon)) : undefined,
    password: colon > 0 ? decoded(userInfo!.slice(colon + 1)) : undefined,
  };
  return JSON.stringify(uriPartNames.map((name) => (parts[name] === undefined ? [] : [parts[name]])));
}
