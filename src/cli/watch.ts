import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import { InputError } from '../diagnostics/diagnostic.ts';
import { visible } from '../report/visible.ts';
import { stateFolder } from '../runs/state-folder.ts';
import { lockState } from '../runs/watch/lock.ts';
import type { Watch } from '../runs/watch/watch-config.ts';
import { readWatchState } from '../runs/watch/watch-state.ts';
import { type AllowListOptions, addAllowListOptions, allowList } from './allow-list.ts';
import { loadConfig } from './config.ts';
import { addLibraryOptions, type LibraryOptions, libraryFolders } from './library.ts';
import { runWatch, type WatchContext } from './run-watch.ts';
import { showHistory } from './watch-history.ts';

interface WatchOptions extends AllowListOptions, LibraryOptions {
  readonly config?: string;
  readonly once: boolean;
  readonly history?: string | true;
  readonly format: 'table' | 'json';
  readonly data: readonly string[];
  readonly store?: string;
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
    )
    .option('--state <folder>', 'where runs and known hits are remembered');
  addLibraryOptions(addAllowListOptions(command))
    .addHelpText(
      'after',
      `
Examples:
  $ harrier watch --store ./events
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
Exit codes: 0 ran, 1 some query or delivery failed, 2 the settings or an input is unusable, 130 interrupted within a run`,
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
  const context: WatchContext = {
    state,
    libraries: await libraryFolders(options, config),
    accepted: await allowList(options),
    ...(options.memory !== undefined && { memory: options.memory }),
  };
  const unlock = await lockState(state);
  try {
    const rounds = new Rounds(watches, context, signal);
    if (options.once) return await rounds.one();
    return await rounds.forever();
  } catch (error) {
    if (!signal.aborted) throw error;
    process.stderr.write('interrupted within a run: it is made again the next time\n');
    return 130;
  } finally {
    await unlock();
  }
}

/** The watch over the events of the command line, if it names any. */
function withEvents(watch: Watch, { data, store }: WatchOptions): Watch {
  if (store !== undefined) return { ...watch, data: [], store: resolve(store) };
  return data.length > 0 ? { ...watch, data, store: watch.index === null ? null : watch.store } : watch;
}

/** Clocks are set, and machines sleep: the time is looked at so often. */
const longestSleep = 60_000;

/** Runs watches as they become due. */
class Rounds {
  /** Runs that failed, by watch: they are made again when the next is due. */
  readonly #tried = new Map<string, Date>();

  constructor(
    private readonly watches: readonly Watch[],
    private readonly context: WatchContext,
    private readonly signal: AbortSignal,
  ) {}

  /** Runs everything that is due now; gives the exit code. */
  async one(): Promise<number> {
    let code = 0;
    for (const watch of this.watches) code = Math.max(code, await this.#run(watch));
    return code;
  }

  /** Runs until it is interrupted. */
  async forever(): Promise<number> {
    process.stderr.write(`watching: ${this.watches.map(({ name }) => name).join(', ')}; Ctrl-C ends it\n`);
    for (;;) {
      await this.one();
      const now = new Date();
      const next = Math.min(...this.watches.map(({ schedule }) => schedule.next(now)?.getTime() ?? Infinity));
      if (next === Infinity) throw new InputError('no watch is ever due again', 'look at their schedules');
      try {
        await wait(Math.min(next - now.getTime(), longestSleep), undefined, { signal: this.signal });
      } catch {
        return 0;
      }
    }
  }

  async #run(watch: Watch): Promise<number> {
    const { last } = await readWatchState(this.context.state, watch.name);
    const done = last === null ? null : new Date(last);
    const due = watch.schedule.due(done, new Date());
    if (!due || due.at <= (this.#tried.get(watch.name) ?? new Date(0))) return 0;
    try {
      const run = await runWatch(watch, due, this.context, this.signal);
      return run.undelivered > 0 || run.queries.some(({ outcome }) => outcome === 'failed') ? 1 : 0;
    } catch (error) {
      if (this.signal.aborted) throw error;
      this.#tried.set(watch.name, due.at);
      const { message, hint } = error as InputError;
      process.stderr.write(`error: ${watch.name}: ${visible(message)}\n${hint ? `help: ${visible(hint)}\n` : ''}`);
      return error instanceof InputError ? 2 : 1;
    }
  }
}
