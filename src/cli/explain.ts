import { stat } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import type { ExplainedQuery } from '../app/explain.ts';
import { type Job, jobsOf, loneJob } from '../app/jobs.ts';
import { InputError, type QueryError } from '../diagnostics/diagnostic.ts';
import { renderQueryError } from '../diagnostics/render.ts';
import { findHunts } from '../hunts/library.ts';
import { NotInEsql, printPlan } from '../languages/esql/print/print.ts';
import { readToken } from '../languages/esql/syntax/lexer.ts';
import { planToJson } from '../plan/json.ts';
import { planText } from '../plan/text.ts';
import { addLibraryOptions, type LibraryOptions, libraryFolders } from './library.ts';
import { addDataOptions, type DataOptions, eventsIfAny } from './options.ts';
import { shownText, usesColour } from './output.ts';
import { standardInput } from './query.ts';
import { terminalObserver } from './terminal-observer.ts';

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
  sql: ({ statement }: ExplainedQuery): string => statement(),
  json: ({ analysis }: ExplainedQuery): string => planToJson(analysis.plan),
  esql: ({ analysis }: ExplainedQuery): string => printPlan(analysis.plan),
} as const;
type Stage = keyof typeof stages;

interface ExplainOptions extends DataOptions, LibraryOptions {
  readonly stage?: Stage;
}

export function addExplain(program: Command, signal: AbortSignal): void {
  const command = program
    .command('explain')
    .description('Show the plan of a query or hunt, the rewritten plan, and the SQL')
    .argument('<query-or-hunt>', 'ES|QL, a hunt file, a UUID or name from the library, or - for standard input');
  addLibraryOptions(addDataOptions(command))
    .addOption(new Option('--stage <name>', 'show one stage only').choices(Object.keys(stages)))
    .addHelpText(
      'after',
      `
Examples:
  $ harrier explain 'ROW a = 1 | EVAL b = a + 1'
  $ harrier explain exfiltration-by-volume-windows --data events.ndjson --stage sql

Without --data, fields have the types that ECS and Elastic Defend give them.`,
    )
    .action(async (target: string, options: ExplainOptions) => {
      process.exitCode = await explain(target, options, signal);
    });
}

async function explain(target: string, options: ExplainOptions, signal: AbortSignal): Promise<number> {
  const jobs = await jobsFor(target, options, signal);
  const { explainQueries } = await import('../app/explain.ts');
  const explained = await explainQueries({ jobs, events: eventsIfAny(options) }, terminalObserver(), signal);
  for (const { job, prepared, error } of explained)
    process.stdout.write(
      prepared ? `${shownText(stagesText(prepared, options.stage))}\n` : `${errorText(job, error)}\n`,
    );
  return explained.some(({ error }) => error) ? 1 : 0;
}

function errorText({ name, lineOffset }: Job, error: QueryError): string {
  const words = { colour: usesColour(process.stdout), width: process.stdout.columns ?? 120 };
  return renderQueryError(error, { name, lineOffset, ...words });
}

function stagesText(prepared: ExplainedQuery, stage: Stage | undefined): string {
  try {
    if (stage) return stages[stage](prepared);
  } catch (error) {
    if (error instanceof NotInEsql) throw new InputError(error.message, 'show another stage');
    throw error;
  }
  return (['plan', 'rewritten', 'sql'] as const).map((name) => `-- ${name}\n${stages[name](prepared)}\n`).join('\n');
}

async function jobsFor(target: string, options: LibraryOptions, signal: AbortSignal): Promise<Job[]> {
  const text = target === '-' ? await standardInput(signal) : target;
  const isFile = await stat(text).then(
    () => true,
    () => false,
  );
  const isQuery = /^\s*(?:\/[/*]|\w+\s+\S)/.test(text) && !isFile;
  if (target === '-' || isQuery) return [loneJob(text)];
  const { hunts } = await findHunts([text], await libraryFolders(options));
  return hunts.flatMap(jobsOf);
}
