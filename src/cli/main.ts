import { Command, CommanderError } from 'commander';
import pc from 'picocolors';
import manifest from '../../package.json' with { type: 'json' };
import { InputError } from '../diagnostics/diagnostic.ts';
import { addCheck } from './check.ts';
import { addDemo } from './demo.ts';
import { addExplain } from './explain.ts';
import { addIngest } from './ingest.ts';
import { addKeys } from './keys.ts';
import { usesColour } from './output.ts';
import { addPivot } from './pivot.ts';
import { addQuery } from './query.ts';
import { addRun } from './run.ts';
import { addServe } from './serve.ts';

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
addQuery(program, interrupted.signal);
addPivot(program, interrupted.signal);
addExplain(program, interrupted.signal);
addCheck(program);
addIngest(program, interrupted.signal);
addServe(program, interrupted.signal);
addKeys(program);
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
      `${colours.red('error:')} ${error.message}\n${error.hint ? `${colours.cyan('help:')} ${error.hint}\n` : ''}`,
    );
    return 2;
  }
  const { message, stack } = error as Error;
  process.stderr.write(`${colours.red('error:')} ${process.env.HARRIER_DEBUG ? stack : message}\n`);
  return 2;
}
