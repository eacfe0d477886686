import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { RoundOutcome } from '../app/watch/rounds.ts';
import type { WatchContext } from '../app/watch/run-watch.ts';
import { InputError } from '../diagnostics/diagnostic.ts';
import { stateFolder } from '../runs/state-folder.ts';
import type { Receiver } from '../runs/watch/receivers.ts';
import type { Watch } from '../runs/watch/watch-config.ts';
import { own } from '../values/own.ts';
import { type AllowListOptions, addAllowListOptions, allowList } from './allow-list.ts';
import { memorySize } from './amounts.ts';
import { loadConfig } from './config.ts';
import { addLibraryOptions, type LibraryOptions, libraryFolders } from './library.ts';
import { addListOption, listsOf, withConfigured } from './list-options.ts';
import { addMappingOptions } from './reading-options.ts';
import { terminalObserver } from './terminal-observer.ts';
import { showHistory } from './watch-history.ts';

interface WatchOptions extends AllowListOptions, LibraryOptions {
  readonly config?: string;
  readonly once: boolean;
  readonly history?: string | true;
  readonly format: 'table' | 'json';
  readonly data: readonly string[];
  readonly store?: string;
  readonly mapping: readonly string[];
  readonly timeField?: string;
  readonly lookup: readonly string[];
  readonly state?: string;
  readonly memory?: string;
}

export function addWatch(program: Command, signal: AbortSignal): void {
  const command = program
    .command('watch')
    .description('Run hunts on a schedule and send new hits')
    .option('--once', 'run what is due now, once, and end: for cron and systemd', false)
    .option('--history [name]', 'show the runs there were, and run nothing')
    .addOption(
      new Option('-f, --format <name>', 'how to print the history').choices(['table', 'json']).default('table'),
    )
    .option('-d, --data <glob>', 'events of every watch, instead of what the settings say (repeatable)', collect, [])
    .option('--store <folder>', 'the store of every watch, instead of what the settings say')
    .option(
      '--memory <size>',
      'memory for the engine, such as 4GB; beyond it work spills to disk (default: four fifths of the machine)',
      memorySize,
    )
    .option('--state <folder>', 'where runs and known hits are remembered');
  addLibraryOptions(addAllowListOptions(addListOption(addMappingOptions(command))))
    .addHelpText(
      'after',
      `
Examples:
  $ harrier watch --store ./events
  $ harrier watch --store ./events --lookup iocs.csv
  $ harrier watch --once --config /etc/harrier/harrier.toml
  $ harrier watch --history network

In harrier.toml:
  [[watch]]
  name = "network"
  schedule = "0 * * * *"            # cron: minute hour day month weekday, or six fields with seconds first
  timezone = "Europe/Berlin"        # else the machine's
  hunts = ["hunts/network"]
  store = "events"                  # or data = ["export/**/*.ndjson"]
  ndjson = "hits.ndjson"            # where new hits go: any of these three, else standard output
  webhook = "https://example.org/hook"
  index = "harrier-hits"
  header = "Authorization"          # sent to the webhook, with the value of the variable
  header_env = "HOOK_AUTHORIZATION"

Also: now = "latest" (else hunts run as of the time they were due), max_rows (10000), forget_days (30: a hit that was
not seen for so long is new again), timeout_seconds (10) and retries (3) of the webhook.
A row is new when the keys of its STATS … BY were not seen before. Each run opens the store and closes it again.
Exit codes: 0 ran, 1 some query or delivery failed, 2 the settings or an input is unusable,
70 a fault of Harrier's own, 130 interrupted within a run`,
    )
    .action(async (options: WatchOptions) => {
      process.exitCode = await watch(options, signal);
    });
}

const collect = (value: string, previous: readonly string[]): string[] => [...previous, value];

async function watch(options: WatchOptions, signal: AbortSignal): Promise<number> {
  const config = await loadConfig(options.config);
  const state = stateFolder(options.state);
  const watches = config.watches.map((one) => withEvents(one, options));
  if (watches.length === 0)
    throw new InputError(
      config.file === null ? 'there is no harrier.toml here or above' : `${config.file} has no [[watch]]`,
      'harrier watch --help shows one',
    );
  if (options.history !== undefined) return showHistory(watches, options.history, state, options.format);
  if (options.data.length > 0 && options.store !== undefined)
    throw new InputError('--data and --store both say where the events are', 'give one of them');
  const { runDue, runForever } = await import('../app/watch/rounds.ts');
  const timeField = options.timeField ?? config.timeField;
  const context: WatchContext = {
    mappings: [...options.mapping, ...config.mappings],
    ...(timeField !== null && { timeField }),
    ...{ state, libraries: await libraryFolders(options, config), accepted: await allowList(options) },
    ...(options.memory !== undefined && { memory: options.memory }),
    lists: listsOf({ lookup: withConfigured(options.lookup, config) }),
    variable: (name) => own(process.env, name),
    otherwise: standardOutput,
  };
  try {
    if (options.once) return exitCodes[await runDue(watches, context, terminalObserver(), signal)];
    process.stderr.write(`watching: ${watches.map(({ name }) => name).join(', ')}; Ctrl-C ends it\n`);
    await runForever(watches, context, terminalObserver(), signal);
    return 0;
  } catch (error) {
    if (!signal.aborted) throw error;
    process.stderr.write('interrupted within a run: it is made again the next time\n');
    return 130;
  }
}

const exitCodes = { done: 0, failed: 1, unusable: 2, fault: 70 } as const satisfies Record<RoundOutcome, number>;

/** Where hits go that no receiver is named for. */
const standardOutput: Receiver = {
  name: 'standard output',
  async deliver(hits) {
    process.stdout.write(hits.map(({ document }) => `${document}\n`).join(''));
    return [];
  },
};

/** The watch over the events of the command line, if it names any. */
function withEvents(watch: Watch, { data, store }: WatchOptions): Watch {
  if (store !== undefined) return { ...watch, data: [], store: resolve(store), cluster: null };
  return data.length > 0 ? { ...watch, data, cluster: null, store: watch.index === null ? null : watch.store } : watch;
}
