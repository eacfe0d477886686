import { type Command, Option } from 'commander';
import { InputError } from '../../diagnostics/diagnostic.ts';
import type { ListedHunt } from '../../hunts/search.ts';
import { type Grouping, groupings } from '../../report/hunt-index.ts';
import { addLibraryOptions, type LibraryOptions } from '../library.ts';

interface DocsOptions extends LibraryOptions {
  readonly output: string;
  readonly by: Grouping;
  readonly force: boolean;
}

export function addDocs(hunts: Command): void {
  const command = hunts
    .command('docs')
    .description('Write a Markdown page for each hunt, and an index')
    .argument('[hunt...]', 'hunt files or folders of them; the whole library when none is named')
    .requiredOption('-o, --output <folder>', 'where the pages go')
    .addOption(new Option('--by <what>', 'how the index is grouped').choices(groupings).default('technique'))
    .option('--force', 'write into a folder that holds something already', false);
  addLibraryOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  $ harrier hunts docs --output docs/hunts
  $ harrier hunts docs my-hunts/ --output site --by platform --force`,
    )
    .action(async (selectors: string[], options: DocsOptions) => {
      await docs(selectors, options);
    });
}

async function docs(selectors: readonly string[], options: DocsOptions): Promise<void> {
  const [{ readListing }, { huntPage }, { huntIndex }, { mkdir, readdir, writeFile }, { join }] = await Promise.all([
    import('./listing.ts'),
    import('../../report/hunt-page.ts'),
    import('../../report/hunt-index.ts'),
    import('node:fs/promises'),
    import('node:path'),
  ]);
  const { output, force, by } = options;
  const there = await readdir(output).catch(() => []);
  if (there.length > 0 && !force)
    throw new InputError(`${output} holds something already`, 'write into it with --force');
  const { hunts, attack } = await readListing(selectors, options);
  const pages = await pageNames(hunts);
  try {
    await mkdir(output, { recursive: true });
    for (const hunt of hunts) await writeFile(join(output, pages.get(hunt)!), [...huntPage(hunt, attack)].join(''));
    const index = [...huntIndex(hunts, (hunt) => pages.get(hunt)!, by, attack)].join('');
    await writeFile(join(output, 'index.md'), index);
  } catch (error) {
    throw new InputError(`cannot write to ${output}: ${(error as Error).message}`);
  }
  process.stderr.write(`${hunts.length} ${hunts.length === 1 ? 'page' : 'pages'} and index.md in ${output}\n`);
}

/** A file name for each hunt's page: plain letters, and none twice, in any case of letters. */
async function pageNames(hunts: readonly ListedHunt[]): Promise<ReadonlyMap<ListedHunt, string>> {
  const { slugOf } = await import('../../hunts/library.ts');
  const taken = new Set(['index']);
  const names = new Map<ListedHunt, string>();
  for (const listed of hunts) {
    const slug =
      slugOf(listed.hunt.file)
        .toLowerCase()
        .replace(/[^a-z0-9_]+/g, '-')
        .replace(/^-+|-+$/g, '') || 'hunt';
    let name = slug;
    for (let n = 2; taken.has(name); n++) name = `${slug}-${n}`;
    taken.add(name);
    names.set(listed, `${name}.md`);
  }
  return names;
}
