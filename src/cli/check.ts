import { stat } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import pc from 'picocolors';
import type { Checked } from '../app/check.ts';
import { type Job, jobsOf, loneJob } from '../app/jobs.ts';
import { type Diagnostic, InputError } from '../diagnostics/diagnostic.ts';
import { renderQueryError } from '../diagnostics/render.ts';
import type { SourceText } from '../diagnostics/source-text.ts';
import { findHunts } from '../hunts/library.ts';
import { grouped, groupLines } from '../report/groups.ts';
import { librarySize } from '../report/library-summary.ts';
import { own } from '../values/own.ts';
import { count } from '../values/quantities.ts';
import { type Config, loadConfig } from './config.ts';
import { addLibraryOptions, type LibraryOptions, libraryFolders } from './library.ts';
import { addDataOptions, type DataOptions, eventsIfAny } from './options.ts';
import { usesColour } from './output.ts';
import { standardInput } from './query.ts';
import { tellSkipped } from './skipped.ts';
import { terminalObserver } from './terminal-observer.ts';

interface CheckOptions extends LibraryOptions, DataOptions {
  readonly format: 'table' | 'json';
  readonly offline?: boolean;
  readonly verbose: boolean;
}

export function addCheck(program: Command, signal: AbortSignal): void {
  const command = program
    .command('check')
    .description('Check queries or hunts for errors, with or without data')
    .argument('<query-or-hunt...>', 'ES|QL, hunt files or folders of them, UUIDs or names from the library, or -')
    .option('--offline', 'check without data, whatever cluster harrier.toml names')
    .option('--verbose', 'list each note with its place, however many queries there are', false)
    .addOption(new Option('--format <name>', 'how to print').choices(['table', 'json']).default('table'));
  addLibraryOptions(addDataOptions(command))
    .addHelpText(
      'after',
      `
Examples:
  $ harrier check 'FROM logs-* | WHERE host.name = "a"'
  $ harrier check hunts/ --format json
  $ harrier check hunt.toml --mapping mapping.json
  $ harrier check hunt.toml --lookup iocs.csv
  $ harrier check hunts/ --url https://cluster.example:9200

With --url, --store or --data, or a cluster in harrier.toml, the indices and fields are those that there are. --mapping
takes a mapping as Elasticsearch gives or takes it, too (.json): then the fields are those of it. Without either, fields have the types that ECS and Elastic Defend give them, and others the type that they are used as.
Exit codes: 0 nothing is wrong, 1 something is, 2 there is nothing to check`,
    )
    .action(async (targets: string[], options: CheckOptions) => {
      // The environment may name a cluster for other commands.
      const isOnCluster = command.getOptionValueSource('url') === 'cli';
      const asked = isOnCluster ? { ...options, engine: 'elasticsearch' as const } : options;
      process.exitCode = await check(targets, asked, signal);
    });
}

async function check(targets: readonly string[], options: CheckOptions, signal: AbortSignal): Promise<number> {
  const config = await loadConfig(options.config);
  const library = await libraryFolders(options, config);
  const jobs: Job[] = [];
  for (const target of targets) jobs.push(...(await jobsFor(target, library, signal)));
  if (jobs.length === 0) throw new InputError('there is no query to check');
  const checked = await checkJobs(jobs, options, config, signal);
  process.stdout.write(options.format === 'json' ? json(checked) : listing(checked, options.verbose));
  return checked.some(({ error }) => error) ? 1 : 0;
}

async function checkJobs(
  jobs: readonly Job[],
  options: CheckOptions,
  config: Config,
  signal: AbortSignal,
): Promise<Checked[]> {
  const { offline = false } = options;
  const [mapping, ...others] = (options.mapping ?? []).filter(isOfElasticsearch);
  if (others.length > 0) throw new InputError('--mapping names two files of fields', 'give one of them');
  const [{ checkQueries, checkOnData }, { listsAlone }] = await Promise.all([
    import('../app/check.ts'),
    import('../app/session/lists.ts'),
  ]);
  const reading = { ...options, mapping: (options.mapping ?? []).filter((file) => !isOfElasticsearch(file)) };
  const given = eventsIfAny(reading);
  const isFree = given.source.kind === 'none' && mapping === undefined && !offline;
  const events = isFree && config.check ? eventsIfAny({ ...reading, ...clusterOf(config.check) }) : given;
  if (events.source.kind === 'none') {
    if (reading.mapping.length > 0)
      throw new InputError(
        `--mapping ${reading.mapping[0]} is about reading files, and none is read`,
        'give --data as well, or a mapping as Elasticsearch has it (.json)',
      );
    const read = mapping === undefined ? null : (await import('../app/mapping-file.ts')).readMapping(mapping);
    return checkQueries(jobs, await read, await listsAlone(given.lists, terminalObserver(), signal));
  }
  if (mapping !== undefined)
    throw new InputError('--mapping and the data both say which fields there are', 'give one of them');
  return checkOnData({ jobs, events }, terminalObserver(), signal);
}

/** Whether a file is a mapping of Elasticsearch's, and none of raw logs. */
const isOfElasticsearch = (file: string): boolean => /\.json$/i.test(file);

