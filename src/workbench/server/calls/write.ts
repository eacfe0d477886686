import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { deriveHunt } from '../../../app/derive-hunt.ts';
import { overrideJobs } from '../../../app/override-jobs.ts';
import { InputError } from '../../../diagnostics/diagnostic.ts';
import { huntFileName } from '../../../hunts/file-name.ts';
import { readHunt } from '../../../hunts/library.ts';
import { huntToml } from '../../../hunts/write-toml.ts';
import type { Question } from '../../contract/question.ts';
import type { Handler } from '../call.ts';
import type { Workbench } from '../context.ts';
import { huntId } from '../library.ts';
import { argumentsOf, overridesOf } from '../questions.ts';

/** Writes what is open as a hunt of its own into the first library; without --write it gives the text alone. */
export const writeHunt: Handler<'hunt/write'> = async ({ question, name }, workbench) => {
  if (name.trim() === '') throw new InputError('the hunt needs a name');
  const toml = await textOf(question, name.trim(), workbench);
  const { write, library } = workbench.options;
  if (!write) return { toml, written: null, hunt: null };
  if (write.hunts === null)
    throw new InputError('harrier.toml names no library that hunts could be written into', 'libraries = ["hunts"]');
  const fileName = huntFileName(name);
  const file = join(write.hunts, fileName);
  try {
    await writeFile(file, toml, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST')
      throw new InputError(`${fileName} is there already`, 'give the hunt another name');
    throw new InputError(`cannot write ${fileName} into the library: ${(error as NodeJS.ErrnoException).code}`);
  }
  const hunt = await readHunt(file);
  library.add(hunt);
  return { toml, written: join(basename(write.hunts), fileName), hunt: huntId(hunt) };
};

async function textOf(question: Question, name: string, { options }: Workbench): Promise<string> {
  const overrides = overridesOf(question);
  if (question.hunt === null) {
    const [job] = await overrideJobs([options.library.job(question)], overrides, null);
    if (job!.refusal !== undefined) throw new InputError(job!.refusal);
    return huntToml({
      ...{ uuid: randomUUID(), name, author: options.user, description: null, license: null },
      ...{ integration: [], language: ['ES|QL'], notes: [], mitre: [], references: [] },
      queries: [job!.esql.text],
    });
  }
  const edited = question.text === null ? [] : [[question.query, question.text] as const];
  const { text } = await deriveHunt({
    ...{ hunt: options.library.hunt(question.hunt), overrides, name, edited: new Map(edited) },
    written: argumentsOf(question) || 'edited text',
  });
  return text;
}
