import { type Command, Option } from 'commander';
import pc from 'picocolors';
import { type Job, jobsOf } from '../../app/jobs.ts';
import { QueryError } from '../../diagnostics/diagnostic.ts';
import { renderQueryError } from '../../diagnostics/render.ts';
import type { Hunt } from '../../hunts/hunt.ts';
import { findHunts } from '../../hunts/library.ts';
import { visible } from '../../values/visible.ts';
import { addLibraryOptions, type LibraryOptions, libraryFolders } from '../library.ts';
import { usesColour } from '../output.ts';
import { tellSkipped } from '../skipped.ts';

interface ThresholdRow {
  readonly query: number;
  readonly name: string;
  readonly operator: string;
  readonly value: string;
  readonly line: number;
  readonly column: number;
}

interface ListedHunt {
  readonly hunt: Pick<Hunt, 'uuid' | 'name' | 'file'>;
  readonly thresholds: readonly ThresholdRow[];
  readonly error: string | null;
}

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
      const { hunts: found, problems } = await findHunts(selectors, await libraryFolders(options));
      tellSkipped(problems);
      const listed: ListedHunt[] = [];
      for (const hunt of found) {
        const thresholds: ThresholdRow[] = [];
        let error: string | null = null;
        for (const job of jobsOf(hunt)) {
          const found = await thresholdsOf(job);
          thresholds.push(...found.thresholds);
          error ??= found.error;
        }
        listed.push({ hunt: { uuid: hunt.uuid, name: hunt.name, file: hunt.file }, thresholds, error });
      }
      const rows = listed.map(({ hunt, thresholds, error }) => ({ hunt, [name]: thresholds, error }));
      process.stdout.write(options.format === 'json' ? `${JSON.stringify(rows, null, 2)}\n` : listing(listed));
    });
}

async function thresholdsOf(job: Job): Promise<{ thresholds: ThresholdRow[]; error: string | null }> {
  const [{ findThresholds }, { typed }, { standardSurroundings }] = await Promise.all([
    import('../../overrides/thresholds.ts'),
    import('../../overrides/typed-query.ts'),
    import('../../app/override-jobs.ts'),
  ]);
  try {
    const query = await typed(job.esql, standardSurroundings());
    const thresholds = findThresholds(query).map(({ name, operator, literal, literalText }) => {
      const { line, column } = query.source.position(literal.start);
      return { query: job.query, name, operator, value: literalText, line: line + job.lineOffset, column };
    });
    return { thresholds, error: null };
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    const words = { name: job.name, lineOffset: job.lineOffset, colour: usesColour(process.stderr), width: 120 };
    process.stderr.write(`${renderQueryError(error, words)}\n`);
    return { thresholds: [], error: error.message };
  }
}

function listing(listed: readonly ListedHunt[]): string {
  const colours = pc.createColors(usesColour(process.stdout));
  const parts = listed.map(({ hunt, thresholds, error }) => {
    const head = `${colours.bold(visible(hunt.name))}${hunt.uuid ? colours.dim(` ${hunt.uuid.slice(0, 8)}`) : ''}\n`;
    if (thresholds.length === 0)
      return `${head}  ${error === null ? 'no thresholds' : colours.red('the query is wrong')}\n`;
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
