import type { Command } from 'commander';
import { InputError } from '../../diagnostics/diagnostic.ts';
import { findHunts } from '../../hunts/library.ts';
import { visible } from '../../values/visible.ts';
import { addLibraryOptions, type LibraryOptions, libraryFolders } from '../library.ts';
import { checkOutput, writeWhole } from '../output.ts';
import { addOverrideOptions, type OverrideOptions, overrideArguments, overridesOf } from '../override-options.ts';
import { siblingNotes } from '../sibling-notes.ts';

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
  const { deriveHunt } = await import('../../app/derive-hunt.ts');
  const { text, notRecorded } = await deriveHunt({
    ...{ hunt, overrides: await overridesOf(options), written: overrideArguments(options) },
    name: options.name ?? null,
  });
  for (const fact of notRecorded) process.stderr.write(`note: ${visible(fact)}\n`);
  const sibling = await siblingNotes(options)(hunt);
  if (sibling !== null && notRecorded.length > 0) process.stderr.write(`note: ${visible(sibling)}\n`);
  if (options.output === undefined) process.stdout.write(text);
  else {
    await writeWhole(options.output, [text]);
    process.stderr.write(`wrote ${options.output}\n`);
  }
}
