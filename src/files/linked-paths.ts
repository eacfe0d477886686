import { join } from 'node:path';
import type { Entry } from './list-folder.ts';

/** Which of the paths that a matcher lists are links, or lie below one. */
export class LinkedPaths {
  readonly #linked = new Set<string>();
  /** The folders on the way to a path, by their identity. */
  readonly #chains = new Map<string, readonly (string | null)[]>();

  has(path: string): boolean {
    return this.#linked.has(path);
  }

  /** Whether a folder, identified by its key, leads back to one above it for the second time: once, what lies in it may match only there. */
  isLoop(path: string, key: string | null): boolean {
    const above = this.#chains.get(join(path, '..')) ?? [];
    this.#chains.set(path, [...above, key]);
    return key !== null && above.filter((other) => other === key).length > 1;
  }

  /** Takes note of the links in a folder. */
  note(folder: string, entries: readonly Entry[]): readonly Entry[] {
    for (const { name, isLink } of entries)
      if (isLink || this.#linked.has(folder)) this.#linked.add(join(folder, name));
    return entries;
  }
}
