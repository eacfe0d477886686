import { type Command, Option } from 'commander';
import pc from 'picocolors';
import type { HuntThresholds } from '../../app/list-thresholds.ts';
import { renderQueryError } from '../../diagnostics/render.ts';
import { findHunts } from '../../hunts/library.ts';
import { visible } from '../../values/visible.ts';
import { addLibraryOptions, type LibraryOptions, libraryFolders } from '../library.ts';
import { usesColour } from '../output.ts';
import { tellSkipped } from '../skipped.ts';

/** The command, and its former name. */
export function addThresholds(hunts: Command): void {
  addListing(hunts, 'thresholds', false);
  addListing(hunts, 'knobs', true);
}

function addListing(hunts: Command, name: 'thresholds' | 'knobs', hidden: boolean): void {
  const command = hunts
    .command(name, { hidden })
    .description('List the thresholds of hunts: --set changes them, tune helps choose them')
    .argument('<hunt...>', 'hunt files, folders, UUIDs or names from the library');
  addLibraryOptions(command)
    .addOption(new Option('--format <name>', 'how to print').choices(['table', 'json']).default('table'))
    .addHelpText(
      'after',
      `\nExamples:\n  $ harrier hunts ${name} exfiltration-by-volume-windows\n  $ harrier hunts ${name} hunts/ --format json`,
    )
    .action(async (selectors: string[], options: LibraryOptions & { readonly format: string }) => {
      const { listThresholds } = await import('../../app/list-thresholds.ts');
      const { hunts: found, problems } = await findHunts(selectors, await libraryFolders(options));
      tellSkipped(problems);
      const listed = await listThresholds(found);
      for (const { job, error } of listed.flatMap(({ unread }) => unread)) {
        const words = { name: job.name, lineOffset: job.lineOffset, colour: usesColour(process.stderr), width: 120 };
        process.stderr.write(`${renderQueryError(error, words)}\n`);
      }
      const rows = listed.map(({ hunt: { uuid, name: title, file }, thresholds, unread }) => ({
        hunt: { uuid, name: title, file },
        [name]: thresholds,
        error: unread[0]?.error.message ?? null,
      }));
      process.stdout.write(options.format === 'json' ? `${JSON.stringify(rows, null, 2)}\n` : listing(listed));
    });
}

function listing(listed: readonly HuntThresholds[]): string {
  const colours = pc.createColors(usesColour(process.stdout));
  const parts = listed.map(({ hunt, thresholds, unread }) => {
    const head = `${colours.bold(visible(hunt.name))}${hunt.uuid ? colours.dim(` ${hunt.uuid.slice(0, 8)}`) : ''}\n`;
    if (thresholds.length === 0)
      return `${head}  ${unread.length === 0 ? 'no thresholds' : colours.red('the query is wrong')}\n`;
    const several = thresholds.some(({ query }) => query > 0);
    const width = Math.max(...thresholds.map(({ name }) => name.length));
    const lines = thresholds.map(({ query, name, operator, value, line, column }) => {
      const which = several ? `query ${query + 1}  ` : '';
      const place = colours.dim(`line ${line}:${column}`);
      return `  ${which}${colours.cyan(visible(name).padEnd(width))}  ${operator.padEnd(2)} ${visible(value)}  ${place}\n`;
    });
    return head + lines.join('');
  });
  return parts.join('\n');
}
