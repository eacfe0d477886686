import { once } from 'node:events';
import { chmod, rm, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import type { EventSource, EventsRequest, Moment } from '../app/events-request.ts';
import { InputError } from '../diagnostics/diagnostic.ts';
import { findHunts } from '../hunts/library.ts';
import type { AcceptedList } from '../runs/accepted/entry.ts';
import { stateFolder } from '../runs/state-folder.ts';
import { makeTemporaryFolder } from '../temporary/temporary-folder.ts';
import { count } from '../values/quantities.ts';
import { quoted } from '../values/quoted.ts';
import type { DataInfo } from '../workbench/contract/calls.ts';
import type { Workbench, WorkbenchOptions } from '../workbench/server/context.ts';
import { type AllowListOptions, addAllowListOptions, allowList, allowListFile } from './allow-list.ts';
import { timeSpan } from './amounts.ts';
import { addLibraryOptions, type LibraryOptions, libraryFolders } from './library.ts';
import { addDataOptions, type DataOptions, eventsOf } from './options.ts';
import { terminalObserver } from './terminal-observer.ts';

type UiOptions = DataOptions &
  LibraryOptions &
  AllowListOptions & {
    readonly port: number;
    readonly open: boolean;
    readonly write: boolean;
    readonly idle: { readonly milliseconds: number };
    readonly state?: string;
  };

export function addUi(program: Command, signal: AbortSignal): void {
  const command = program
    .command('ui')
    .description('Open the workbench: a page in the browser for the whole loop of a hunt');
  addAllowListOptions(addLibraryOptions(addDataOptions(command)))
    .option('--port <n>', 'the port of the page on this machine; 0 takes a free one', port, 0)
    .option('--no-open', 'print the link and open no browser')
    .option('--write', 'let the page write the allow-list, and hunts into the first library of harrier.toml', false)
    .addOption(
      new Option('--idle <time>', 'end when no page was open for this long')
        .argParser(timeSpan)
        .default(timeSpan('8h'), '8h'),
    )
    .option('--state <folder>', 'where runs, verdicts and notes are kept')
    .addHelpText(
      'after',
      `
Examples:
  $ harrier ui --data 'export/**/*.ndjson.gz'
  $ harrier ui --store ./events --write
  $ harrier ui --data logs/ --lookup iocs.csv
  $ harrier ui --engine elasticsearch --url https://cluster.example:9200

The page is for this machine alone: it listens on 127.0.0.1, and the link is good for one page and one minute. Press Enter
for another link. From another machine: ssh -L 8000:127.0.0.1:8000 HOST, and --port 8000 there.`,
    )
    .action(async (options: UiOptions) => {
      await ui(options, signal);
    });
}

async function ui(options: UiOptions, signal: AbortSignal): Promise<void> {
  const request = eventsOf(options);
  // Opening the events takes the longest: all else is loaded beside it.
  const holding = hold(request, signal);
  let prepared: Awaited<ReturnType<typeof prepare>>;
  let held: Held;
  try {
    [prepared, held] = await Promise.all([prepare(options), holding]);
  } catch (error) {
    await holding.then(
      ({ close }) => close(),
      () => undefined,
    );
    throw error;
  }
  const { assets, library, attack, config, acceptedFile, runRequest, Workbench, createWorkbenchServer } = prepared;
  const workbench = new Workbench({
    ...{ library, attack, acceptedFile, version: manifest.version },
    events: { ...request, source: held.source },
    now: nowOf(options.now, request.source.kind),
    kind: request.source.kind === 'cluster' ? 'cluster' : request.source.kind === 'store' ? 'store' : 'files',
    ...namesOf(options),
    request: runRequest,
    state: stateFolder(options.state),
    user: userName(),
    links: config.links,
    accepted: acceptedReader(options),
    write: options.write ? { hunts: config.libraries[0] ?? null } : null,
    reading: held.reading,
  });
  // The first question of a page is what the events are: it is looked up while the browser starts.
  void workbench.tellData();
  const app = createWorkbenchServer(workbench, assets);
  let url: string;
  try {
    url = await app.listen({ host: '127.0.0.1', port: options.port });
  } catch (error) {
    await workbench.close();
    await held.close();
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new InputError(`port ${options.port} is taken`, 'choose another with --port; 0 takes a free one');
  }
  held.follow(workbench);
  const link = (): string => `${url}/#code=${workbench.access.newCode()}`;
  const first = link();
  process.stdout.write(`${first}\n`);
  // The browser takes a while to start.
  void library.prepareCards();
  if (options.open && process.stdout.isTTY) await openBrowser(first);
  const asked = (): boolean => process.stdout.write(`${link()}\n`);
  if (process.stdin.isTTY) process.stdin.on('data', asked);
  try {
    await untilEnd(workbench, options.idle.milliseconds, signal);
  } finally {
    if (process.stdin.isTTY) process.stdin.off('data', asked).pause();
    await workbench.close();
    await app.close();
    await held.close();
  }
}

/** What the workbench needs besides the events. */
async function prepare(options: UiOptions) {
  const [
    { createWorkbenchServer },
    { loadAssets },
    { Workbench },
    { Library },
    { attackOf },
    { loadConfig },
    { requestOf },
  ] = await Promise.all([
    import('../workbench/server/workbench-server.ts'),
    import('../workbench/server/assets.ts'),
    import('../workbench/server/context.ts'),
    import('../workbench/server/library.ts'),
    import('./attack.ts'),
    import('./config.ts'),
    import('./run-request.ts'),
  ]);
  const config = await loadConfig(options.config);
  const folders = await libraryFolders(options, config);
  const [assets, attack, { hunts, problems }, acceptedFile] = await Promise.all([
    loadAssets(),
    attackOf(config.attack),
    findHunts(folders, folders),
    allowListFile(options),
  ]);
  const messages = problems.map(({ message }) => message);
  const library = new Library(hunts, messages, attack);
  const runRequest = requestOf([], options);
  return { assets, library, attack, config, acceptedFile, runRequest, Workbench, createWorkbenchServer };
}

/** Events that stay open: files in a store of their own, a store as it is; a cluster is open anyway. */
interface Held {
  readonly source: EventSource;
  readonly reading: () => DataInfo['reading'];
  /** Lets the page know how reading goes on. */
  follow(workbench: Workbench): void;
  close(): Promise<void>;
}

const nothingToRead = { reading: () => null, follow: () => undefined };
/** Milliseconds between two notes of how far files are read. */
const readingPulse = 500;

async function hold(request: EventsRequest, signal: AbortSignal): Promise<Held> {
  const { source, memory } = request;
  if (source.kind === 'files') {
    const { holdFiles } = await import('../app/session/hold-files.ts');
    const held = await holdFiles(source, memory, signal);
    await held.events.readLists(request, terminalObserver(), signal);
    const reading = (): DataInfo['reading'] => {
      const state = held.reading();
      if (!state) return null;
      const { events, bytes, totalBytes, files, tookMs } = state;
      const fraction = totalBytes === 0 ? 0 : Math.min(1, bytes / totalBytes);
      const left = fraction > 0.02 ? Math.round((tookMs / fraction) * (1 - fraction)) : null;
      return { files: Math.floor(fraction * files), of: files, fraction, events, left };
    };
    return {
      source: { kind: 'held', events: held.events, mappings: source.mappings ?? [] },
      reading,
      close: held.close,
      follow(workbench) {
        const timer = setInterval(() => void workbench.tellData(), readingPulse).unref();
        held.read.then(
          (report) => {
            clearInterval(timer);
            if (!report) workbench.addFault('reading was ended before all files were read');
            else if (report.refused.count > 0)
              workbench.addFault(`${count(report.refused.count, 'line')} could not be read as events`);
            for (const note of report?.notes ?? []) workbench.addFault(note);
            void workbench.tellData();
          },
          (error: Error) => {
            clearInterval(timer);
            workbench.addFault(`the files could not be read: ${error.message}`);
            void workbench.tellData();
          },
        );
      },
    };
  }
  if (source.kind === 'store') {
    const { holdStore } = await import('../app/session/hold-store.ts');
    const events = await holdStore(source.folder, memory);
    // While a server has the store, it is asked instead.
    if (!events) return { source, ...nothingToRead, close: async () => undefined };
    await events.readLists(request, terminalObserver(), signal);
    return { source: { kind: 'held', events }, ...nothingToRead, close: () => events.close() };
  }
  return { source, ...nothingToRead, close: async () => undefined };
}

/** Logs are mostly of the past: what they were made for is as of their newest event. */
const nowOf = (given: Moment | undefined, kind: EventSource['kind']): Moment | null =>
  given ?? (kind === 'cluster' ? null : 'latest');

/** How people know the events, and the arguments that name them. */
function namesOf({
  data,
  store,
  engine,
  url,
  index,
  mapping = [],
  lookup = [],
}: UiOptions): Pick<WorkbenchOptions, 'source' | 'dataArguments'> {
  if (engine === 'elasticsearch')
    return {
      source: 'a cluster',
      dataArguments: `--engine elasticsearch${url === undefined ? '' : ' --url "$ELASTICSEARCH_URL"'}`,
    };
  const lists = lookup.map((list) => `--lookup ${quoted(list)}`);
  if (store !== undefined) return { source: store, dataArguments: [`--store ${quoted(store)}`, ...lists].join(' ') };
  const more = [
    ...(index === undefined ? [] : [`--index ${quoted(index)}`]),
    ...mapping.map((file) => `--mapping ${quoted(file)}`),
    ...lists,
  ];
  return {
    source: data.join(' '),
    dataArguments: [...data.map((pattern) => `--data ${quoted(pattern)}`), ...more].join(' '),
  };
}

const userName = (): string => {
  try {
    return userInfo().username;
  } catch {
    return process.env.USER ?? process.env.USERNAME ?? 'unknown';
  }
};

/** The allow-list as its file is at each time. */
const acceptedReader =
  (options: UiOptions): (() => Promise<AcceptedList | null>) =>
  () =>
    allowList({ ...options, showAccepted: false });

/** Opens the link in the browser of the desktop, by way of a file that nobody else may read: arguments are seen by all. */
async function openBrowser(link: string): Promise<void> {
  const file = join(makeTemporaryFolder('link'), 'workbench.html');
  await writeFile(
    file,
    `<!doctype html><meta charset="utf-8"><title>Harrier</title><script>location.replace(${JSON.stringify(link)})</script>`,
    { mode: 0o600 },
  );
  await chmod(file, 0o600);
  const { spawn } = await import('node:child_process');
  const [command, ...args] =
    process.platform === 'darwin'
      ? ['open', file]
      : process.platform === 'win32'
        ? ['explorer', file]
        : ['xdg-open', file];
  const child = spawn(command!, args, { stdio: 'ignore', detached: true });
  child.on('error', () => process.stderr.write('note: no browser could be opened: open the link above\n'));
  child.unref();
  setTimeout(() => void rm(file, { force: true }), 60_000).unref();
}

/** Until the command is interrupted, or no page has been open for long. */
async function untilEnd({ stream }: Workbench, idle: number, signal: AbortSignal): Promise<void> {
  const ended = new AbortController();
  let last = Date.now();
  const timer = setInterval(
    () => {
      if (stream.listeners > 0) last = Date.now();
      if (Date.now() - last < idle) return;
      process.stderr.write('note: no page was open for long enough to end; --idle says how long\n');
      ended.abort();
    },
    Math.min(60_000, idle),
  );
  try {
    const any = AbortSignal.any([signal, ended.signal]);
    if (!any.aborted) await once(any, 'abort');
  } finally {
    clearInterval(timer);
  }
}

function port(value: string): number {
  if (!/^\d{1,5}$/.test(value) || Number(value) > 65_535) throw new InvalidArgumentError('expected a port, 0 to 65535');
  return Number(value);
}
