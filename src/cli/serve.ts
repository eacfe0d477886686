import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { createSecureContext } from 'node:tls';
import { type Command, InvalidArgumentError, Option } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import { InputError } from '../diagnostics/diagnostic.ts';
import { type GivenTimeSpan, parseTimeSpan } from '../overrides/time-span.ts';
import { createLog, type Log, type LogFormat, logFormats } from '../server/log.ts';
import { memoryShares } from '../server/memory-shares.ts';
import { currentLayout } from '../store/layout.ts';
import type { RetentionRun } from '../store/retention.ts';
import { removeServerFile, writeServerFile } from '../store/server-file.ts';
import { bodyBytes, memoryBytes, secondsOrSpan, timeSpan } from './amounts.ts';
import { locationsOption } from './options.ts';

interface ServeOptions {
  readonly store: string;
  readonly host: string;
  readonly port: number;
  readonly cert?: string;
  readonly key?: string;
  readonly requireKey: boolean;
  readonly maxBody: number;
  readonly maxRows: number;
  readonly maxAnswer: number;
  readonly queryTimeout: GivenTimeSpan;
  readonly maxQueries?: number;
  readonly maxIdle: number;
  readonly memory?: number;
  readonly geoip: readonly string[];
  readonly slow: GivenTimeSpan;
  readonly logFormat: LogFormat;
}

export function addServe(program: Command, signal: AbortSignal): void {
  program
    .command('serve')
    .description('Start an Elasticsearch-compatible server: ingest events, answer ES|QL')
    .option('--store <folder>', 'where events are kept', './harrier-store')
    .option('--host <name>', 'the address to listen on; any but this machine’s own demands API keys', '127.0.0.1')
    .option('--port <n>', 'the port; 0 takes a free one', port, 9200)
    .option('--cert <file>', 'a certificate (PEM), for HTTPS')
    .option('--key <file>', 'its private key (PEM)')
    .option('--require-key', 'demand an API key on this machine’s own address too', false)
    .addOption(sizeOption('--max-body <size>', 'the largest request body, unpacked'))
    .option('--max-rows <n>', 'maximum rows of an answer', positive, 10_000)
    .addOption(sizeOption('--max-answer <size>', 'maximum size of the values of an answer'))
    .addOption(
      new Option('--query-timeout <time>', 'how long a query may take, such as 90s or 10m; a bare number is of seconds')
        .argParser(secondsOrSpan)
        .default(parseTimeSpan('300s'), '300s'),
    )
    .addOption(
      new Option('--slow <time>', 'log queries that take longer, such as 5s or 2m')
        .argParser(timeSpan)
        .default(parseTimeSpan('5s'), '5s'),
    )
    .addOption(
      new Option('--log-format <name>', 'form of the log on standard error').choices(logFormats).default('text'),
    )
    .option(
      '--max-idle <n>',
      'connections of one address that wait for its client; one more closes the longest waiting',
      positive,
      512,
    )
    .option(
      '--max-queries <n>',
      `queries that run at the same time (default: ${usualQueries}, fewer with less than 1 GB of memory)`,
      positive,
    )
    .option(
      '--memory <size>',
      'memory for the server, such as 4GB; beyond it work spills to disk, or is refused (default: six tenths of the machine)',
      memoryBytes,
    )
    .addOption(locationsOption())
    .addHelpText(
      'after',
      `
Examples:
  $ harrier serve --store ./events
  $ curl -s localhost:9200/_query -H 'content-type: application/json' -d '{"query":"FROM logs-* | LIMIT 5"}'
  $ harrier keys create shipper --write --store ./events
  $ harrier serve --store ./events --host 0.0.0.0 --cert cert.pem --key key.pem`,
    )
    .action(async (options: ServeOptions) => {
      await serve(options, signal);
    });
}

const sizeOption = (flags: string, about: string): Option =>
  new Option(flags, about).argParser(bodyBytes).default(100 << 20, '100mb');

