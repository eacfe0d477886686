import { type Command, Option } from 'commander';
import pc from 'picocolors';
import type { FileReport, LoadReport } from '../files/load-report.ts';
import { grid } from '../report/table.ts';
import { count } from '../values/quantities.ts';
import { surfaceOf, writeTo } from './output.ts';
import { terminalObserver } from './terminal-observer.ts';

interface InspectOptions {
  readonly format: 'table' | 'json';
  readonly index?: string;
  readonly cache: boolean;
}

export function addInspect(program: Command, signal: AbortSignal): void {
  program
    .command('inspect')
    .description('Show what Harrier reads of files: format, index, events, and why a file is not read')
    .argument('<path...>', 'files, globs, folders, or - for standard input')
    .addOption(new Option('-f, --format <name>', 'how to print').choices(['table', 'json']).default('table'))
    .option('--index <name>', 'the index of events that do not name their own')
    .option('--no-cache', 'read the files again, and keep nothing')
    .addHelpText(
      'after',
      `
Examples:
  $ harrier inspect logs/
  $ harrier inspect 'export/**/*' --format json`,
    )
    .action(async (paths: string[], options: InspectOptions) => {
      process.exitCode = await inspect(paths, options, signal);
    });
}

async function inspect(paths: readonly string[], options: InspectOptions, signal: AbortSignal): Promise<number> {
  const { format, index, cache } = options;
  const { inspectFiles } = await import('../app/session/files.ts');
  const source = { data: paths, cache, strict: false, copies: false, ...(index !== undefined && { index }) };
  const report = await inspectFiles({ kind: 'files', ...source }, terminalObserver(), signal);
  await writeTo(undefined, format === 'json' ? json(report) : table(report));
  return 0;
}

/** The index of a file's events; several are joined as an index pattern joins them. */
const indexOf = ({ indices }: FileReport): string | null =>
  indices.length === 0 ? null : indices.map(([name]) => name).join(',');

function* json({ files }: LoadReport): Iterable<string> {
  yield '{"files":[';
  for (const [i, file] of files.entries()) {
    const { path, format, events, read, reason } = file;
    // What kind of log it is comes with the sources that Harrier knows.
    const shown = { path, format, source: null, index: indexOf(file), events, read, reason };
    yield `${i === 0 ? '\n ' : ',\n '}${JSON.stringify(shown)}`;
  }
  yield ']}\n';
}

function* table({ files, events }: LoadReport): Iterable<string> {
  const { width, colour } = surfaceOf(undefined);
  const names = ['file', 'format', 'index', 'events', 'read', 'reason'];
  const columns = names.map((name) => ({ name, type: name === 'events' ? ('long' as const) : ('keyword' as const) }));
  const values = files.map((file) => {
    const { path, format, read, reason } = file;
    return [path, format, indexOf(file), BigInt(file.events), read, reason];
  });
  yield* grid({ columns, values }, width, pc.createColors(colour));
  yield `${count(events, 'event')} in ${count(files.filter(({ read }) => read !== 'none').length, 'file')}\n`;
}
