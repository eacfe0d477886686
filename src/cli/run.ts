import type { Command } from 'commander';
import type { Hunt } from '../hunts/hunt.ts';
import { findHunts } from '../hunts/library.ts';
import { visible } from '../report/visible.ts';
import { answer } from './answer.ts';
import { addLibraryOptions, type LibraryOptions, libraryFolders } from './library.ts';
import { addDataOptions, addOutputOptions, type DataOptions, type OutputOptions, requireData } from './options.ts';
import { checkOutput, shownText } from './output.ts';
import {
  addOverrideOptions,
  type OverrideOptions,
  overrideArguments,
  overrideJobs,
  tellRefusal,
} from './override-options.ts';
import { addMemoryOptions, type MemoryOptions, rememberer } from './remember.ts';
import { drillDown } from './report-extras.ts';
import type { Job } from './run-queries.ts';
import { tellSkipped } from './skipped.ts';

type RunOptions = DataOptions &
  OutputOptions &
  OverrideOptions &
  LibraryOptions &
  MemoryOptions & { readonly printQuery: boolean };

export function addRun(program: Command, signal: AbortSignal): void {
  const command = program
    .command('run')
    .description('Run hunts over events')
    .argument('<hunt...>', 'hunt files (TOML, Markdown, text), folders of them, UUIDs or names from the library');
  addMemoryOptions(addLibraryOptions(addOutputOptions(addOverrideOptions(addDataOptions(command)))))
    .option('--print-query', 'print the queries as they would run, and run nothing', false)
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
  $ harrier run 41fd9994 --platform linux --print-query
  $ harrier run hunts/ --data logs/ --now latest --save monday; harrier diff monday --data newer/

On a cluster, with a key in ELASTICSEARCH_API_KEY:
  $ harrier run hunts/network --engine elasticsearch --url https://cluster.example:9200
  $ harrier run hunts/ --engine elasticsearch --url my-deployment:ZXhhbXBsZS5jb20kYWJj --parallel 2 --timeout 5m
  $ harrier run hunts/ --engine elasticsearch --url https://10.0.0.5:9200 --ca http_ca.crt --max-rows all`,
    )
    .action(async (selectors: string[], options: RunOptions) => {
      process.exitCode = await run(selectors, options, signal);
    });
}

async function run(selectors: readonly string[], options: RunOptions, signal: AbortSignal): Promise<number> {
  if (!options.printQuery) {
    checkOutput(options);
    requireData(options);
  }
  const remember = options.printQuery ? undefined : await rememberer(selectors, options);
  const { hunts, problems } = await findHunts(selectors, await libraryFolders(options));
  tellSkipped(problems);
  const overrides = overrideArguments(options);
  const jobs = hunts.flatMap(jobsOf).map((job) => ({ ...job, drillDown: drillDown(job, options, overrides) }));
  if (options.printQuery) {
    const changed = await overrideJobs(jobs, options, null);
    const refused = changed.filter(({ refusal }) => refusal !== undefined);
    for (const { hunt, refusal } of refused) tellRefusal(hunt!.name, refusal!);
    process.stdout.write(
      shownText(
        changed
          .filter((job) => !refused.includes(job))
          .map(printed)
          .join('\n'),
      ),
    );
    return refused.length > 0 ? 1 : 0;
  }
  return answer(jobs, options, options, signal, {
    ...{ alone: false, overrides: options },
    ...(remember && { settle: remember }),
  });
}

/** A query with a comment that says where it is from. */
const printed = ({ hunt, query, text }: Job): string =>
  `// ${hunt?.uuid ?? hunt?.file}${(hunt?.queries.length ?? 1) > 1 ? `, query ${query + 1}` : ''}: ${visible(hunt?.name ?? '')}\n${text.trimEnd()}\n`;

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
