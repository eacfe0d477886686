import type { Command } from 'commander';
import { type HuntJob, jobsOf, withNamed } from '../app/jobs.ts';
import { InputError } from '../diagnostics/diagnostic.ts';
import { findHunts } from '../hunts/library.ts';
import type { RunReport } from '../report/report.ts';
import { quoted } from '../values/quoted.ts';
import { visible } from '../values/visible.ts';
import { commandLine } from './command-line.ts';
import { drillDown } from './drill-down.ts';
import { exitCode } from './exit-code.ts';
import { extrasOf } from './extras.ts';
import { withJudgements } from './judgements.ts';
import { addLibraryOptions, type LibraryOptions, libraryFolders } from './library.ts';
import {
  addDataOptions,
  addNamedOptions,
  addOutputOptions,
  type DataOptions,
  eventsOf,
  type NamedOptions,
  namedOf,
  type OutputOptions,
} from './options.ts';
import { checkOutput, shownText, writeReport } from './output.ts';
import { addOverrideOptions, type OverrideOptions, overrideArguments, overridesOf } from './override-options.ts';
import { addMemoryOptions, type MemoryOptions, memoryOf } from './remember.ts';
import { siblingNotes } from './sibling-notes.ts';
import { tellSkipped } from './skipped.ts';
import { refusalText, terminalObserver } from './terminal-observer.ts';

type RunOptions = DataOptions &
  NamedOptions &
  OutputOptions &
  OverrideOptions &
  LibraryOptions &
  MemoryOptions & { readonly printQuery: boolean; readonly hosts?: boolean };

export function addRun(program: Command, signal: AbortSignal): void {
  const command = program
    .command('run')
    .description('Run hunts over events')
    .argument('<hunt...>', 'hunt files (TOML, Markdown, text), folders of them, UUIDs or names from the library');
  addMemoryOptions(addLibraryOptions(addOutputOptions(addOverrideOptions(addNamedOptions(addDataOptions(command))))))
    .option('--print-query', 'print the queries as they would run, and run nothing', false)
    .option(
      '--hosts',
      'look up host and user of the events behind each row, also on a cluster, which runs hunts twice for it',
    )
    .option('--no-hosts', 'do not look them up')
    .option('--navigator <file>', 'also write a layer for the ATT&CK Navigator: what was found for each technique')
    .addHelpText(
      'after',
      `
Examples:
  $ harrier run hunts/network --data 'export/**/*.ndjson.gz' --now latest
  $ harrier run my-hunts/odd-logins.toml --data events.ndjson --format json --output hits.json
  $ harrier run hunts/ --data logs/ --format html --output report.html --navigator layer.json
  $ harrier run exfiltration-by-volume-windows --data logs/ --fail-on-hit
  $ harrier run 41fd9994 --data logs/ --window 24h --set bytes_sent=500MB --exclude 'process.name == "backup.exe"'
  $ harrier run my-hunts/known-domains.toml --data logs/ --lookup domains.csv --lookup nets=feeds/2026-03.csv
  $ harrier run 41fd9994 --platform linux --print-query
  $ harrier run hunts/ --data logs/ --now latest --save monday; harrier diff monday --data newer/

On a cluster, with a key in ELASTICSEARCH_API_KEY:
  $ harrier run hunts/network --engine elasticsearch --url https://cluster.example:9200
  $ harrier run hunts/ --engine elasticsearch --url my-deployment:ZXhhbXBsZS5jb20kYWJj --parallel 2 --timeout 5m
  $ harrier run hunts/ --engine elasticsearch --url https://10.0.0.5:9200 --ca http_ca.crt --max-rows all`,
    )
    .action(async (selectors: string[], options: RunOptions) => {
      process.exitCode = options.printQuery
        ? await printQueries(selectors, options)
        : await run(selectors, options, signal);
    });
}

async function run(selectors: readonly string[], options: RunOptions, signal: AbortSignal): Promise<number> {
  checkOutput(options);
  const events = eventsOf(options);
  const memory = await memoryOf(selectors, options);
  const overrides = await overridesOf(options);
  const jobs = await jobsFor(selectors, options);
  const { runHunts } = await import('../app/run-hunts.ts');
  const request = {
    ...{
      jobs,
      events,
      overrides,
      canBound: true,
      siblings: siblingNotes(options),
      ...memory,
      extras: extrasOf(options, jobs.length),
    },
    provenance: { command: commandLine(process.argv.slice(2)), hashed: options.format === 'html' },
  };
  const report = await runHunts(request, terminalObserver(), signal);
  await writeReport(await withAttack(await withJudgements(report, options), options), options, false);
  if (options.save !== undefined)
    process.stderr.write(
      `saved as ${visible(options.save)}: harrier diff ${visible(quoted(options.save))} compares with it\n`,
    );
  return exitCode(report, options.failOnHit);
}

/** A report with what techniques are called, where it is written for a page or the Navigator. */
async function withAttack(report: RunReport, { format, navigator, config }: RunOptions): Promise<RunReport> {
  if (format !== 'html' && navigator === undefined) return report;
  const [{ attackOf }, { loadConfig }] = await Promise.all([import('./attack.ts'), import('./config.ts')]);
  return { ...report, attack: await attackOf((await loadConfig(config)).attack) };
}

async function printQueries(selectors: readonly string[], options: RunOptions): Promise<number> {
  const { overrideJobs } = await import('../app/override-jobs.ts');
  const overrides = await overridesOf(options);
  const jobs = await overrideJobs(await jobsFor(selectors, options), overrides, null);
  const refused = jobs.filter(({ refusal }) => refusal !== undefined);
  for (const { hunt, refusal } of refused) process.stderr.write(refusalText(hunt.name, refusal!));
  const changed = jobs.filter((job) => !refused.includes(job));
  process.stdout.write(shownText(changed.map(printed).join('\n')));
  return refused.length > 0 ? 1 : 0;
}

/** The queries of the hunts that are named. */
async function jobsFor(selectors: readonly string[], options: RunOptions): Promise<HuntJob[]> {
  const { hunts, problems } = await findHunts(selectors, await libraryFolders(options));
  tellSkipped(problems);
  const overrides = overrideArguments(options);
  const named = await namedOf(options);
  if (named.views.length > 0 && overrides.length > 0)
    throw new InputError('overrides change the text of a query, not that of its views: leave --views or them out');
  return hunts
    .flatMap(jobsOf)
    .map((job) => withNamed({ ...job, drillDown: drillDown(job, options, overrides) }, named));
}

/** A query with a comment that says where it is from. */
const printed = ({ hunt, query, esql }: HuntJob): string =>
  `// ${hunt.uuid ?? hunt.file}${hunt.queries.length > 1 ? `, query ${query + 1}` : ''}: ${visible(hunt.name)}\n${esql.text.trimEnd()}\n`;
