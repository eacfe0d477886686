import { type Command, InvalidArgumentError, Option } from 'commander';
import { jobsOf } from '../app/jobs.ts';
import { InputError } from '../diagnostics/diagnostic.ts';
import { findHunts } from '../hunts/library.ts';
import { type TuningFormat, tuningFormats } from '../report/tuning/formats.ts';
import { amountHint, amountOf } from '../values/amount.ts';
import { addLibraryOptions, type LibraryOptions, libraryFolders } from './library.ts';
import { addDataOptions, collect, type DataOptions, eventsOf } from './options.ts';
import { checkOutput, surfaceOf, writeTo } from './output.ts';
import { addOverrideOptions, type OverrideOptions, overridesOf } from './override-options.ts';
import { tellSkipped } from './skipped.ts';
import { terminalObserver } from './terminal-observer.ts';

type TuneOptions = DataOptions &
  LibraryOptions &
  OverrideOptions & {
    readonly threshold?: string;
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
    .option('--threshold <name>', 'only this threshold (harrier hunts thresholds lists them)')
    .addOption(new Option('--knob <name>').hideHelp())
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
  $ harrier tune 41fd9994 --data logs/ --threshold bytes_sent --at 100MB,500MB,1GB --format json`,
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
  const events = eventsOf(options);
  const at = options.at.flatMap((text) => text.split(',')).map(thresholdOf);
  const { hunts, problems } = await findHunts(selectors, await libraryFolders(options));
  tellSkipped(problems);
  const { tuneHunts } = await import('../app/tune.ts');
  const { knob = null, threshold = knob, hitsPerDay } = options;
  const overrides = await overridesOf(options);
  const request = { jobs: hunts.flatMap(jobsOf), events, overrides, threshold, at, hitsPerDay };
  const report = await tuneHunts(request, terminalObserver(), signal);
  const format = await tuningFormats[options.format]();
  await writeTo(options.output, format(report, surfaceOf(options.output)));
  return report.queries.some(({ error }) => error !== null) ? 1 : 0;
}
