import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { View } from '../catalogue/catalogue.ts';
import { InputError } from '../diagnostics/diagnostic.ts';
import { SourceText } from '../diagnostics/source-text.ts';
import { parse } from '../languages/esql/parse.ts';

/** The views of a folder: each file NAME.esql is the query of a view NAME. Throws an InputError. */
export async function readViews(folder: string): Promise<View[]> {
  const files = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    throw new InputError(`the folder of views ${folder} cannot be read: ${error.code ?? error.message}`);
  });
  const names = files.filter((file) => file.endsWith('.esql')).sort();
  if (names.length === 0)
    throw new InputError(`no view in ${folder}`, 'a view NAME is a file NAME.esql with its query');
  return Promise.all(
    names.map(async (file) => {
      const query = await readFile(join(folder, file), 'utf8');
      const source = new SourceText(query);
      const [problem] = parse(source).diagnostics;
      if (problem) {
        const { line, column } = source.position(problem.span.start);
        throw new InputError(`${join(folder, file)}:${line}:${column}: ${problem.message}`);
      }
      return { name: file.slice(0, -'.esql'.length), query };
    }),
  );
}
