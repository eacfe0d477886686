import { CommanderError } from 'commander';
import { fileErrorText } from '../diagnostics/file-error.ts';
import { endOf } from './error-end.ts';
import { usesColour } from './output.ts';
import { buildProgram } from './program.ts';

const interrupted = new AbortController();
// What runs elsewhere is ended there, and what is there is written.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
// Whoever reads the output may stop reading: then there is nothing left to do.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  if (isOutputLost) return;
  isOutputLost = true;
  process.stderr.write(`error: cannot write: ${fileErrorText(error)}\n`);
  // Whatever the command makes of itself, its output is not whole.
  process.once('exit', () => {
    process.exitCode = 2;
  });
});
let isOutputLost = false;

/** Does what the command line asks, and sets the exit code. */
export async function runProgram(): Promise<void> {
  try {
    const program = await buildProgram(interrupted.signal, process.argv[2]);
    await program.parseAsync();
    await sayWhatWasRead();
  } catch (error) {
    process.exitCode = report(error);
  }
}

/** To a person, the last line says what a command read and how long it took; a table of hunts says it itself. */
async function sayWhatWasRead(): Promise<void> {
  if (!process.stderr.isTTY) return;
  const { loadedLast } = await import('./terminal-observer.ts');
  const load = loadedLast();
  if (!load) return;
  const { durationText, readText } = await import('../report/read-summary.ts');
  process.stderr.write(`${readText(load)}; ${durationText(performance.now())}\n`);
}

/** Reports an error on standard error, and gives the exit code. */
function report(error: unknown): number {
  if (isOutputLost) return 2;
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (interrupted.signal.aborted) {
    process.stderr.write('interrupted\n');
    return 130;
  }
  const end = endOf(error, { colour: usesColour(process.stderr), debug: Boolean(process.env.HARRIER_DEBUG) });
  process.stderr.write(end.text);
  return end.code;
}
