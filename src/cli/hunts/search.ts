import { type Command, InvalidArgumentError } from 'commander';
import { InputError } from '../../diagnostics/diagnostic.ts';
import type { Criteria } from '../../hunts/search.ts';
import { addLibraryOptions } from '../library.ts';
import { type ListOptions, listFormat } from './list.ts';

type SearchOptions = ListOptions & Omit<Criteria, 'text'>;

export function addSearch(hunts: Command): void {
  const command = hunts
    .command('search')
    .description('Find hunts by words, techniques, platforms and data sources')
    .argument('[text]', 'looked for in names, descriptions, notes and queries, in any case')
    .option('--technique <id>', 'a technique, its sub-techniques included, such as T1071', technique)
    .option('--tactic <id>', 'a tactic, such as TA0011', tactic)
    .option('--platform <name>', 'what it hunts on, such as windows, linux, macos, aws')
    .option('--data-source <name>', 'an integration or index, such as endpoint or logs-system.auth-default')
    .option('--language <name>', 'a language of its queries, such as ES|QL')
    .addOption(listFormat());
  addLibraryOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  $ harrier hunts search beacon
  $ harrier hunts search --technique T1071 --platform linux
  $ harrier hunts search --data-source endpoint --language 'ES|QL' --library ../detection-rules/hunting

Which tactics a technique serves is known where harrier.toml names ATT&CK's data (attack = "enterprise-attack.json");
else a tactic is found where a hunt lists its id itself.`,
    )
    .action(async (text: string | undefined, options: SearchOptions) => {
      await search(text, options);
    });
}

async function search(text: string | undefined, options: SearchOptions): Promise<void> {
  const [{ readListing, writeListing }, { fits }] = await Promise.all([
    import('./listing.ts'),
    import('../../hunts/search.ts'),
  ]);
  const criteria: Criteria = { ...options, ...(text !== undefined && { text }) };
  const given = [text, options.technique, options.tactic, options.platform, options.dataSource, options.language];
  if (given.every((one) => one === undefined))
    throw new InputError('there is nothing to search for', 'give a text or an option, or see harrier hunts list');
  const listing = await readListing([], options);
  const found = listing.hunts.filter((one) => fits(one, criteria, listing.attack));
  await writeListing({ ...listing, hunts: found }, options.format);
  if (options.tactic !== undefined && listing.attack === null)
    process.stderr.write(
      `note: without ATT&CK's data only hunts that list ${options.tactic} themselves are found: attack = "enterprise-attack.json" in harrier.toml names it\n`,
    );
}

function technique(value: string): string {
  if (!/^(?:AML\.)?T\d{4}(?:\.\d{3})?$/i.test(value))
    throw new InvalidArgumentError('expected a technique such as T1071 or T1071.001');
  return value;
}

function tactic(value: string): string {
  if (!/^(?:AML\.)?TA\d{4}$/i.test(value)) throw new InvalidArgumentError('expected a tactic such as TA0011');
  return value;
}
