/** A leading part of a pattern, taken as the name of a folder, and the glob below it. */
export interface LiteralFolder {
  readonly folder: string;
  /** With `/` between its parts, whatever the platform. */
  readonly glob: string;
}

/** `\\?\UNC\server\share\`, `\\?\C:\`, `\\server\share\`, `C:\` and `\`: what no glob can be part of. */
const windowsRoot =
  /^(?:[\\/]{2}[?.][\\/]UNC[\\/]+[^\\/]+[\\/]+[^\\/]+[\\/]*|[\\/]{2}[?.][\\/][^\\/]+[\\/]*|[\\/]{2}[^\\/]+[\\/]+[^\\/]+[\\/]*|[A-Za-z]:[\\/]*|[\\/]+)/i;
const posixRoot = /^\/+/;

/**
 * The folders that a pattern may begin with, the longest first: the first of them that exists is meant literally, so
 * that `Downloads (1)/*.ndjson` finds what is there. A backslash divides parts on Windows alone; elsewhere it is part of
 * a name, or escapes a character of the glob.
 */
export function* literalFolders(pattern: string, platform: NodeJS.Platform): Iterable<LiteralFolder> {
  const isWindows = platform === 'win32';
  const root = (isWindows ? windowsRoot : posixRoot).exec(pattern)?.[0] ?? '';
  const rest = pattern.slice(root.length);
  const parts = rest.split(isWindows ? /[\\/]+/ : /\/+/).filter((part) => part !== '');
  const separator = isWindows ? '\\' : '/';
  const isRelativeToDrive = /^[A-Za-z]:$/.test(root);
  const base = root === '' || isRelativeToDrive || /[\\/]$/.test(root) ? root : root + separator;
  for (let n = parts.length - 1; n >= 0; n--)
    yield { folder: base + parts.slice(0, n).join(separator) || '.', glob: parts.slice(n).join('/') };
}
