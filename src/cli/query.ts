import { addAbortSignal } from 'node:stream';
import type { Command } from 'commander';
import type { EventsRequest } from '../app/events-request.ts';
import { loneJob, withNamed } from '../app/jobs.ts';
import { InputError } from '../diagnostics/diagnostic.ts';
import { descriptorOf } from '../files/descriptor.ts';
import { commandLine } from './command-line.ts';
import { exitCode } from './exit-code.ts';
import {
  addDataOptions,
  addNamedOptions,
  addOutputOptions,
  type DataOptions,
  eventsIfAny,
  eventsOf,
  type NamedOptions,
  namedOf,
  type OutputOptions,
} from './options.ts';
import { checkOutput, writeReport } from './output.ts';
import { terminalObserver } from './terminal-observer.ts';

type QueryOptions = DataOptions & OutputOptions & NamedOptions;

export function addQuery(program: Command, signal: AbortSignal): void {
  const command = program
    .command('query')
    .description('Run one ES|QL query')
    .argument('<esql>', 'the query; - reads it from standard input');
  addOutputOptions(addNamedOptions(addDataOptions(command)))
    .addHelpText(
      'after',
      `
Examples:
  $ harrier query 'FROM logs-* | STATS n = COUNT(*) BY process.name | SORT n DESC | LIMIT 10' --data events.ndjson
  $ harrier query 'ROW a = 1 | EVAL b = a + 1' --format json
  $ harrier query 'FROM logs-* | HARRIER_LOOKUP iocs ON destination.ip == network BY cidr | WHERE network IS NOT NULL' --data logs/ --lookup iocs.csv
  $ harrier query - --data export/ < hunt.esql
  $ harrier query 'FROM logs-* | LIMIT 10' --engine elasticsearch --url https://cluster.example:9200 --timeout 1m`,
    )
    .action(async (text: string, options: QueryOptions) => {
      if (text === '-' && options.data.some((pattern) => descriptorOf(pattern) === 0))
        throw new InputError('standard input cannot hold both the query and the events', 'write one of them to a file');
      process.exitCode = await query(text === '-' ? await standardInput(signal) : text, options, signal);
    });
}

async function query(text: string, options: QueryOptions, signal: AbortSignal): Promise<number> {
  checkOutput(options);
  if (text.trim() === '') throw new InputError('the query is empty');
  const job = withNamed(loneJob(text), await namedOf(options));
  const readsEvents = job.esql.parsed.query?.source.command === 'from';
  const events = readsEvents ? eventsOf(options) : unread(eventsIfAny(options));
  const { runHunts } = await import('../app/run-hunts.ts');
  const report = await runHunts(
    {
      jobs: [job],
      events,
      provenance: { command: commandLine(process.argv.slice(2)), hashed: options.format === 'html' },
    },
    terminalObserver(),
    signal,
  );
  await writeReport(report, options, true);
  return exitCode(report, options.failOnHit);
}

/** A query that needs no events must not wait for them. */
const unread = (events: EventsRequest): EventsRequest =>
  events.source.kind === 'cluster' ? events : { ...events, source: { kind: 'none' } };

/** Everything on standard input; an interruption ends the waiting for it. */
export async function standardInput(signal: AbortSignal): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of addAbortSignal(signal, process.stdin)) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
