import { stat } from 'node:fs/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ExplainedQuery } from '../app/explain.ts';
import { type Job, jobsOf, loneJob, withNamed } from '../app/jobs.ts';
import { InputError, type QueryError } from '../diagnostics/diagnostic.ts';
import { renderQueryError } from '../diagnostics/render.ts';
import { findHunts } from '../hunts/library.ts';
import { NotInEsql, TooOld } from '../languages/esql/print/print.ts';
import { readToken } from '../languages/esql/syntax/lexer.ts';
import { planToJson } from '../plan/json.ts';
import { planText } from '../plan/text.ts';
import { releaseOf } from '../values/release.ts';
import { addLibraryOptions, type LibraryOptions, libraryFolders } from './library.ts';
import {
  addDataOptions,
  addNamedOptions,
  type DataOptions,
  eventsIfAny,
  type NamedOptions,
  namedOf,
} from './options.ts';
import { shownText, usesColour } from './output.ts';
import { standardInput } from './query.ts';
import { terminalObserver } from './terminal-observer.ts';

interface ExplainOptions extends DataOptions, LibraryOptions, NamedOptions {
  readonly stage?: keyof typeof stages;
  readonly esVersion?: string;
}

const stages = {
  tokens: ({ source: { text } }: ExplainedQuery): string => {
    const lines: string[] = [];
    for (let token = readToken(text, 0); token.kind !== 'end'; token = readToken(text, token.span.end))
      lines.push(`${token.kind} ${token.text}`);
    return lines.join('\n');
  },
  ast: ({ query }: ExplainedQuery): string =>
    JSON.stringify(
      query,
      (key, value: unknown) =>
        key.toLowerCase().endsWith('span') ? undefined : typeof value === 'bigint' ? Number(value) : value,
      2,
    ),
  plan: ({ analysis }: ExplainedQuery): string => planText(analysis.plan),
  rewritten: ({ rewritten }: ExplainedQuery): string => planText(rewritten),
  sql: ({ statement }: ExplainedQuery, { engine }: ExplainOptions): string => {
    if (engine === 'elasticsearch') throw new InputError('a cluster is asked in ES|QL', 'show --stage esql');
    return statement();
  },
  json: ({ analysis }: ExplainedQuery): string => planToJson(analysis.plan),
  esql({ statement, esql }: ExplainedQuery, { engine, url, esVersion: version }: ExplainOptions): string {
    const isAsked = engine === 'elasticsearch' && url !== undefined && version === undefined;
    return isAsked ? statement() : esql(version);
  },
} as const;
export function addExplain(program: Command, signal: AbortSignal): void {
  const command = program
    .command('explain')
    .description('Show the plan of a query or hunt, the rewritten plan, and the SQL; or the ES|QL for a cluster')
    .argument('<query-or-hunt>', 'ES|QL, a hunt file, a UUID or name from the library, or - for standard input');
  addLibraryOptions(addNamedOptions(addDataOptions(command)))
    .addOption(new Option('--stage <name>', 'show one stage only').choices(Object.keys(stages)))
    .option('--es-version <version>', 'with --engine elasticsearch: the version whose ES|QL is used', esVersion)
    .addHelpText(
      'after',
      `
Examples:
  $ harrier explain 'ROW a = 1 | EVAL b = a + 1'
  $ harrier explain exfiltration-by-volume-windows --data events.ndjson --stage sql
  $ harrier explain exfiltration-by-volume-windows --engine elasticsearch --es-version 8.15

Without --data, fields have the types that ECS and Elastic Defend give them.
With --engine elasticsearch, the plan is shown as ES|QL of one version: of --es-version, else of the cluster,
or of the newest without --url.`,
    )
    .action(async (target: string, options: ExplainOptions) => {
      process.exitCode = await explain(target, options, signal);
    });
}

async function explain(target: string, options: ExplainOptions, signal: AbortSignal): Promise<number> {
  const jobs = await jobsFor(target, options, signal);
  const { explainQueries } = await import('../app/explain.ts');
  // What a cluster would be sent can be seen without one.
  const events = eventsIfAny(options.url === undefined ? { ...options, engine: 'duckdb' } : options);
  const explained = await explainQueries({ jobs, events }, terminalObserver(), signal);
  for (const { job, prepared, error } of explained)
    process.stdout.write(prepared ? `${shownText(stagesText(prepared, options))}\n` : `${errorText(job, error)}\n`);
  return explained.some(({ error }) => error) ? 1 : 0;
}

function esVersion(text: string): string {
  if (releaseOf(text) !== null) return text;
  throw new InvalidArgumentError('a version is two or three numbers, such as 8.17 or 8.17.3');
}

function errorText({ name, lineOffset }: Job, error: QueryError): string {
  const words = { colour: usesColour(process.stdout), width: process.stdout.columns ?? 120 };
  return renderQueryError(error, { name, lineOffset, ...words });
}

function stagesText(prepared: ExplainedQuery, options: ExplainOptions): string {
  const { engine, stage } = options;
  const all = ['plan', 'rewritten', engine === 'elasticsearch' ? 'esql' : 'sql'] as const;
  try {
    if (stage) return stages[stage](prepared, options);
    return all.map((name) => `-- ${name}\n${stages[name](prepared, options)}\n`).join('\n');
  } catch (error) {
    if (error instanceof TooOld && options.esVersion !== undefined)
      throw new InputError(error.message, 'leave --es-version out to see it in the newest ES|QL');
    if (error instanceof NotInEsql) throw new InputError(error.message, 'show another stage');
    throw error;
  }
}

async function jobsFor(target: string, options: ExplainOptions, signal: AbortSignal): Promise<Job[]> {
  const text = target === '-' ? await standardInput(signal) : target;
  const isFile = await stat(text).then(
    () => true,
    () => false,
  );
  const isQuery = /^\s*(?:\/[/*]|\w+\s+\S)/.test(text) && !isFile;
  const named = await namedOf(options);
  if (target === '-' || isQuery) return [withNamed(loneJob(text), named)];
  const { hunts } = await findHunts([text], await libraryFolders(options));
  return hunts.flatMap(jobsOf).map((job) => withNamed(job, named));
}
