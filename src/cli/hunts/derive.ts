import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { type Job, jobsOf } from '../../app/jobs.ts';
import { InputError } from '../../diagnostics/diagnostic.ts';
import { deriveToml } from '../../hunts/derive.ts';
import { findHunts } from '../../hunts/library.ts';
import { hasOverrides } from '../../overrides/override.ts';
import { addLibraryOptions, type LibraryOptions, libraryFolders } from '../library.ts';
import { checkOutput, writeWhole } from '../output.ts';
import { addOverrideOptions, type OverrideOptions, overrideArguments, overridesOf } from '../override-options.ts';

type DeriveOptions = OverrideOptions &
  LibraryOptions & { readonly name?: string; readonly output?: string; readonly force: boolean };

export function addDerive(hunts: Command): void {
  const command = hunts
    .command('derive')
    .description('Write a new hunt from another one, with other thresholds, window, platform or conditions')
    .argument('<hunt>', 'a hunt file, a UUID or a name from the library');
  addLibraryOptions(addOverrideOptions(command))
    .option('--name <name>', 'the name of the new hunt')
    .option('-o, --output <file>', 'write it to a file')
    .option('--force', 'overwrite the file', false)
    .addHelpText(
      'after',
      `
Examples:
  $ harrier hunts derive 41fd9994 --set bytes_sent=500MB --output exfiltration-500mb.toml
  $ harrier hunts derive 894af375 --platform linux --window 24h --name 'Beaconing (Linux)' --output beaconing-linux.toml`,
    )
    .action(derive);
}

async function derive(selector: string, options: DeriveOptions): Promise<void> {
  checkOutput(options);
  const { hunts } = await findHunts([selector], await libraryFolders(options));
  const [hunt] = hunts;
  if (!hunt || hunts.length !== 1) throw new InputError(`${selector} holds ${hunts.length} hunts`, 'name one of them');
  const overrides = await overridesOf(options);
  if (!hasOverrides(overrides))
    throw new InputError('nothing would be different', 'say what: --set, --window, --platform, --exclude or --only');
  const { overrideJobs } = await import('../../app/override-jobs.ts');
  const jobs = await overrideJobs(jobsOf(hunt), overrides, null);
  const refused = jobs.find(({ refusal }) => refusal !== undefined);
  if (refused) throw new InputError(`query ${refused.query + 1} of ${hunt.name}: ${refused.refusal}`);
  if (options.platform) await tellNotRecorded(options.platform, jobs);
  const text = deriveToml(hunt, await readFile(hunt.file, 'utf8'), {
    uuid: randomUUID(),
    name: options.name ?? `${hunt.name} (${options.platform ?? 'derived'})`,
    queries: jobs.map(({ esql }) => esql.text),
    overrides: overrideArguments(options),
  });
  if (options.output === undefined) process.stdout.write(text);
  else {
    await writeWhole(options.output, [text]);
    process.stderr.write(`wrote ${options.output}\n`);
  }
}

/** A hunt that asks for what is never recorded on the other platform will find nothing there. */
async function tellNotRecorded(platform: string, jobs: readonly Job[]): Promise<void> {
  const [{ notRecordedOn }, { typed }, { standardSurroundings }] = await Promise.all([
    import('../../coverage/platform-facts.ts'),
    import('../../overrides/typed-query.ts'),
    import('../../app/override-jobs.ts'),
  ]);
  for (const { esql } of jobs)
    for (const fact of notRecordedOn(platform, await typed(esql, standardSurroundings())))
      process.stderr.write(`note: ${fact}\n`);
}
