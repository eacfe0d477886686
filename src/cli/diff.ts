import { type Command, Option } from 'commander';
import { InputError } from '../diagnostics/diagnostic.ts';
import { hiddenText } from '../report/hidden-text.ts';
import { type DiffFormatName, diffFormats } from '../runs/diff-formats.ts';
import { SavedRuns } from '../runs/saved-runs.ts';
import { stateFolder } from '../runs/state-folder.ts';
import { Judgements } from '../runs/verdicts/judgements.ts';
import { type AllowListOptions, addAllowListOptions, allowList } from './allow-list.ts';
import { addDataOptions, type DataOptions, eventsOf } from './options.ts';
import { surfaceOf } from './output.ts';
import { terminalObserver } from './terminal-observer.ts';

interface DiffOptions extends DataOptions, AllowListOptions {
  readonly format: DiffFormatName;
  readonly failOnNew: boolean;
  readonly verbose: boolean;
  readonly state?: string;
}

export function addDiff(program: Command, signal: AbortSignal): void {
  const command = program
    .command('diff')
    .description('Show new, missing and changed rows since a saved run')
    .argument('<name>', 'a run that was saved with run … --save NAME')
    .argument('[other]', 'a later saved run; without it, the same is asked again now')
    .addOption(new Option('-f, --format <name>', 'how to print').choices(Object.keys(diffFormats)).default('table'))
    .option('--verbose', 'show each query and row, however many there are', false)
    .option('--fail-on-new', 'end with exit code 3 when there are new rows', false)
    .option('--state <folder>', 'where runs are kept');
  addDataOptions(addAllowListOptions(command))
    .addHelpText(
      'after',
      `
Examples:
  $ harrier run hunts/network --data 'export/*.ndjson' --now latest --save monday
  $ harrier diff monday                                 the same hunts over the same data, as it is now
  $ harrier diff monday --data 'export2/*.ndjson'       the same hunts over other data
  $ harrier diff monday tuesday --format md

Rows are matched by the keys of the query's last STATS … BY, or as a whole. What is not given is as it was saved; an API
key is never saved. Rows that the allow-list accepts now are left out of both sides.
Exit codes: 0 compared, 1 some query could not be, 2 the command line or an input is unusable, 3 new rows with --fail-on-new`,
    )
    .action(async (name: string, other: string | undefined, options: DiffOptions) => {
      process.exitCode = await diff(name, other, options, givenOf(command, options), signal);
    });
}

/** The options on events that were really given; a key may come from the environment, and the address of a cluster that is asked for. */
function givenOf(command: Command, options: DiffOptions): Partial<DataOptions> {
  const isGiven = (key: string): boolean => command.getOptionValueSource(key) === 'cli';
  const given = Object.entries(options).filter(
    ([key]) => key === 'apiKey' || isGiven(key) || (key === 'url' && isGiven('engine')),
  );
  return Object.fromEntries(given) as Partial<DataOptions>;
}

async function diff(
  name: string,
  other: string | undefined,
  options: DiffOptions,
  given: Partial<DataOptions>,
  signal: AbortSignal,
): Promise<number> {
  const runs = new SavedRuns(stateFolder(options.state));
  const accepted = await allowList(options);
  const before = await runs.read(name);
  if (other !== undefined && (given.data ?? given.store ?? given.engine ?? given.url) !== undefined)
    throw new InputError('two saved runs are compared as they are', 'leave --data, --store, --engine and --url out');
  const [{ diffWithSaved }, { optionsOf }] = await Promise.all([import('../app/diff.ts'), import('./run-request.ts')]);
  const after = other === undefined ? { events: eventsOf(optionsOf(before.request, given)) } : await runs.read(other);
  const judgements = await new Judgements(stateFolder(options.state)).all();
  const compared = await diffWithSaved({ before, after, accepted, judgements }, terminalObserver(), signal);
  const surface = { ...surfaceOf(undefined), isVerbose: options.verbose };
  for (const [which, { results }] of [['earlier', compared.before] as const, ['later', compared.after] as const]) {
    const hidden = hiddenText(results.flatMap((result) => result.hidden));
    if (hidden !== null) process.stderr.write(`note: in the ${which} run, ${hidden}\n`);
  }
  for (const part of diffFormats[options.format](compared, surface)) process.stdout.write(part);
  if (compared.queries.some(({ diff, after }) => diff === null && after?.outcome !== 'cannot tell')) return 1;
  return options.failOnNew && compared.queries.some(({ diff }) => (diff?.added.length ?? 0) > 0) ? 3 : 0;
}
