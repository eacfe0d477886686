import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from './temporary-folder.ts';

export const bin = fileURLToPath(new URL('../../dist/harrier.js', import.meta.url));
const cache = temporaryFolder();

/** What the command sees of its surroundings: a cache of its own, and no colours. */
export const environment = (more: Record<string, string> = {}): NodeJS.ProcessEnv => ({
  ...process.env,
  HARRIER_CACHE_DIR: cache,
  NO_COLOR: '1',
  FORCE_COLOR: '',
  ...more,
});

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command at work: what it has written so far, and its end. */
export interface Running {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
  /** Waits until the condition holds; the command's end, which may come first, ends the waiting too. */
  until(condition: (written: { readonly stdout: string; readonly stderr: string }) => boolean): Promise<void>;
}

export interface CommandOptions {
  readonly env?: Record<string, string>;
  /** Standard input; null leaves it open. */
  readonly input?: string | null;
  readonly cwd?: string;
}

/** Runs the real command. */
export const harrier = (args: readonly string[], options: CommandOptions = {}): Promise<Finished> =>
  start(process.execPath, [bin, ...args], options).finished;

/** Runs the real command, to be watched and interrupted. */
export const startHarrier = (args: readonly string[], options: CommandOptions = {}): Running =>
  start(process.execPath, [bin, ...args], options);

/** Runs any program. */
export function start(program: string, args: readonly string[], options: CommandOptions = {}): Running {
  const { env, input = '', cwd } = options;
  const child = spawn(program, args, { env: environment(env), cwd });
  const written = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    written.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    written.stderr += chunk;
  });
  const finished = new Promise<Finished>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...written }));
  });
  if (input !== null) child.stdin.end(input);
  return {
    child,
    finished,
    async until(condition) {
      while (!condition(written) && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 5));
    },
  };
}
