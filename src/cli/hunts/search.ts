import { type Command, InvalidArgumentError } from 'commander';
import { closestMatches } from '../../diagnostics/closest-match.ts';
import { InputError } from '../../diagnostics/diagnostic.ts';
import { type Attack, isTactic } from '../../hunts/attack.ts';
import type { Criteria } from '../../hunts/search.ts';
import { visible } from '../../values/visible.ts';
import { addLibraryOptions } from '../library.ts';
import { type ListOptions, listFormat } from './list.ts';

type SearchOptions = ListOptions & Omit<Criteria, 'text'>;

export function addSearch(hunts: Command): void {
  const command = hunts
    .command('search')
    .description('Find hunts by words, techniques, platforms and data sources')
    .argument(
      '[word...]',
      'words, all of which a hunt has: in names, descriptions, notes, queries, techniques or tactics, in any case',
    )
    .option('--technique <id>', 'a technique, its sub-techniques included, such as T1071', technique)
    .option('--tactic <name>', 'a tactic by name or id, such as "command and control" or TA0011')
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
  $ harrier hunts search lateral movement windows
  $ harrier hunts search --technique T1071 --platform linux
  $ harrier hunts search --data-source endpoint --language 'ES|QL' --library ../detection-rules/hunting
  $ harrier hunts search --tactic 'command and control'

A hunt serves the tactics of its techniques. ATT&CK's data is in the package; harrier.toml may name a newer bundle
(attack = "enterprise-attack.json").`,
    )
    .action(async (words: string[], options: SearchOptions) => {
      const text = words.join(' ').trim();
      await search(text === '' ? undefined : text, options);
    });
}

async function search(text: string | undefined, options: SearchOptions): Promise<void> {
  const [{ readListing, writeListing }, { fits, textOf }] = await Promise.all([
    import('./listing.ts'),
    import('../../hunts/search.ts'),
  ]);
  const given = [text, options.technique, options.tactic, options.platform, options.dataSource, options.language];
  if (given.every((one) => one === undefined))
    throw new InputError('there is nothing to search for', 'give a text or an option, or see harrier hunts list');
  const listing = await readListing([], options);
  const tactic = options.tactic === undefined ? undefined : tacticOf(options.tactic, listing.attack);
  const { tactic: _, ...others } = options;
  const criteria: Criteria = {
    ...others,
    ...(text !== undefined && { text }),
    ...(tactic !== undefined && { tactic }),
  };
  const found = listing.hunts.filter((one) => fits(one, criteria, listing.attack));
  await writeListing({ ...listing, hunts: found }, options.format);
  if (found.length > 0 || text === undefined) return;
  const { searchHint } = await import('../../hunts/search-hint.ts');
  process.stderr.write(
    `help: ${visible(
      searchHint(
        text,
        listing.hunts.map(({ hunt }) => textOf(hunt, listing.attack)),
      ),
    )}\n`,
  );
}

function technique(value: string): string {
  if (!/^(?:AML\.)?T\d{4}(?:\.\d{3})?$/i.test(value))
    throw new InvalidArgumentError('expected a technique such as T1071 or T1071.001');
  return value;
}

/** A tactic by its name or id. ATLAS has tactics that ATT&CK does not know. */
function tacticOf(text: string, attack: Attack): string {
  const known = attack.tacticNamed(text);
  if (known !== null) return known;
  if (isTactic(text.toUpperCase())) return text.toUpperCase();
  const names = [...attack.tactics.values()];
  const [near] = closestMatches(text, names);
  throw new InputError(
    `there is no tactic ${text}`,
    near === undefined ? `there are ${names.join(', ')}` : `did you mean ${near}?`,
  );
}
