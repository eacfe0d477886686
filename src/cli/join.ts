import { type Command, InvalidArgumentError, Option } from 'commander';
import type { FileSource } from '../app/events-request.ts';
import { InputError } from '../diagnostics/diagnostic.ts';
import { type GivenTimeSpan, parseTimeSpan } from '../overrides/time-span.ts';
import { memorySize, timeSpan } from './amounts.ts';
import { collect } from './options.ts';
import { checkOutput, writeTo } from './output.ts';
import { addReadingOptions } from './reading-options.ts';
import { terminalObserver } from './terminal-observer.ts';

interface JoinOptions {
  readonly data: readonly string[];
  readonly output?: string;
  readonly out?: string;
  readonly force: boolean;
  readonly tolerance: GivenTimeSpan;
  /** In milliseconds. */
  readonly clockOffset: number;
  readonly nat: boolean;
  readonly starts: boolean;
  readonly unmatched: boolean;
  readonly mapping: readonly string[];
  readonly timeField?: string;
  readonly cache: boolean;
  readonly memory?: string;
}

export function addJoin(program: Command, signal: AbortSignal): void {
  const command = program
    .command('join')
    .description('Join Sysmon’s network connections with Zeek’s conn.log: events that have the process and its bytes')
    .option(
      '-d, --data <glob>',
      'the logs of both: files, globs or folders, in any form that is read (repeatable)',
      collect,
      [],
    )
    .option('-o, --output <file>', 'write the events to a file (NDJSON)')
    .addOption(new Option('--out <file>', 'the same as --output').hideHelp())
    .option('--force', 'overwrite the file', false)
    .addOption(
      new Option('--tolerance <time>', 'how far apart the two may say that a connection began, such as 500ms, 5s or 1m')
        .argParser(timeSpan)
        .default(parseTimeSpan('10s'), '10s'),
    )
    .addOption(
      new Option(
        '--clock-offset <time>',
        'how far the clock of Zeek is ahead of the hosts’ clocks, such as 90s; -90s where it is behind',
      )
        .argParser(offset)
        .default(0, '0s'),
    )
    .option(
      '--nat',
      'match connections whose own address is translated before Zeek, where there is one candidate only',
      false,
    )
    .option('--starts', 'also write the start of each connection, as Elastic Defend does', false)
    .option('--unmatched', 'also write the connections that only one of the two has', false)
    .option(
      '--memory <size>',
      'memory for the engine, such as 4GB; beyond it work spills to disk (default: four fifths of the machine)',
      memorySize,
    )
    .option('--no-cache', 'read the files again and cache nothing');
  addReadingOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  $ harrier join --data sysmon.ndjson --data conn.log --output joined.ndjson
  $ harrier join --data 'windows/**/*.evtx' --data 'zeek/conn.*.log.gz' --tolerance 3s --clock-offset -1h -o joined.ndjson
  $ harrier run hunts/network --data joined.ndjson --now latest

Two connections are one if addresses, ports and protocol are the same, whichever end is named first, and the time is.
The events belong to logs-endpoint.events.network-joined; harrier.join.method says how each was matched. What was
matched, and what was not and why, is counted on standard error.`,
    )
    .action(async (options: JoinOptions) => {
      process.exitCode = await join(options, signal);
    });
}

/** Reads an amount of time with a sign. */
function offset(value: string): number {
  const [, sign, amount = ''] = /^\s*([+-]?)(.*)$/s.exec(value)!;
  const milliseconds = /^0+ *(?:[a-z]+)?$/i.test(amount) ? 0 : timeSpan(amount).milliseconds;
  if (!Number.isFinite(milliseconds)) throw new InvalidArgumentError('expected a time such as 90s or -1h');
  return sign === '-' ? -milliseconds : milliseconds;
}

async function join(options: JoinOptions, signal: AbortSignal): Promise<number> {
  const { out, force, data, tolerance, clockOffset, nat, starts, unmatched, mapping, timeField, cache, memory } =
    options;
  if (options.output !== undefined && out !== undefined && options.output !== out)
    throw new InputError('--output and --out name different files', 'give one of them');
  if (data.length === 0)
    throw new InputError('no logs to join', "say where they are: --data 'sysmon/**/*.evtx' --data conn.log");
  const output = options.output ?? out;
  checkOutput({ force, ...(output !== undefined && { output }) });
  const source: FileSource = {
    ...{ kind: 'files', data, cache, strict: false, copies: false, mappings: mapping },
    ...(timeField !== undefined && { timeField }),
  };
  const [{ joinConnections }, { joinSummary }] = await Promise.all([
    import('../app/join.ts'),
    import('../report/join-summary.ts'),
  ]);
  const report = await joinConnections(
    {
      source,
      events: {
        ...{ source, now: null, maxRows: null, outputs: output === undefined ? [] : [output] },
        ...(memory !== undefined && { memory }),
      },
      matching: { tolerance: tolerance.milliseconds, clockOffset, nat },
      extent: { starts, unmatched },
    },
    (lines) => writeTo(output, lines),
    terminalObserver(),
    signal,
  );
  process.stderr.write(joinSummary(report));
  return 0;
}
