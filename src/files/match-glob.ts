import { join } from 'node:path';
import { globSync } from 'tinyglobby';
import type { Entry } from './list-folder.ts';

/** Where the folder seems to lie: a name that no character of a pattern or a path can disturb. */
const base = '/folder';

/**
 * The paths below a folder that a glob matches, with `/` between parts and behind a folder. The matcher sees a tree of
 * its own, listed by `list`: the name of the folder itself may hold anything, and links are followed here.
 */
export function matchGlob(
  folder: string,
  glob: string,
  list: (path: string) => readonly Entry[],
  platform: NodeJS.Platform,
): string[] {
  const listed = (path: string): object[] => {
    const below = path.slice(path.indexOf(base) + base.length).replace(/^[\\/]+|[\\/]+$/g, '');
    return list(join(folder, below)).map(({ name, isFolder }) => ({
      name,
      isFile: () => !isFolder,
      isDirectory: () => isFolder,
      isSymbolicLink: () => false,
    }));
  };
  // The matcher would take an exclamation mark for "all but these".
  const pattern = glob.replace(/^!(?!\()/, '\\!');
  const found = globSync(pattern, {
    cwd: base,
    dot: false,
    expandDirectories: false,
    onlyFiles: false,
    caseSensitiveMatch: platform !== 'win32',
    fs: { readdirSync: listed as never },
  });
  // A pattern such as `[!a]*` matches no name at all, too: that of the folder itself.
  return found.filter((path) => path !== '.');
}
