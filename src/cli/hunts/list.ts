import { type Command, Option } from 'commander';
import { addLibraryOptions, type LibraryOptions } from '../library.ts';

export interface ListOptions extends LibraryOptions {
  readonly format: 'table' | 'json';
}

export const listFormat = (): Option =>
  new Option('-f, --format <name>', 'how to print').choices(['table', 'json']).default('table');

export function addList(hunts: Command): void {
  const command = hunts
    .command('list', { isDefault: true })
    .description('List hunts: the whole library, or those in a folder')
    .argument('[path...]', 'folders of hunts, or hunt files')
    .addOption(listFormat());
  addLibraryOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  $ harrier hunts list
  $ harrier hunts list my-hunts/ --format json
  $ harrier hunts --library ../detection-rules/hunting`,
    )
    .action(async (paths: string[], options: ListOptions) => {
      const { readListing, writeListing } = await import('./listing.ts');
      await writeListing(await readListing(paths, options), options.format);
    });
}
