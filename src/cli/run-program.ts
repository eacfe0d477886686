import { CommanderError } from 'commander';
import pc from 'picocolors';
import { InputError } from '../diagnostics/diagnostic.ts';
import { fileErrorText } from '../diagnostics/file-error.ts';
import { visibleLines } from '../report/visible.ts';
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
    await buildProgram(interrupted.signal).parseAsync();
  } catch (error) {
    process.exitCode = report(error);
  }
}

/** Words an error for people, and gives the exit code. */
function report(error: unknown): number {
  if (isOutputLost) return 2;
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (interrupted.signal.aborted) {
    process.stderr.write('interrupted\n');
    return 130;
  }
  const colours = pc.createColors(usesColour(process.stderr));
  if (error instanceof InputError) {
    // Names of files and hunts stand in messages, and come from strangers.
    process.stderr.write(
      `${colours.red('error:')} ${visibleLines(error.message)}\n${error.hint ? `${colours.cyan('help:')} ${visibleLines(error.hint)}\n` : ''}`,
    );
    return 2;
  }
  const { message, stack } = error as Error;
  process.stderr.write(`${colours.red('error:')} ${process.env.HARRIER_DEBUG ? stack : message}\n`);
  return 2;
}
