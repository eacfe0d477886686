import type { Command } from 'commander';
import type { Hunt } from '../hunts/hunt.ts';
import { findHunts } from '../hunts/library.ts';
import { answer } from './answer.ts';
import { addDataOptions, addOutputOptions, type DataOptions, type OutputOptions, requireData } from './options.ts';
import { checkOutput } from './output.ts';
import type { Job } from './run-queries.ts';

export function addRun(program: Command, signal: AbortSignal): void {
  const command = program
    .command('run')
    .description('run hunts over events')
    .argument('<hunt...>', 'hunt files (TOML, Markdown, text), folders of them, UUIDs or names from the library');
  addOutputOptions(addDataOptions(command))
    .option('--navigator <file>', 'also write a layer for the ATT&CK Navigator: what was found for each technique')
    .addHelpText(
      'after',
      `
Examples:
  $ harrier run hunts/network --data 'export/**/*.ndjson.gz' --now latest
  $ harrier run 76843f1f.md --data events.ndjson --format json --output hits.json
  $ harrier run hunts/ --data logs/ --format html --output report.html --navigator layer.json
  $ harrier run exfiltration-by-volume-windows --data logs/ --fail-on-hit`,
    )
    .action(async (selectors: string[], options: DataOptions & OutputOptions) => {
      process.exitCode = await run(selectors, options, signal);
    });
}

async function run(
  selectors: readonly string[],
  options: DataOptions & OutputOptions,
  signal: AbortSignal,
): Promise<number> {
  checkOutput(options);
  requireData(options);
  const { hunts, problems } = await findHunts(selectors);
  for (const problem of problems) process.stderr.write(`skipped: ${problem.message}\n`);
  const jobs = hunts.flatMap(jobsOf);
  return answer(jobs, options, options, signal, false);
}

/** The queries of a hunt as jobs. */
export function jobsOf(hunt: Hunt): Job[] {
  return hunt.queries.map((query, i) => ({
    hunt,
    query: i,
    text: query.text,
    name: hunt.file,
    lineOffset: query.line - 1,
  }));
}
