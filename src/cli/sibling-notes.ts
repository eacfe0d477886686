import type { Hunt } from '../hunts/hunt.ts';
import { findHunts, slugOf } from '../hunts/library.ts';
import { siblingOn } from '../hunts/sibling-hunt.ts';
import { type LibraryOptions, libraryFolders } from './library.ts';

/**
 * Names the hunt of the library that was written for the platform on which another hunt is to look: `--platform`, or the one
 * that a derived hunt asks for. The library is read where somebody asks.
 */
export function siblingNotes(
  options: LibraryOptions & { readonly platform?: string },
): (hunt: Hunt) => Promise<string | null> {
  let library: Promise<readonly Hunt[]> | null = null;
  const read = async (): Promise<readonly Hunt[]> => {
    const folders = await libraryFolders(options);
    return (await findHunts(folders, folders)).hunts;
  };
  return async (hunt) => {
    if (options.platform === undefined && hunt.derivedFrom === undefined) return null;
    library ??= read();
    const { facetsOf } = await import('../hunts/facets.ts');
    const platform = options.platform ?? facetsOf(hunt).platforms[0];
    const sibling = platform === undefined ? null : siblingOn(platform, hunt, await library);
    return sibling && `the library has a hunt for ${platform}: ${sibling.name}, harrier run ${slugOf(sibling.file)}`;
  };
}