/** Threads of the process that wait for the engine: a query holds one, and those of more queries would wait for each other. */
const engineThreads = Number(process.env.UV_THREADPOOL_SIZE) || 4;
/** Threads for what is written meanwhile, and for queries that were short before. */
const spareThreads = 4;
/** The engine gives each query all processors, so that few at a time are as fast as many. */
const usualQueries = Math.max(4, Math.min(availableParallelism(), engineThreads - spareThreads));

/** What a query may take that the engine does not count, such as the long texts of a piece of rows. */
const uncounted = 256 << 20;

/** How many queries run at the same time in so much memory, unless it is asked for. */
const queriesIn = (memory: number): number => Math.max(2, Math.min(usualQueries, Math.floor(memory / uncounted)));

/** Queries beside these that were short before: half as many, for which threads are left besides one for what is written. */
const shortQueries = (queries: number): number =>
  Math.max(0, Math.min(2, Math.floor(queries / 2), engineThreads - queries - 1));

/** Of the memory of the machine, what a server takes itself to be given. */
const usualShare = 0.6;

const loopback = new Set(['127.0.0.1', '::1', 'localhost']);

async function serve(options: ServeOptions, signal: AbortSignal): Promise<void> {
  if ((options.cert === undefined) !== (options.key === undefined))
    throw new InputError('--cert and --key belong together', 'give both for HTTPS, or none for HTTP');
  const [
    { createServer },
    { contextOver },
    { stopServer },
    { Store },
    { StoreQueries },
    { PlanWorkers },
    { IsolatedEngines },
    { ApiKeys },
  ] = await Promise.all([
    import('../server/server.ts'),
    import('../server/server-context.ts'),
    import('../server/stop-server.ts'),
    import('../store/store.ts'),
    import('../store/store-queries.ts'),
    import('../store/plan-workers.ts'),
    import('../engines/duckdb/isolated-engines.ts'),
    import('../server/api-keys.ts'),
  ]);
  process.stderr.on('error', () => undefined);
  const log = createLog(options.logFormat, (line) => process.stderr.write(line));
  const local = loopback.has(options.host);
  const keyRequired = !local || options.requireKey;
  const tls = options.cert && options.key ? await readTls(options.cert, options.key) : undefined;
  const machine = Math.min(totalmem(), process.constrainedMemory?.() || Number.POSITIVE_INFINITY);
  const memory = options.memory ?? usualShare * machine;
  const shares = memoryShares(memory, { body: options.maxBody, answer: options.maxAnswer });
  const concurrent = options.maxQueries ?? queriesIn(memory);
  const locations =
    options.geoip.length === 0 ? [] : (await import('../app/read-locations.ts')).readLocations(options.geoip);
  const store = await Store.open(options.store, {
    memoryLimit: `${shares.engine}B`,
    notice: (text) => log.write('error', 'journal', text),
  });
  const keys = new ApiKeys(store.folder);
  if (keyRequired && (await keys.list()).length === 0) {
    await store.close();
    throw new InputError(
      `listening on ${options.host} demands API keys, and the store has none`,
      `make one: harrier keys create NAME --read --write --store ${options.store}`,
    );
  }
  const queries = new StoreQueries(
    store,
    { concurrent, waiting: 1000, short: shortQueries(concurrent) },
    null,
    new PlanWorkers(shares.planner >> 20),
    new IsolatedEngines({ folder: store.incoming.folder, processes: 2, memoryLimit: '128MiB' }),
    locations,
  );
  const context = await contextOver({
    ...{ store, keys, queries, log },
    limits: {
      bodyBytes: options.maxBody,
      bodiesBytes: shares.bodies,
      queryTime: options.queryTimeout.milliseconds,
      rows: options.maxRows,
      answerBytes: shares.answer,
      answersBytes: shares.answers,
      processBytes: shares.process,
      slowQuery: options.slow.milliseconds,
    },
  });
  context.retention.listeners.add((run) => logRetention(log, run));
  const app = createServer({
    context,
    keyRequired,
    hostNames: local ? new Set([...loopback, '[::1]']) : null,
    ...(tls && { tls }),
    connectionLimits: { waitingPerAddress: options.maxIdle },
  });
  let url: string;
  try {
    url = await app.listen({ host: options.host, port: options.port });
  } catch (error) {
    await store.close();
    const { code, message } = error as NodeJS.ErrnoException;
    throw new InputError(
      code === 'EADDRINUSE'
        ? `port ${options.port} is taken`
        : `cannot listen on ${options.host}:${options.port}: ${message}`,
      'choose another with --port; 0 takes a free one',
    );
  }
  await writeServerFile(store.folder, { url: reachable(url), key: keys.createOwn('harrier') });
  process.stdout.write(`${url}\n`);
  // The URL stands in the line above alone: who waits for it may read both streams as one.
  const { hostname, port } = new URL(url);
  log.write('info', 'start', `serving the store in ${store.folder}`, {
    'service.version': manifest.version,
    'process.pid': process.pid,
    'server.address': hostname,
    'server.port': Number(port),
  });
  if (store.layoutFound < currentLayout)
    log.write('info', 'upgrade', `the store had layout ${store.layoutFound} and has layout ${currentLayout} now`);
  if (keyRequired) log.write('info', 'keys', 'every request needs an API key: Authorization: ApiKey …');
  if (!local && !tls)
    log.write('warn', 'tls', 'without --cert and --key, keys and events cross the network unprotected');
  if (concurrent > engineThreads)
    log.write('warn', 'queries', `${concurrent} queries at once need UV_THREADPOOL_SIZE=${concurrent}`);
  context.retention.start(retentionInterval);
  if (!signal.aborted) await once(signal, 'abort');
  log.write('info', 'stop', 'stopping: requests under way are finished first');
  await removeServerFile(store.folder);
  await stopServer(app, context);
  log.write('info', 'stopped', 'the store is closed');
}

