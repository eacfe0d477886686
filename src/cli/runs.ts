import { type Command, Option } from 'commander';
import pc from 'picocolors';
import { grid } from '../report/table-grid.ts';
import { applyAccepted } from '../runs/accepted/apply.ts';
import { reportOf, type SavedRun } from '../runs/saved-run.ts';
import { SavedRuns } from '../runs/saved-runs.ts';
import { stateFolder } from '../runs/state-folder.ts';
import { count } from '../values/quantities.ts';
import { type AllowListOptions, addAllowListOptions, allowList } from './allow-list.ts';
import { exitCode } from './exit-code.ts';
import { withJudgements } from './judgements.ts';
import { addOutputOptions, type OutputOptions } from './options.ts';
import { checkOutput, usesColour, writeReport } from './output.ts';

interface RunsOptions {
  readonly state?: string;
}

export function addRuns(program: Command): void {
  const runs = program
    .command('runs')
    .description('List, show and delete saved runs')
    .addHelpText(
      'after',
      `
Examples:
  $ harrier run hunts/network --data events.ndjson --save monday
  $ harrier runs
  $ harrier runs show monday --format csv
  $ harrier runs delete monday

Runs are kept in --state FOLDER, else $HARRIER_STATE, else $XDG_STATE_HOME/harrier, else ~/.local/state/harrier.`,
    );
  const command = (name: string, description: string, examples: string, isDefault = false): Command =>
    runs
      .command(name, { isDefault })
      .description(description)
      .option('--state <folder>', 'where runs are kept')
      .addHelpText('after', `\nExamples:\n  $ ${examples}`);
  command('list', 'List saved runs', 'harrier runs --format json', true)
    .addOption(new Option('-f, --format <name>', 'how to print').choices(['table', 'json']).default('table'))
    .action(async ({ state, format }: RunsOptions & { format: 'table' | 'json' }) => {
      process.stdout.write(await listing(savedRuns(state), format));
    });
  const show = command('show', 'Print a saved run', 'harrier runs show monday --format md --output monday.md');
  addOutputOptions(addAllowListOptions(show))
    .argument('<name>', 'the name of a saved run')
    .action(async (name: string, options: OutputOptions & AllowListOptions & RunsOptions) => {
      checkOutput(options);
      const accepted = await allowList(options);
      const run = reportOf(await savedRuns(options.state).read(name));
      const left = { ...run, results: applyAccepted(run.results, accepted, new Date()) };
      const report = await withJudgements(left, options);
      await writeReport(report, options, false);
      process.exitCode = exitCode(report, options.failOnHit);
    });
  command('delete', 'Delete saved runs', 'harrier runs delete monday tuesday')
    .argument('<name...>', 'the names of saved runs')
    .action(async (names: string[], { state }: RunsOptions) => {
      for (const name of names) await savedRuns(state).delete(name);
      process.stdout.write(`deleted ${names.join(', ')}\n`);
    });
}

const savedRuns = (state: string | undefined): SavedRuns => new SavedRuns(stateFolder(state));

/** A time as a table has room for it. */
const minute = (iso: string): string => iso.slice(0, 16).replace('T', ' ');

async function listing(saved: SavedRuns, format: 'table' | 'json'): Promise<string> {
  const all: SavedRun[] = [];
  for (const name of await saved.names()) all.push(await saved.read(name));
  const runs = all.map(({ name, saved, now, request, engine, results }) => ({
    name,
    saved: saved.toISOString(),
    now: now.toISOString(),
    engine,
    hunts: request.hunts,
    queries: results.length,
    rows: results.reduce((sum, { result }) => sum + (result?.values.length ?? 0), 0),
    failed: results.filter(({ error }) => error !== null).length,
  }));
  if (format === 'json') return `${JSON.stringify(runs, null, 2)}\n`;
  if (runs.length === 0) return 'no runs are saved: harrier run … --save NAME\n';
  const columns = ['name', 'saved', 'as of', 'what', 'hunts'].map((name) => ({ name, type: 'keyword' as const }));
  const values = runs.map(({ name, saved, now, hunts, queries, rows, failed }) => [
    ...[name, minute(saved), minute(now)],
    `${count(queries, 'query', 'queries')}, ${count(rows, 'row')}${failed > 0 ? `, ${failed} failed` : ''}`,
    hunts.join(' '),
  ]);
  const width = process.stdout.isTTY ? process.stdout.columns : null;
  return [...grid({ columns, values }, width, pc.createColors(usesColour(process.stdout)))].join('');
}
