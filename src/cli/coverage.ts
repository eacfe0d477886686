import { type Command, Option } from 'commander';
import { findHunts } from '../hunts/library.ts';
import { type CoverageFormat, coverageFormats } from '../report/coverage/formats.ts';
import { addLibraryOptions, type LibraryOptions, libraryFolders } from './library.ts';
import { addDataOptions, type DataOptions, eventsOf } from './options.ts';
import { checkOutput, surfaceOf, writeTo } from './output.ts';
import { addOverrideOptions, type OverrideOptions, overridesOf } from './override-options.ts';
import { siblingNotes } from './sibling-notes.ts';
import { tellSkipped } from './skipped.ts';
import { terminalObserver } from './terminal-observer.ts';

type CoverageOptions = DataOptions &
  LibraryOptions &
  OverrideOptions & {
    readonly format: CoverageFormat;
    readonly output?: string;
    readonly force: boolean;
    readonly verbose: boolean;
  };

export function addCoverage(program: Command, signal: AbortSignal): void {
  const command = program
    .command('coverage')
    .description('Show which hunts the data can answer fully, partly or not at all, and why')
    .argument('[hunt...]', 'hunt files, folders, UUIDs or names from the library; all of the library when left out');
  addLibraryOptions(addOverrideOptions(addDataOptions(command)))
    .addOption(new Option('-f, --format <name>', 'how to print').choices(Object.keys(coverageFormats)).default('table'))
    .option('-o, --output <file>', 'write to a file')
    .option('--force', 'overwrite the file', false)
    .option('--verbose', 'list each hunt, however many there are', false)
    .addHelpText(
      'after',
      `
Examples:
  $ harrier coverage --data 'export/**/*.ndjson.gz' --now latest
  $ harrier coverage hunts/network/exfiltration-by-volume-windows.toml --data sysmon.ndjson --format json
  $ harrier coverage my-hunts/ --data logs/ --lookup iocs.csv

ready: the data has all that the hunt asks for. partial: some of the answer is missing. blind: no hit could come out,
whatever happened.`,
    )
    .action(async (selectors: string[], options: CoverageOptions) => {
      process.exitCode = await coverage(selectors, options, signal);
    });
}

async function coverage(selectors: readonly string[], options: CoverageOptions, signal: AbortSignal): Promise<number> {
  checkOutput(options);
  const events = eventsOf(options);
  const library = await libraryFolders(options);
  const { hunts, problems } = await findHunts(selectors.length > 0 ? selectors : library, library);
  tellSkipped(problems);
  const { coverHunts } = await import('../app/coverage.ts');
  const request = { hunts, events, overrides: await overridesOf(options), siblings: siblingNotes(options) };
  const report = await coverHunts(request, terminalObserver(), signal);
  const format = await coverageFormats[options.format]();
  await writeTo(options.output, format(report, { ...surfaceOf(options.output), isVerbose: options.verbose }));
  return report.hunts.some(({ error }) => error !== null) ? 1 : 0;
}
