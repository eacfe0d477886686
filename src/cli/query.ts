import { addAbortSignal } from 'node:stream';
import type { Command } from 'commander';
import { InputError } from '../diagnostics/diagnostic.ts';
import { SourceText } from '../diagnostics/source-text.ts';
import { parse } from '../esql/parse.ts';
import { descriptorOf } from '../files/spool.ts';
import { answer } from './answer.ts';
import { addDataOptions, addOutputOptions, type DataOptions, type OutputOptions, requireData } from './options.ts';
import { checkOutput } from './output.ts';

export function addQuery(program: Command, signal: AbortSignal): void {
  const command = program
    .command('query')
    .description('Run one ES|QL query')
    .argument('<esql>', 'the query; - reads it from standard input');
  addOutputOptions(addDataOptions(command))
    .addHelpText(
      'after',
      `
Examples:
  $ harrier query 'FROM logs-* | STATS n = COUNT(*) BY process.name | SORT n DESC | LIMIT 10' --data events.ndjson
  $ harrier query 'ROW a = 1 | EVAL b = a + 1' --format json
  $ harrier query - --data export/ < hunt.esql
  $ harrier query 'FROM logs-* | LIMIT 10' --engine elasticsearch --url https://cluster.example:9200 --timeout 1m`,
    )
    .action(async (text: string, options: DataOptions & OutputOptions) => {
      if (text === '-' && options.data.some((pattern) => descriptorOf(pattern) === 0))
        throw new InputError('standard input cannot hold both the query and the events', 'write one of them to a file');
      process.exitCode = await query(text === '-' ? await standardInput(signal) : text, options, signal);
    });
}

async function query(text: string, options: DataOptions & OutputOptions, signal: AbortSignal): Promise<number> {
  checkOutput(options);
  if (text.trim() === '') throw new InputError('the query is empty');
  const parsed = parse(new SourceText(text));
  if (parsed.query?.source.command === 'from' || options.engine === 'elasticsearch') requireData(options);
  // A query that needs no events must not wait for them.
  const { store: _, ...withoutStore } = options;
  const needed = parsed.query?.source.command === 'from' ? options : { ...withoutStore, data: [] };
  const job = { hunt: null, query: 0, text, name: 'query', lineOffset: 0 };
  return answer([job], needed, options, signal, { alone: true });
}

/** Everything on standard input; an interruption ends the waiting for it. */
export async function standardInput(signal: AbortSignal): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of addAbortSignal(signal, process.stdin)) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
