import { Command, CommanderError } from 'commander';
import pc from 'picocolors';
import manifest from '../../package.json' with { type: 'json' };
import { InputError } from '../diagnostics/diagnostic.ts';
import { visible } from '../report/visible.ts';
import { addAccept } from './accept.ts';
import { addAccepted } from './accepted.ts';
import { addBackfill } from './backfill.ts';
import { addCheck } from './check.ts';
import { addCompletion } from './completion/completion.ts';
import { addCoverage } from './coverage.ts';
import { addDemo } from './demo.ts';
import { addDiff } from './diff.ts';
import { addEvents } from './events.ts';
import { addExplain } from './explain.ts';
import { addHunts } from './hunts/hunts.ts';
import { addIngest } from './ingest.ts';
import { addKeys } from './keys.ts';
import { usesColour } from './output.ts';
import { addPivot } from './pivot.ts';
import { addQuery } from './query.ts';
import { addRun } from './run.ts';
import { addRuns } from './runs.ts';
import { addServe } from './serve.ts';
import { addTune } from './tune.ts';
import { addWatch } from './watch.ts';

const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort());
// Whoever reads the output may stop reading: then there is nothing left to do.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const program = new Command('harrier')
  .description('Run ES|QL threat hunts unchanged on log files, with Elasticsearch’s own answers and no cluster.')
  .version(manifest.version)
  .showHelpAfterError('(see harrier --help)')
  .configureHelp({ sortSubcommands: false })
  .addHelpText(
    'after',
    `
Examples:
  $ harrier demo                                          hunts finding planted intrusions in a sample fleet
  $ harrier run hunts/network --data events.ndjson.gz     hunts over your own events
  $ harrier query 'FROM logs-* | LIMIT 5' --data events/  any ES|QL query

Exit codes: 0 ran, 1 some hunt failed, 2 the command line or an input is unusable, 3 hits with --fail-on-hit`,
  );
addDemo(program, interrupted.signal);
addRun(program, interrupted.signal);
addCoverage(program, interrupted.signal);
addEvents(program, interrupted.signal);
addTune(program, interrupted.signal);
addBackfill(program, interrupted.signal);
addQuery(program, interrupted.signal);
addPivot(program, interrupted.signal);
addDiff(program, interrupted.signal);
addRuns(program);
addAccept(program, interrupted.signal);
addAccepted(program);
addExplain(program, interrupted.signal);
addCheck(program);
addHunts(program, interrupted.signal);
addIngest(program, interrupted.signal);
addServe(program, interrupted.signal);
addWatch(program, interrupted.signal);
addKeys(program);
addCompletion(program);
for (const command of [program, ...program.commands.flatMap((one) => [one, ...one.commands])]) command.exitOverride();

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

/** Words an error for people, and gives the exit code. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (interrupted.signal.aborted) {
    process.stderr.write('interrupted\n');
    return 130;
  }
  const colours = pc.createColors(usesColour(process.stderr));
  if (error instanceof InputError) {
    process.stderr.write(
      `${colours.red('error:')} ${visibleLines(error.message)}\n${error.hint ? `${colours.cyan('help:')} ${visibleLines(error.hint)}\n` : ''}`,
    );
    return 2;
  }
  const { message, stack } = error as Error;
  process.stderr.write(`${colours.red('error:')} ${process.env.HARRIER_DEBUG ? stack : message}\n`);
  return 2;
}

/** Names of files and hunts stand in messages, and come from strangers. */
function visibleLines(text: string): string {
  return text.split('\n').map(visible).join('\n');
}
