import type { Command } from 'commander';
import pc from 'picocolors';
import { count } from '../values/quantities.ts';
import { visible } from '../values/visible.ts';
import { memorySize } from './amounts.ts';
import { unknownNotes } from './load-notes.ts';
import { usesColour } from './output.ts';
import { addReadingOptions } from './reading-options.ts';
import { shownNotes } from './similar-notes.ts';
import { terminalObserver } from './terminal-observer.ts';

interface IngestCommandOptions {
  readonly store: string;
  readonly index?: string;
  readonly mapping: readonly string[];
  readonly timeField?: string;
  readonly config?: string;
  readonly copies?: boolean;
  readonly memory?: string;
}

export function addIngest(program: Command, signal: AbortSignal): void {
  const command = program
    .command('ingest')
    .description('Add event files to a store; events that are already there are not added again')
    .argument(
      '<file...>',
      'files, globs, folders, or - for standard input: JSON, EVTX, CSV, Zeek, auditd, syslog, Parquet, plain, compressed or in archives',
    )
    .option('--store <folder>', 'where events are kept', './harrier-store')
    .option('--index <name>', 'the index of events that do not name their own')
    .option('--copies', 'add the events of every file, also of one that holds the same as another')
    .option(
      '--memory <size>',
      'memory for the engine, such as 4GB; beyond it work spills to disk (default: four fifths of the machine)',
      memorySize,
    )
    .option('--config <file>', 'settings, instead of the nearest harrier.toml here or above');
  addReadingOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  $ harrier ingest 'export/**/*.ndjson.gz' --store ./events
  $ harrier ingest auth.log.json --index auth --store ./events
  $ harrier run hunts/network --store ./events --now latest`,
    )
    .action(async (files: string[], options: IngestCommandOptions) => {
      process.exitCode = await ingest(files, options, signal);
    });
}

async function ingest(files: readonly string[], options: IngestCommandOptions, signal: AbortSignal): Promise<number> {
  const [{ ingestEvents }, { notReadText, partlyReadText }] = await Promise.all([
    import('../app/ingest.ts'),
    import('../files/unread.ts'),
  ]);
  const { store, index, mapping, timeField, copies = false, memory } = options;
  const started = performance.now();
  const report = await ingestEvents(
    {
      ...{ files, store, copies, mappings: mapping },
      ...(index !== undefined && { index }),
      ...(timeField !== undefined && { timeField }),
      ...(memory !== undefined && { memory }),
    },
    terminalObserver(),
    signal,
  );
  const colours = pc.createColors(usesColour(process.stderr));
  for (const note of shownNotes([...report.reports.flatMap(unknownNotes), ...report.notes]))
    process.stderr.write(`${colours.yellow('note:')} ${visible(note)}\n`);
  const unread = [
    notReadText(report.reports, report.reports.length + report.unchanged),
    partlyReadText(report.reports),
  ];
  for (const text of unread)
    if (text !== null) process.stderr.write(`${colours.yellow('warning:')} ${visible(text)}\n`);
  if (report.duplicates.count > 0)
    process.stderr.write(
      `${colours.yellow('warning:')} ${count(report.duplicates.count, 'event')} with a member that was not read or is oddly named: it stands twice, is metadata, or has an empty part in its name\n`,
    );
  if (report.refused.count > 0) {
    process.stderr.write(`${colours.yellow('warning:')} ${count(report.refused.count, 'line')} could not be stored\n`);
    for (const { file, line, reason, preview } of report.refused.first)
      process.stderr.write(`  ${visible(file)}:${line}: ${visible(reason)}: ${visible(preview)}\n`);
    const more = report.refused.count - report.refused.first.length;
    if (more > 0) process.stderr.write(`  … and ${more.toLocaleString('en')} more\n`);
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(`added ${count(report.added, 'event')} from ${count(report.files, 'file')} in ${seconds} s\n`);
  for (const [index, added] of [...report.indices].sort())
    process.stdout.write(`  ${index}  ${added.toLocaleString('en')}\n`);
  if (report.known > 0) process.stdout.write(`${count(report.known, 'event')} were there already, by their ids\n`);
  if (report.unchanged > 0) process.stdout.write(`${count(report.unchanged, 'file')} held nothing new\n`);
  return 0;
}
