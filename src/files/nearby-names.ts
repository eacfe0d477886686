import { join } from 'node:path';
import type { FieldTypes } from '../catalogue/field-types.ts';
import { DocumentReaders } from '../documents/documents.ts';
import { fileBegin, lineBatches } from '../documents/line-batches.ts';
import { detect, openDocuments } from '../formats/formats.ts';
import { namesInFiles } from '../tables/names-of-index.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../temporary/temporary-folder.ts';
import type { InputFile } from './input-file.ts';

/** Enough of the data to suggest a name from. */
const sampledFiles = 20;
const sampled = { bytes: 1 << 20, lines: 2000 };

/** Names of fields at the beginning of files, for who misspelled one. */
export async function nearbyNames(files: readonly InputFile[], types: FieldTypes): Promise<string[]> {
  const every = Math.ceil(files.length / sampledFiles);
  const folder = makeTemporaryFolder('names');
  const readers = new DocumentReaders();
  const names = namesInFiles('all', types);
  const found = new Set<string>();
  try {
    for (const [i, { path }] of files.entries()) {
      if (i % every !== 0) continue;
      const detected = await detect(path, Date.now());
      if (detected.kind !== 'documents') continue;
      const source = await openDocuments(path, detected.format);
      try {
        for await (const batch of lineBatches(source, null, fileBegin, sampled, sampled)) {
          const piece = { ...batch.stretch, keeps: 'none', together: false, first: 0 } as const;
          const read = await readers.read(piece, names, join(folder, 'names.parquet'));
          for (const name of read.kinds.keys()) found.add(name);
          read.fields.forEach(({ single, list, rest }, at) => {
            if (single || list || rest) found.add(names.fields[at]!.name);
          });
          break;
        }
      } finally {
        await source.close();
      }
    }
  } finally {
    await readers.close();
    removeTemporaryFolder(folder);
  }
  return [...found];
}
