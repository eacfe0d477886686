import { type Command, Option } from 'commander';
import pc from 'picocolors';
import { grid } from '../../report/table-grid.ts';
import { surfaceOf, writeTo } from '../output.ts';
import { addOwnMappings, type OwnMappings, ownMappings } from './own-mappings.ts';

interface ListOptions extends OwnMappings {
  readonly format: 'table' | 'json';
}

export function addList(mapping: Command, signal: AbortSignal): void {
  const command = mapping
    .command('list', { isDefault: true })
    .description('List the mappings: the shipped ones, and your own')
    .addOption(new Option('-f, --format <name>', 'how to print').choices(['table', 'json']).default('table'));
  addOwnMappings(command)
    .addHelpText(
      'after',
      `
Examples:
  $ harrier mapping list
  $ harrier mapping list --mapping my-mappings/ --format json`,
    )
    .action(async (options: ListOptions) => {
      const { listMappings } = await import('../../app/list-mappings.ts');
      const listed = await listMappings(await ownMappings(options), signal);
      if (options.format === 'json') {
        process.stdout.write(`${JSON.stringify({ mappings: listed }, null, 2)}\n`);
        return;
      }
      const { width, colour } = surfaceOf(undefined);
      const shown = listed.filter(({ index }) => index !== null);
      const names = ['name', 'title', 'index', 'file'];
      const columns = names.map((name) => ({ name, type: 'keyword' as const }));
      const values = shown.map(({ name, title, index, file }) => [name, title, index, file ?? 'shipped']);
      await writeTo(undefined, grid({ columns, values }, width, pc.createColors(colour)));
    });
}
