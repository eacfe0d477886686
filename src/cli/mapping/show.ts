import type { Command } from 'commander';
import { shownText } from '../output.ts';
import { addOwnMappings, type OwnMappings, ownMappings } from './own-mappings.ts';

export function addShow(mapping: Command, signal: AbortSignal): void {
  const command = mapping
    .command('show')
    .description('Print a mapping as it is written')
    .argument('<name>', 'the name of a mapping, as list shows it');
  addOwnMappings(command)
    .addHelpText(
      'after',
      `
Examples:
  $ harrier mapping show sysmon
  $ harrier mapping show sysmon > my-sysmon.yml`,
    )
    .action(async (name: string, options: OwnMappings) => {
      const { showMapping } = await import('../../app/list-mappings.ts');
      process.stdout.write(shownText(await showMapping(name, await ownMappings(options), signal)));
    });
}