/** The options that name the cluster of the settings. */
function clusterOf({ url, variable, ca }: NonNullable<Config['check']>): Partial<DataOptions> {
  const apiKey = variable === null ? undefined : own(process.env, variable);
  return {
    engine: 'elasticsearch',
    url,
    ...(apiKey !== undefined && { apiKey }),
    ...(ca !== null && { ca }),
  };
}

async function jobsFor(target: string, library: readonly string[], signal: AbortSignal): Promise<Job[]> {
  const text = target === '-' ? await standardInput(signal) : target;
  const isFile = await stat(text).then(
    () => true,
    () => false,
  );
  const isQuery = target === '-' || (!isFile && /\s/.test(text.trim()) && !/\.(?:toml|md|txt)$/i.test(text));
  if (isQuery) return [loneJob(text)];
  const { hunts, problems } = await findHunts([text], library);
  tellSkipped(problems);
  return hunts.flatMap(jobsOf);
}

/** What is reported of a query that can run all the same. */
function notesOf({ job, guessed, findings, lints, source }: Checked): string[] {
  const notes = lints.map(({ message, hint, span }) => {
    const { line, column } = source.position(span.start);
    return `line ${line + job.lineOffset}:${column}: ${message}${hint === undefined ? '' : ` (${hint})`}`;
  });
  const unknown = `neither ECS nor Elastic Defend knows ${guessed.join(', ')}: their types are guesses`;
  return [...(guessed.length > 0 ? [unknown] : []), ...findings, ...notes];
}

function json(checked: readonly Checked[]): string {
  const described = checked.map(({ job, error, ...rest }) => ({
    hunt: job.hunt && { uuid: job.hunt.uuid, name: job.hunt.name, file: job.hunt.file },
    query: job.query,
    ok: error === null,
    problems: error ? error.diagnostics.map((diagnostic) => problemJson(diagnostic, error.source, job)) : [],
    notes: notesOf({ job, error, ...rest }),
  }));
  return `${JSON.stringify(described, null, 2)}\n`;
}

function problemJson({ kind, message, span, hint }: Diagnostic, source: SourceText, job: Job): object {
  const { line, column } = source.position(span.start);
  const end = source.position(span.end);
  return {
    type: `${kind}_exception`,
    message,
    line: line + job.lineOffset,
    column,
    end_line: end.line + job.lineOffset,
    end_column: end.column,
    ...(hint !== undefined && { hint }),
  };
}

function listing(checked: readonly Checked[], isVerbose: boolean): string {
  const colour = usesColour(process.stdout);
  const width = process.stdout.columns ?? 120;
  const notes = checked.flatMap((one) => notesOf(one).map((note) => `note: ${one.job.name}: ${note}\n`));
  const isSummary = !isVerbose && (checked.length > librarySize || (checked.length > 1 && notes.length > mostNotes));
  const parts: string[] = [];
  const wrong = checked.filter(({ error }) => error);
  const whole = isSummary ? wrong.slice(0, mostErrors) : wrong;
  for (const { job, error } of whole)
    parts.push(`${renderQueryError(error!, { name: job.name, lineOffset: job.lineOffset, colour, width })}\n`);
  if (wrong.length > whole.length) parts.push(`… and ${wrong.length - whole.length} more that cannot run\n`);
  if (isSummary) parts.push(...noteGroups(checked, pc.createColors(colour)));
  else parts.push(...notes);
  const queries = count(checked.length, 'query', 'queries');
  parts.push(`${queries} checked: ${wrong.length === 0 ? 'nothing is wrong' : `${wrong.length} cannot run`}\n`);
  return parts.join('');
}

/** More notes than this are summed up, so that a folder of hunts stays on a screen. */
const mostNotes = 8;
/** Errors that are shown whole where many queries are checked. */
const mostErrors = 5;

/** What is to be noted of many queries: each kind once, with how often. */
function noteGroups(checked: readonly Checked[], colours: ReturnType<typeof pc.createColors>): string[] {
  const guessed = grouped(
    checked.flatMap((one) => one.guessed),
    (name) => name,
  );
  const guesses = guessed.map(({ text }) => text);
  const shown = guesses.slice(0, mostGuesses).join(', ');
  const lints = checked.flatMap(({ lints, findings }) => [
    ...lints.map(({ message, hint }) => `${message}${hint === undefined ? '' : ` (${hint})`}`),
    ...findings,
  ]);
  if (guesses.length + lints.length === 0) return [];
  const more = '--verbose lists each with its place';
  return [
    'notes:\n',
    ...groupLines(
      grouped(lints, (note) => note),
      colours,
      more,
    ),
    ...(guesses.length > 0
      ? [
          `${String(guesses.length).padStart(7)}  ${guesses.length === 1 ? 'field' : 'fields'} that neither ECS nor Elastic Defend knows, with a guessed type: ${shown}${guesses.length > mostGuesses ? ', …' : ''}\n`,
        ]
      : []),
    colours.dim(`${more}\n`),
  ];
}

const mostGuesses = 5;