/** How a server is reached on its own machine, which may listen on every address. */
function reachable(url: string): string {
  const { protocol, hostname, port } = new URL(url);
  const host = hostname === '0.0.0.0' || hostname === '[::]' ? '127.0.0.1' : hostname;
  return `${protocol}//${host}:${port || (protocol === 'https:' ? 443 : 80)}`;
}

/** Milliseconds between runs of retention. */
const retentionInterval = 30_000;

function logRetention(log: Log, { deleted, failed, tookMs }: RetentionRun): void {
  for (const [index, events] of deleted)
    log.write('info', 'retention', `deleted ${events} events of ${index} that were older than it keeps`, {
      'harrier.index': index,
      'harrier.events': events,
      'event.duration': Math.round(tookMs * 1e6),
    });
  for (const [index, { message }] of failed)
    log.write('error', 'retention', `cannot apply retention to ${index}: ${message}`, { 'harrier.index': index });
}

async function readTls(cert: string, key: string): Promise<{ cert: string; key: string }> {
  const read = async (file: string): Promise<string> => {
    try {
      return await readFile(file, 'utf8');
    } catch (error) {
      throw new InputError(`cannot read ${file}: ${(error as Error).message.replace(/, (?:open|read).*$/, '')}`);
    }
  };
  const pair = { cert: await read(cert), key: await read(key) };
  try {
    createSecureContext(pair);
  } catch (error) {
    const reason = (error as Error).message.replace(/^error:[0-9A-F]+:/, '');
    throw new InputError(`cannot use ${cert} with ${key}: ${reason}`, 'expected a certificate and its own key, in PEM');
  }
  return pair;
}

function port(value: string): number {
  if (!/^\d{1,5}$/.test(value) || Number(value) > 65_535) throw new InvalidArgumentError('expected a port, 0 to 65535');
  return Number(value);
}

function positive(value: string): number {
  if (!/^[1-9]\d{0,8}$/.test(value)) throw new InvalidArgumentError('expected a number above zero');
  return Number(value);
}
