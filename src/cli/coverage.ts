import { type Command, Option } from 'commander';
import type { HuntCoverage } from '../coverage/hunt-coverage.ts';
import { InputError } from '../diagnostics/diagnostic.ts';
import { SourceText } from '../diagnostics/source-text.ts';
import { parse } from '../esql/parse.ts';
import { indexPatterns } from '../esql/syntax/walk.ts';
import { findHunts } from '../hunts/library.ts';
import type { CoverageReport } from '../report/coverage/coverage-report.ts';
import { type CoverageFormat, coverageFormats } from '../report/coverage/formats.ts';
import { addLibraryOptions, type LibraryOptions, libraryFolders } from './library.ts';
import { loadNotes } from './load-notes.ts';
import { addDataOptions, type DataOptions, requireData } from './options.ts';
import { checkOutput, surfaceOf, usesColour, writeTo } from './output.ts';
import { addOverrideOptions, type OverrideOptions, overrideFields, overrideJobs } from './override-options.ts';
import { jobsOf } from './run.ts';
import { eventEngine, openSession } from './session.ts';
import { tellSkipped } from './skipped.ts';

type CoverageOptions = DataOptions &
  LibraryOptions &
  OverrideOptions & { readonly format: CoverageFormat; readonly output?: string; readonly force: boolean };

export function addCoverage(program: Command, signal: AbortSignal): void {
  const command = program
    .command('coverage')
    .description('Show which hunts the data can answer fully, partly or not at all, and why')
    .argument('[hunt...]', 'hunt files, folders, UUIDs or names from the library; all of the library when left out');
  addLibraryOptions(addOverrideOptions(addDataOptions(command)))
    .addOption(new Option('-f, --format <name>', 'how to print').choices(Object.keys(coverageFormats)).default('table'))
    .option('-o, --output <file>', 'write to a file')
    .option('--force', 'overwrite the file', false)
    .addHelpText(
      'after',
      `
Examples:
  $ harrier coverage --data 'export/**/*.ndjson.gz' --now latest
  $ harrier coverage hunts/network/exfiltration-by-volume-windows.toml --data sysmon.ndjson --format json

ready: the data has all that the hunt asks for. partial: some of the answer is missing. blind: no hit could come out,
whatever happened.`,
    )
    .action(async (selectors: string[], options: CoverageOptions) => {
      process.exitCode = await coverage(selectors, options, signal);
    });
}

async function coverage(selectors: readonly string[], options: CoverageOptions, signal: AbortSignal): Promise<number> {
  checkOutput(options);
  requireData(options);
  if (options.engine === 'elasticsearch')
    throw new InputError('coverage looks at events that are read here', 'give --data or --store');
  const library = await libraryFolders(options);
  const { hunts, problems } = await findHunts(selectors.length > 0 ? selectors : library, library);
  tellSkipped(problems);
  const { coverHunt } = await import('../coverage/hunt-coverage.ts');
  const { findTimeFaults, timeFaultQueries } = await import('../coverage/time-faults.ts');
  const asked = hunts.flatMap(jobsOf);
  const today = new Date();
  const patterns = [...new Set(asked.flatMap(({ text }) => patternsOf(text)))];
  const session = await openSession(
    [
      ...overrideFields(options),
      ...asked.map(({ text }) => text),
      ...Object.values(timeFaultQueries(['*'], today)),
      'FROM * | KEEP host.os.type',
    ],
    options,
    signal,
    Infinity,
  );
  try {
    if (session.load) process.stderr.write(loadNotes(session.load, usesColour(process.stderr)));
    const engine = eventEngine(session);
    const jobs = await overrideJobs(asked, options, session);
    const covered: HuntCoverage[] = [];
    for (const hunt of hunts) {
      signal.throwIfAborted();
      const own = jobs.filter((job) => job.hunt === hunt);
      const refusal = own.find((job) => job.refusal !== undefined)?.refusal;
      const texts = own.map(({ text }) => text);
      covered.push(
        refusal === undefined
          ? await coverHunt(hunt, texts, engine, session.now, signal)
          : { hunt, verdict: 'blind', queries: [], error: refusal },
      );
    }
    const indices = engine.catalogue.indices.map(({ name }) => name);
    const timeFaults = await findTimeFaults(engine, indices, patterns, today, signal);
    const report: CoverageReport = { now: session.now, hunts: covered, timeFaults };
    const format = await coverageFormats[options.format]();
    await writeTo(options.output, format(report, surfaceOf(options.output)));
    return covered.some(({ error }) => error !== null) ? 1 : 0;
  } finally {
    await session.engine.close();
  }
}

const patternsOf = (text: string): string[] => {
  const { query } = parse(new SourceText(text));
  return query ? indexPatterns(query) : [];
};
