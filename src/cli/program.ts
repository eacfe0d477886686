import { Command, Help, type Option } from 'commander';
import manifest from '../../package.json' with { type: 'json' };

type AddCommand = (program: Command, signal: AbortSignal) => void;

/** Every command, in the order of the help. A command loads what it needs to read its options, which is not little. */
const commands: readonly (readonly [name: string, load: () => Promise<AddCommand>])[] = [
  ['demo', async () => (await import('./demo.ts')).addDemo],
  ['run', async () => (await import('./run.ts')).addRun],
  ['coverage', async () => (await import('./coverage.ts')).addCoverage],
  ['ui', async () => (await import('./ui.ts')).addUi],
  ['events', async () => (await import('./events.ts')).addEvents],
  ['tune', async () => (await import('./tune.ts')).addTune],
  ['backfill', async () => (await import('./backfill.ts')).addBackfill],
  ['query', async () => (await import('./query.ts')).addQuery],
  ['inspect', async () => (await import('./inspect.ts')).addInspect],
  ['formats', async () => (await import('./formats.ts')).addFormats],
  ['mapping', async () => (await import('./mapping/mapping.ts')).addMapping],
  ['join', async () => (await import('./join.ts')).addJoin],
  ['pivot', async () => (await import('./pivot.ts')).addPivot],
  ['diff', async () => (await import('./diff.ts')).addDiff],
  ['runs', async () => (await import('./runs.ts')).addRuns],
  ['accept', async () => (await import('./accept.ts')).addAccept],
  ['accepted', async () => (await import('./accepted.ts')).addAccepted],
  ['explain', async () => (await import('./explain.ts')).addExplain],
  ['check', async () => (await import('./check.ts')).addCheck],
  ['hunts', async () => (await import('./hunts/hunts.ts')).addHunts],
  ['ingest', async () => (await import('./ingest.ts')).addIngest],
  ['serve', async () => (await import('./serve.ts')).addServe],
  ['watch', async () => (await import('./watch.ts')).addWatch],
  ['keys', async () => (await import('./keys.ts')).addKeys],
  ['forget', async () => (await import('./forget.ts')).addForget],
  ['backup', async () => (await import('./backup.ts')).addBackup],
  ['upgrade', async () => (await import('./upgrade.ts')).addUpgrade],
];

/** What help says of an option: its description, and its default where that is a value. */
function describe(option: Option): string {
  const { defaultValue } = option;
  const isNothing = defaultValue === false || (Array.isArray(defaultValue) && defaultValue.length === 0);
  return new Help().optionDescription(
    isNothing ? Object.create(option, { defaultValue: { value: undefined } }) : option,
  );
}

/** Groups of options with those of the command itself first: the others are shared by many commands. */
const ownFirst: Help['groupItems'] = (all, shown, groupOf) => {
  const groups = new Help().groupItems(all, shown, groupOf);
  const own = groups.get(ownGroup);
  return own ? new Map([[ownGroup, own], ...groups]) : groups;
};

/** The heading of options that belong to no other group, as commander calls it. */
const ownGroup = 'Options:';

/**
 * The command line: every command with its options and help, or the one that is asked for, where there is such a one.
 * `signal` aborts when the user interrupts.
 */
export async function buildProgram(signal: AbortSignal, asked?: string): Promise<Command> {
  const program = new Command('harrier')
    .description('Run ES|QL threat hunts unchanged on log files, with Elasticsearch’s own answers and no cluster.')
    .version(manifest.version, '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand('help [command]', 'Show the help of a command')
    // `(default: [])` and `(default: false)` say nothing.
    .configureHelp({ sortSubcommands: false, optionDescription: describe, groupItems: ownFirst })
    .addHelpText(
      'after',
      `
Examples:
  $ harrier demo                                          hunts finding planted intrusions in a sample fleet
  $ harrier run hunts/network --data events.ndjson.gz     hunts over your own events
  $ harrier query 'FROM logs-* | LIMIT 5' --data logs/    any ES|QL query

Exit codes: 0 ran, 1 some hunt failed, 2 the command line or an input is unusable, 3 hits with --fail-on-hit,
70 a fault of Harrier's own, 130 interrupted`,
    );
  const own = commands.filter(([name]) => name === asked);
  const added = await Promise.all((own.length > 0 ? own : commands).map(([, load]) => load()));
  for (const add of added) add(program, signal);
  if (own.length === 0) (await import('./completion/completion.ts')).addCompletion(program);
  for (const command of [program, ...program.commands.flatMap((one) => [one, ...one.commands])])
    command.exitOverride().showHelpAfterError(`(see ${pathOf(command)} --help)`);
  return program;
}

/** A command as it is called: `harrier hunts lint`. */
const pathOf = (command: Command): string =>
  command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
