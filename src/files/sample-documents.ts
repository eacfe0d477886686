import { join } from 'node:path';
import { makeTemporaryFolder, removeTemporaryFolder } from '../temporary/temporary-folder.ts';
import { firstDocuments } from './first-documents.ts';
import type { InputFile } from './input-file.ts';
import { sourcesOf } from './input-sources.ts';
import { asDocuments } from './table-source.ts';

/** The first documents of what there is to read of a file; `path` as reports call it. */
export interface SampledSource {
  readonly path: string;
  readonly documents: readonly object[];
}

/** The first documents of files and of the entries of archives, as they stand there. */
export async function sampleDocuments(
  files: readonly InputFile[],
  most: number,
  signal?: AbortSignal,
): Promise<SampledSource[]> {
  const folder = makeTemporaryFolder('samples');
  try {
    const found: SampledSource[] = [];
    for (const [i, input] of files.entries()) {
      signal?.throwIfAborted();
      const own = join(folder, String(i));
      const { sources } = await sourcesOf(input, own, signal);
      for (const source of sources) {
        const documents = await firstDocuments(await asDocuments(source, own, { rows: most }, signal), most);
        found.push({ path: `${input.name}${source.entry}`, documents });
      }
    }
    return found;
  } finally {
    removeTemporaryFolder(folder);
  }
}
