import { readFile, stat } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { type Job, jobsOf, loneJob } from '../app/jobs.ts';
import { type Diagnostic, InputError, type QueryError } from '../diagnostics/diagnostic.ts';
import { renderQueryError } from '../diagnostics/render.ts';
import type { SourceText } from '../diagnostics/source-text.ts';
import { findHunts } from '../hunts/library.ts';
import type { EsqlType } from '../values/types.ts';
import { type Checked as QueryChecked, queryChecker } from './check-query.ts';
import { addLibraryOptions, type LibraryOptions, libraryFolders } from './library.ts';
import { usesColour } from './output.ts';
import { standardInput } from './query.ts';
import { tellSkipped } from './skipped.ts';

interface CheckOptions extends LibraryOptions {
  readonly mapping?: string;
  readonly format: 'table' | 'json';
}

interface Checked {
  readonly job: Job;
  readonly error: QueryError | null;
  readonly notes: readonly string[];
}

export function addCheck(program: Command, signal: AbortSignal): void {
  const command = program
    .command('check')
    .description('Check queries or hunts for errors; needs no data')
    .argument('<query-or-hunt...>', 'ES|QL, hunt files or folders of them, UUIDs or names from the library, or -')
    .option('--mapping <file>', 'the fields there are: a mapping as Elasticsearch gives or takes it (JSON)')
    .addOption(new Option('--format <name>', 'how to print').choices(['table', 'json']).default('table'));
  addLibraryOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  $ harrier check 'FROM logs-* | WHERE host.name = "a"'
  $ harrier check hunts/ --format json
  $ harrier check hunt.toml --mapping mapping.json

Without --mapping, fields have the types that ECS and Elastic Defend give them, and others the type that they are used as.
Exit codes: 0 nothing is wrong, 1 something is, 2 there is nothing to check`,
    )
    .action(async (targets: string[], options: CheckOptions) => {
      process.exitCode = await check(targets, options, signal);
    });
}

async function check(targets: readonly string[], options: CheckOptions, signal: AbortSignal): Promise<number> {
  const fields = options.mapping === undefined ? null : await readMapping(options.mapping);
  const library = await libraryFolders(options);
  const jobs: Job[] = [];
  for (const target of targets) jobs.push(...(await jobsFor(target, library, signal)));
  if (jobs.length === 0) throw new InputError('there is no query to check');
  const checked: Checked[] = [];
  const checkQuery = await queryChecker(fields);
  for (const job of jobs) {
    const found = await checkQuery(job.text);
    checked.push({ job, error: found.error, notes: notesOf(found, job) });
  }
  process.stdout.write(options.format === 'json' ? json(checked) : listing(checked));
  return checked.some(({ error }) => error) ? 1 : 0;
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
function notesOf({ guessed, lints, source }: QueryChecked, job: Job): string[] {
  const notes = lints.map(({ message, hint, span }) => {
    const { line, column } = source.position(span.start);
    return `line ${line + job.lineOffset}:${column}: ${message}${hint === undefined ? '' : ` (${hint})`}`;
  });
  if (guessed.length === 0) return notes;
  return [`neither ECS nor Elastic Defend knows ${guessed.join(', ')}: their types are guesses`, ...notes];
}

function json(checked: readonly Checked[]): string {
  const described = checked.map(({ job, error, notes }) => ({
    hunt: job.hunt && { uuid: job.hunt.uuid, name: job.hunt.name, file: job.hunt.file },
    query: job.query,
    ok: error === null,
    problems: error ? error.diagnostics.map((diagnostic) => problemJson(diagnostic, error.source, job)) : [],
    notes,
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

function listing(checked: readonly Checked[]): string {
  const colour = usesColour(process.stdout);
  const width = process.stdout.columns ?? 120;
  const parts: string[] = [];
  for (const { job, error, notes } of checked) {
    if (error) parts.push(renderQueryError(error, { name: job.name, lineOffset: job.lineOffset, colour, width }));
    for (const note of notes) parts.push(`note: ${job.name}: ${note}`);
  }
  const wrong = checked.filter(({ error }) => error).length;
  const queries = `${checked.length} ${checked.length === 1 ? 'query' : 'queries'}`;
  parts.push(wrong === 0 ? `${queries} checked: nothing is wrong` : `${queries} checked: ${wrong} cannot run`);
  return `${parts.join('\n')}\n`;
}

/** The fields of a mapping file: `{properties}`, `{mappings: …}`, or an answer of GET /index/_mapping. */
async function readMapping(file: string): Promise<ReadonlyMap<string, EsqlType>> {
  let body: Record<string, unknown>;
  try {
    body = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  } catch (error) {
    throw new InputError(`cannot read the mapping ${file}: ${(error as Error).message}`);
  }
  const { Mapping } = await import('../store/mapping.ts');
  const fields = new Map<string, EsqlType>();
  for (const definition of definitionsIn(body)) {
    for (const { name, type } of new Mapping(definition).fields.values()) fields.set(name, type);
  }
  if (fields.size === 0)
    throw new InputError(`the mapping ${file} names no fields`, 'it should hold {"properties": {…}} somewhere');
  return fields;
}

function definitionsIn(body: Record<string, unknown>): { properties: never }[] {
  if (typeof body.properties === 'object') return [body as { properties: never }];
  return Object.values(body).flatMap((inner) =>
    typeof inner === 'object' && inner !== null ? definitionsIn(inner as Record<string, unknown>) : [],
  );
}
