import { type Content, digestOfDocuments, isSampledWhole } from './content.ts';
import { type FileReport, notReadReport } from './load-report.ts';

/** A file that was read, in which there may be the same as in another. */
export interface Comparable {
  /** Where it lies; null where it is there no more. */
  readonly path: string | null;
  readonly content: Content;
}

/**
 * Files that hold the same documents as one before them, each with that one. Files of one size and one sample are read again
 * to be certain, unless the sample is all of them.
 */
export async function findCopies<T extends Comparable>(
  files: readonly T[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<T, T>> {
  const copies = new Map<T, T>();
  for (const alike of grouped(files, ({ content }) => `${content.bytes} ${content.sample}`)) {
    const certain = isSampledWhole(alike[0]!.content) ? [alike] : grouped(await digested(alike, signal), digestKey);
    for (const [first, ...others] of certain) for (const other of others) copies.set(other, first!);
  }
  return copies;
}

const digestKey = ({ content }: Comparable): string => content.digest!;

async function digested<T extends Comparable>(files: readonly T[], signal?: AbortSignal): Promise<T[]> {
  // What cannot be read again is not known to be the same.
  for (const { path, content } of files)
    if (path !== null) content.digest ??= await digestOfDocuments(path, content, signal).catch(() => null);
  signal?.throwIfAborted();
  return files.filter(({ content }) => content.digest !== null);
}

/** Groups of more than one. */
function grouped<T>(all: readonly T[], keyOf: (one: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const key = keyOf(one);
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return [...groups.values()].filter(({ length }) => length > 1);
}

/** Says of a file that its events are those of another. */
export const sameAs = (path: string, other: string): FileReport => notReadReport(path, 'same', `the same as ${other}`);
