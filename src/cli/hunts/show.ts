import { type Command, Option } from 'commander';
import { addLibraryOptions, type LibraryOptions } from '../library.ts';

interface ShowOptions extends LibraryOptions {
  readonly format: 'text' | 'md' | 'json';
}

export function addShow(hunts: Command): void {
  const command = hunts
    .command('show')
    .description('Show a hunt: what it looks for, its queries, notes and references')
    .argument('<hunt>', 'a hunt file, or a UUID or name from the library')
    .addOption(new Option('-f, --format <name>', 'how to print').choices(['text', 'md', 'json']).default('text'));
  addLibraryOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  $ harrier hunts show beaconing-unsigned-process-windows
  $ harrier hunts show 12fc59e7 --format md
  $ harrier hunts show my-hunts/odd-logins.toml --format json`,
    )
    .action(async (hunt: string, options: ShowOptions) => {
      await show(hunt, options);
    });
}

async function show(selector: string, options: ShowOptions): Promise<void> {
  const { readListing } = await import('./listing.ts');
  const { hunts, attack } = await readListing([selector], options);
  for (const [i, listed] of hunts.entries()) {
    if (i > 0 && options.format !== 'json') process.stdout.write('\n');
    if (options.format === 'json') {
      const { hunt, facets } = listed;
      const techniques = hunt.mitre.map((id) => ({
        id,
        name: attack.name(id),
        tactics: attack.tacticsOf(id),
        platforms: attack.platformsOf(id),
      }));
      process.stdout.write(`${JSON.stringify({ ...hunt, ...facets, techniques }, null, 2)}\n`);
    } else if (options.format === 'md') {
      const { huntPage } = await import('../../report/hunt-page.ts');
      for (const part of huntPage(listed, attack)) process.stdout.write(part);
    } else {
      const [{ huntText }, { usesColour }] = await Promise.all([
        import('../../report/hunt-text.ts'),
        import('../output.ts'),
      ]);
      const width = process.stdout.isTTY ? process.stdout.columns : null;
      for (const part of huntText(listed, attack, { width, colour: usesColour(process.stdout) }))
        process.stdout.write(part);
    }
  }
}
