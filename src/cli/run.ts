import type { Command } from 'commander';
import type { Hunt } from '../hunts/hunt.ts';
import { findHunts } from '../hunts/library.ts';
import { answer } from './answer.ts';
import { addLibraryOptions, type LibraryOptions, libraryFolders } from './library.ts';
import { addDataOptions, addOutputOptions, type DataOptions, type OutputOptions, requireData } from './options.ts';
import { checkOutput } from './output.ts';
import { addMemoryOptions, type MemoryOptions, rememberer } from './remember.ts';
import type { Job } from './run-queries.ts';

type RunOptions = DataOptions & OutputOptions & LibraryOptions & MemoryOptions;

export function addRun(program: Command, signal: AbortSignal): void {
  const command = program
    .command('run')
    .description('run hunts over events')
    .argument('<hunt...>', 'hunt files (TOML, Markdown, text), folders of them, UUIDs or names from the library');
  addMemoryOptions(addLibraryOptions(addOutputOptions(addDataOptions(command))))
    .addHelpText(
      'after',
      `
Examples:
  $ harrier run hunts/network --data 'export/**/*.ndjson.gz' --now latest
  $ harrier run 76843f1f.md --data events.ndjson --format json --output hits.json
  $ harrier run exfiltration-by-volume-windows --data logs/ --fail-on-hit
  $ harrier run hunts/ --data logs/ --now latest --save monday; harrier diff monday --data newer/`,
    )
    .action(async (selectors: string[], options: RunOptions) => {
      process.exitCode = await run(selectors, options, signal);
    });
}

async function run(selectors: readonly string[], options: RunOptions, signal: AbortSignal): Promise<number> {
  checkOutput(options);
  requireData(options);
  const remember = await rememberer(selectors, options);
  const { hunts, problems } = await findHunts(selectors, await libraryFolders(options));
  for (const problem of problems) process.stderr.write(`skipped: ${problem.message}\n`);
  const jobs = hunts.flatMap(jobsOf);
  return answer(jobs, options, options, signal, false, remember);
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
