import { type Command, InvalidArgumentError, Option } from 'commander';
import { InputError, QueryError } from '../diagnostics/diagnostic.ts';
import { renderQueryError } from '../diagnostics/render.ts';
import { findHunts } from '../hunts/library.ts';
import type { Tuning } from '../investigate/tune.ts';
import { amountHint, amountOf } from '../overrides/amount.ts';
import { type TuningFormat, tuningFormats } from '../report/tuning/formats.ts';
import type { StudiedQuery } from '../report/tuning/tuning-report.ts';
import { addLibraryOptions, type LibraryOptions, libraryFolders } from './library.ts';
import { loadNotes } from './load-notes.ts';
import { addDataOptions, collect, type DataOptions, requireData } from './options.ts';
import { checkOutput, surfaceOf, usesColour, writeTo } from './output.ts';
import {
  addOverrideOptions,
  noSuchKnob,
  type OverrideOptions,
  overrideFields,
  overrideJobs,
  tellRefusal,
} from './override-options.ts';
import { jobsOf } from './run.ts';
import { eventEngine, openSession } from './session.ts';
import { tellSkipped } from './skipped.ts';

type TuneOptions = DataOptions &
  LibraryOptions &
  OverrideOptions & {
    readonly knob?: string;
    readonly at: readonly string[];
    readonly hitsPerDay: number;
    readonly format: TuningFormat;
    readonly output?: string;
    readonly force: boolean;
  };

export function addTune(program: Command, signal: AbortSignal): void {
  const command = program
    .command('tune')
    .description('Count a hunt\u2019s hits at other thresholds and suggest one')
    .argument('<hunt...>', 'hunt files, folders, UUIDs or names from the library');
  addLibraryOptions(addOverrideOptions(addDataOptions(command)))
    .option('--knob <name>', 'only this threshold (harrier hunts knobs lists them)')
    .option('--at <values>', 'thresholds to try, such as 1,5,10 or 100MB,1GB (repeatable)', collect, [])
    .option('--hits-per-day <n>', 'how many hits a day are bearable', amount, 5)
    .addOption(new Option('-f, --format <name>', 'how to print').choices(Object.keys(tuningFormats)).default('table'))
    .option('-o, --output <file>', 'write to a file')
    .option('--force', 'overwrite the file', false)
    .addHelpText(
      'after',
      `
Examples:
  $ harrier tune exfiltration-by-volume-windows --data 'export/*.ndjson' --now latest
  $ harrier tune 41fd9994 --data logs/ --knob bytes_sent --at 100MB,500MB,1GB --format json`,
    )
    .action(async (selectors: string[], options: TuneOptions) => {
      process.exitCode = await run(selectors, options, signal);
    });
}

function amount(value: string): number {
  if (!/^\d+(?:\.\d+)?$/.test(value)) throw new InvalidArgumentError('expected a number');
  return Number(value);
}

function thresholdOf(text: string): number {
  const literal = amountOf(text, false);
  if (literal === null) throw new InputError(`--at ${text}: thresholds are numbers`, amountHint);
  return Number(literal);
}

async function run(selectors: readonly string[], options: TuneOptions, signal: AbortSignal): Promise<number> {
  checkOutput(options);
  requireData(options);
  const at = options.at.flatMap((text) => text.split(',')).map(thresholdOf);
  const { hunts, problems } = await findHunts(selectors, await libraryFolders(options));
  tellSkipped(problems);
  const asked = hunts.flatMap(jobsOf);
  const session = await openSession(
    [...asked.map(({ text }) => text), ...overrideFields(options)],
    options,
    signal,
    Infinity,
  );
  try {
    if (session.load) process.stderr.write(loadNotes(session.load, usesColour(process.stderr)));
    const jobs = await overrideJobs(asked, options, session);
    const { tune } = await import('../investigate/tune.ts');
    const engine = eventEngine(session);
    const studied: StudiedQuery[] = [];
    for (const job of jobs) {
      signal.throwIfAborted();
      let tuning: Tuning | null = null;
      let error: string | null = job.refusal ?? null;
      if (error !== null) tellRefusal(job.hunt!.name, error);
      else
        try {
          const { knob = null, hitsPerDay } = options;
          tuning = await tune(job.text, engine, { now: session.now, hitsPerDay, at, knob, signal });
        } catch (problem) {
          if (!(problem instanceof QueryError)) throw problem;
          const words = { name: job.name, lineOffset: job.lineOffset, colour: usesColour(process.stderr), width: 120 };
          process.stderr.write(`${renderQueryError(problem, words)}\n`);
          error = problem.message;
        }
      studied.push({ hunt: job.hunt!, query: job.query, tuning, error });
    }
    if (options.knob !== undefined && studied.every(({ tuning }) => tuning === null || tuning.studies.length === 0))
      throw await noSuchKnob(options.knob, jobs, '--knob', session);
    const format = await tuningFormats[options.format]();
    await writeTo(
      options.output,
      format({ now: session.now, hitsPerDay: options.hitsPerDay, queries: studied }, surfaceOf(options.output)),
    );
    return studied.some(({ error }) => error !== null) ? 1 : 0;
  } finally {
    await session.engine.close();
  }
}
